"""What a shell offers when somebody presses Tab: phases, their options, job categories and the application's tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from s2itasks.errors import UsageError
from s2itasks.graph import Graph, Kind, Phase
from s2itasks.hooks.inventory import Inventory
from s2itasks.inspection.list_formats import FORMATS

from .arguments import find

SCRIPTS = Path(__file__).with_name("completion_scripts")
SHELLS = ("bash", "zsh", "fish")
# The options before a phase that take a value, with those values; () is for what has a name in the list.
VALUES: dict[str, tuple[str, ...]] = {
    "--help": (),
    "-h": (),
    "--list-format": FORMATS,
    "-F": FORMATS,
    "--print-completion-script": SHELLS,
    "--show": (),
}


def script(shell: str) -> str:
    """Return the program that teaches a shell to ask us.

    :raises UsageError: for a shell that we do not know.
    """
    if shell not in SHELLS:
        raise UsageError(f"there is no completion for {shell!r}", cure=f"choose one of: {', '.join(SHELLS)}")
    return (SCRIPTS / shell).read_text(encoding="utf-8")


def candidates(
    words: Sequence[str], graph: Graph, inspected: Callable[[], Inventory], options: Sequence[str]
) -> list[str]:
    """Return what the last word can become; nothing where that is none of our business, as a file's name.

    :param words: those of the command line behind the program's name, up to the cursor; the last one may be empty.
    :param inspected: gives what the application has, and is only asked where that matters.
    :param options: those before the first phase.
    :raises Failure: when the words before the last one make no sense.
    """
    *before, current = words or [""]
    first = not before
    if before[:1] == ["help"]:
        before[0] = "--help"
    while before and before[0].startswith("-"):
        values = VALUES.get(before.pop(0))
        if values is not None and before:
            before.pop(0)
        elif values:
            return _matching(values, current)
    if before:
        return _matching(_after(before, current, graph, inspected), current)
    names = chain(_names(graph, inspected()), ["help"] if first else [])
    return _matching(options if current.startswith("-") else names, current)


def _matching(possible: Iterable[str], current: str) -> list[str]:
    return [each for each in possible if each.startswith(current)]


def _after(words: list[str], current: str, graph: Graph, inspected: Callable[[], Inventory]) -> Iterator[str]:
    """Complete in the last phase of a command line, or with the next one."""
    last = _last(words, graph)
    if last is None:
        return
    phase, operands = last
    if current.startswith("-"):
        yield from (*phase.flags, "--help", *(["--"] if phase.takes_command else []))
    elif phase.name == "jobs" and not operands:
        yield from inspected().jobs
    elif not phase.operands and not phase.becomes:
        yield from _names(graph, inspected())


def _last(words: list[str], graph: Graph) -> tuple[Phase, int] | None:
    """Return the last phase and how many operands it has by now, or None where a word follows that is not ours."""
    rest = list(words)
    phase, operands = find(rest.pop(0), graph), 0
    while rest and not phase.takes_command and phase.kind is not Kind.TASK:
        word = rest.pop(0)
        if word == "--":
            return None
        if word.startswith("-"):
            if phase.flags.get(word):
                if not rest:
                    return None
                rest.pop(0)
        elif phase.operands:
            operands += 1
        else:
            phase, operands = find(word, graph), 0
    return None if rest or phase.kind is Kind.TASK else (phase, operands)


def _names(graph: Graph, has: Inventory) -> Iterator[str]:
    yield from (phase.name for phase in graph.listed)
    yield from (f"app.{name}" for name in has.own_tasks)
