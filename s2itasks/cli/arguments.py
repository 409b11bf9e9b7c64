"""What invoke's parser cannot express: an exact argv behind ``exec``, bare operands, either spelling of a phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from s2itasks.errors import Failure, UsageError, did_you_mean, nearest
from s2itasks.graph import Graph, Kind, Phase
from s2itasks.hooks.inventory import Inventory

from .invoke_options import refusal

HELP = ("--help", "-h")
SHOWN = ("dry", "help", "list", "list-format", "print-completion-script", "show", "version")
OPTIONS = tuple(f"--{name}" for name in SHOWN)  # those before a phase
Inspected = Callable[[], Inventory]


@dataclass
class CommandLine:
    """A command line in the form that invoke understands.

    :param tokens: tasks and their flags.
    :param command: the argv of a command, as the user gave it.
    """

    tokens: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)


def translate(words: Sequence[str], graph: Graph, inspected: Inspected) -> CommandLine:
    """Translate everything from the first phase on.

    :param words: the words as they came, ``--`` included.
    :param inspected: gives what the application has, and is only asked where something is misspelled.
    :raises UsageError: for a phase or an option that does not exist, and operands where none are taken.
    """
    line = CommandLine()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        phase = find(word, graph, inspected)
        line.tokens.append(phase.name)
        if phase.kind is Kind.TASK:
            line.command, rest = [word.partition(".")[2], *rest], []
            continue
        rest = _command(phase, rest, line) if phase.takes_command else _options(phase, rest, line)
    return line


def find(word: str, graph: Graph, inspected: Inspected | None = None) -> Phase:
    """Return the phase of a name, in either spelling.

    :param inspected: see `translate`; without it, only phases are known.
    :raises UsageError: when there is none; tells what could be meant.
    """
    for name in (word, word.replace("-", "_"), word.partition(".")[0]):
        phase = graph.get(name)
        if phase and (name == word.replace("-", "_") or phase.kind is Kind.TASK):
            return phase
    if word.startswith("-"):
        cure = did_you_mean(word, OPTIONS) or "see s2itasks --list for what there is"
        raise refusal(word) or UsageError(f"there is no option {word.partition('=')[0]!r}", cure=cure)
    known = {**(_of_application(inspected) if inspected else {}), **{phase.name: phase.name for phase in graph.listed}}
    near = nearest(word, known)
    cure = f"did you mean {known[near]!r}?" if near else "see s2itasks --list for what there is"
    raise UsageError(f"there is no phase or command {word!r}", cure=cure)


def _of_application(inspected: Inspected) -> dict[str, str]:
    """Return what can be asked for besides phases, by what people could type for it."""
    try:
        has = inspected()
        tasks = {name: f"app.{name}" for name in has.own_tasks}
        return {
            **{name: f"jobs {name}" for name in has.jobs},
            **{spelled: spelled for spelled in tasks.values()},
            **tasks,
        }
    except (Failure, OSError):  # that is for those who ask for it
        return {}


def _command(phase: Phase, rest: list[str], line: CommandLine) -> list[str]:
    """Take everything as the command of ``exec``; a leading ``--`` is not part of it."""
    if rest[:1] == ["--"]:
        line.command = rest[1:]
    elif rest and rest[0] in HELP:
        line.tokens.append(HELP[0])
    elif rest and rest[0].startswith("-"):
        problem = f"{phase.name} has no option {rest[0].partition('=')[0]!r}"
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
            taken = line.command if phase.command_flag and phase.command_flag in line.tokens else operands
            taken += rest
            rest = []
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
    if flag in ("--dry", "--show"):
        return UsageError(f"{flag} goes before the phases", cure=f"write s2itasks {flag} {phase.name}")
    cure = did_you_mean(flag, phase.flags) or f"see s2itasks --help {phase.name}"
    return refusal(flag) or UsageError(f"{phase.name} has no option {flag!r}", cure=cure)


def _operands(phase: Phase, operands: list[str]) -> list[str]:
    if operands and phase.operands is None:
        raise UsageError(f"{phase.name} takes nothing after '--'", cure="remove what follows it")
    if len(operands) > 1 and not phase.many_operands:
        problem = f"{phase.name} takes one {phase.operands}, and {operands[1]!r} is one too many"
        raise UsageError(problem, cure=f"see s2itasks --help {phase.name}")
    return [f"--{phase.operands}={operand}" for operand in operands]
