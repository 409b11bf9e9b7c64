"""What invoke's parser cannot express: an exact argv behind ``exec``, bare operands, either spelling of a phase."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

from s2itasks.errors import UsageError
from s2itasks.graph import Graph, Kind, Phase

HELP = ("--help", "-h")


@dataclass
class CommandLine:
    """A command line in the form that invoke understands.

    :param tokens: tasks and their flags.
    :param command: the argv of a command, as the user gave it.
    """

    tokens: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def translate(words: Sequence[str], graph: Graph) -> CommandLine:
    """Translate everything from the first phase on.

    :param words: the words as they came, ``--`` included.
    :raises UsageError: for a phase or an option that does not exist, and operands where none are taken.
    """
    line = CommandLine()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        phase = find(word, graph)
        line.tokens.append(phase.name)
        if phase.kind is Kind.TASK:
            line.command, rest = [word.partition(".")[2], *rest], []
            continue
        rest = _command(phase, rest, line) if phase.takes_command else _options(phase, rest, line)
    return line


def find(word: str, graph: Graph) -> Phase:
    """Return the phase of a name, in either spelling.

    :raises UsageError: when there is none.
    """
    for name in (word, word.replace("-", "_"), word.partition(".")[0]):
        phase = graph.get(name)
        if phase and (name == word.replace("-", "_") or phase.kind is Kind.TASK):
            return phase
    near = difflib.get_close_matches(word.replace("-", "_"), [phase.name for phase in graph], n=1)
    cure = f"did you mean {near[0]!r}?" if near else "see s2itasks --list for what there is"
    kind = "option" if word.startswith("-") else "phase or command"
    raise UsageError(f"there is no {kind} {word!r}", cure=cure)


def _command(phase: Phase, rest: list[str], line: CommandLine) -> list[str]:
    """Take everything as the command of ``exec``; a leading ``--`` is not part of it."""
    if rest[:1] == ["--"]:
        line.command = rest[1:]
    elif rest and rest[0] in HELP:
        line.tokens.append(HELP[0])
    elif rest and rest[0].startswith("-"):
        problem = f"{phase.name} has no option {rest[0]!r}"
        raise UsageError(problem, cure="put a command that begins with a dash after '--'")
    else:
        line.command = rest
    return []


def _options(phase: Phase, rest: list[str], line: CommandLine) -> list[str]:
    """Take a phase's flags and operands, and give what follows them."""
    takes_value = phase.flags
    operands: list[str] = []
    while rest:
        word = rest.pop(0)
        flag, separator, _ = word.partition("=")
        if word in HELP:
            line.tokens.append(HELP[0])
        elif word == "--":
            operands, rest = operands + rest, []
        elif flag in takes_value and separator and not takes_value[flag]:
            raise UsageError(f"{phase.name}: {flag} takes no value", cure=f"give {flag} alone")
        elif flag in takes_value:
            line.tokens.append(word)
            if takes_value[flag] and not separator:
                if not rest:
                    raise UsageError(f"{phase.name}: {flag} needs a value", cure="put one after it")
                line.tokens.append(rest.pop(0))
        elif word.startswith("-") and word != "-":
            raise _no_option(phase, flag)
        elif phase.operands is None:
            rest.insert(0, word)
            break
        else:
            operands.append(word)
    line.tokens += _operands(phase, operands)
    return rest


def _no_option(phase: Phase, flag: str) -> UsageError:
    if flag == "--dry":
        return UsageError("--dry goes before the phases", cure=f"write s2itasks --dry {phase.name}")
    return UsageError(f"{phase.name} has no option {flag!r}", cure=f"see s2itasks --help {phase.name}")


def _operands(phase: Phase, operands: list[str]) -> list[str]:
    if operands and phase.operands is None:
        raise UsageError(f"{phase.name} takes nothing after '--'", cure="remove what follows it")
    if len(operands) > 1 and not phase.many_operands:
        problem = f"{phase.name} takes one {phase.operands}, and {operands[1]!r} is one too many"
        raise UsageError(problem, cure=f"see s2itasks --help {phase.name}")
    return [f"--{phase.operands}={operand}" for operand in operands]
