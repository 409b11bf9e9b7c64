"""The formats of ``--list``, and what ``--help`` says of one phase."""

from __future__ import annotations

import inspect
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from s2itasks.graph import Group, Phase
from s2itasks.hooks.inventory import Inventory
from s2itasks.process.verdict import State

from .listing import Entry

FORMATS = ("flat", "nested", "json")
LEAST = 24  # columns that a help text gets on the narrowest terminal
LONGEST = 24  # characters of a name that move the other columns
BRANCH, LAST, TRUNK = "├── ", "└── ", "│   "
PLAIN = {BRANCH: "|-- ", LAST: "`-- ", TRUNK: "|   "}


def flat(listed: Sequence[Entry], has: Inventory) -> Iterator[str]:
    """Draw them for a reader, group by group; on a terminal no wider than that."""
    names = _width(entry.name for entry in listed)
    states = _width(_state(entry, has) for entry in listed)
    indent = 2 + names + 2 + (states + 2 if states else 0)
    width = terminal_width()
    for group in Group:
        of_group = [entry for entry in listed if entry.group is group]
        if not of_group:
            continue
        yield f"{group.value}:"
        for entry in of_group:
            state = f"{_state(entry, has):<{states}}  " if states else ""
            before = f" (after {', '.join(entry.prerequisites)})" if entry.prerequisites else ""
            text = [f"{entry.help}{before}".strip(), *_files(entry, has)]
            first, *more = [line for each in text for line in _wrapped(each, indent, width)] or [""]
            yield f"  {entry.name:<{names}}  {state}{first}".rstrip()
            yield from (" " * indent + line for line in more)
        yield ""
    yield f"There is no .s2i in {has.layout.source}" if has.is_empty else f"Hooks of {has.layout.source / '.s2i'}"


def nested(listed: Sequence[Entry], has: Inventory) -> Iterator[str]:
    """Draw what runs before what as a tree: a phase, and below it its prerequisites in their order.

    A branch that has branches is drawn once; an application could make more of them than anybody can draw.
    """
    known = {entry.name: entry for entry in listed}
    inner = {name for entry in listed for name in entry.prerequisites}
    rows: list[tuple[str, str]] = []
    grown: set[str] = set()

    def grow(name: str, head: str, trunk: str, above: tuple[str, ...]) -> None:
        entry = known.get(name)
        below = [each for each in (entry.prerequisites if entry else ()) if each not in above]
        again = " (see above)" if below and name in grown else ""
        rows.append((head + name + again, _state(entry, has) if entry else ""))
        if again:
            return
        grown.add(name)
        for position, each in enumerate(below, start=1):
            last = position == len(below)
            grow(each, trunk + (LAST if last else BRANCH), trunk + ("    " if last else TRUNK), (*above, each))

    for entry in listed:
        if entry.name not in inner:
            grow(entry.name, "", "", (entry.name,))
    width = max(len(text) for text, _ in rows)
    for text, state in rows:
        yield _drawn(f"{text:<{width}}  {state}".rstrip())


def serialized(listed: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return them for a program."""
    return [
        {
            "name": entry.name,
            "help": entry.help,
            "group": entry.group.name.lower(),
            "prerequisites": list(entry.prerequisites),
            "kind": entry.kind or None,
            "path": str(entry.found.path) if entry.found else None,
            "line": entry.found.task.line if entry.found and entry.found.task else None,
            "state": entry.found.state.value if entry.found else None,
            "problem": entry.problem or None,
            "scripts": [{"path": str(script.path), "state": script.state.value} for script in entry.scripts],
        }
        for entry in listed
    ]


def explanation(phase: Phase, entry: Entry, has: Inventory) -> Iterator[str]:
    """Draw ``--help PHASE``, without its options."""
    takes = " -- CMD ARGS..." if phase.takes_command else f" [{phase.operands.upper()}]" if phase.operands else ""
    takes += "..." if phase.many_operands else ""
    yield f"Usage: s2itasks {phase.name}{' [--options]' if phase.flags else ''}{takes}"
    yield ""
    yield from textwrap.indent(inspect.cleandoc(phase.documentation), "  ").splitlines()
    yield ""
    yield from _what_runs(entry, has)


def application_explanation(entry: Entry, has: Inventory, invoke: str) -> Iterator[str]:
    """Draw ``--help app.NAME``.

    :param invoke: which it would get, or nothing where that is not known.
    """
    yield f"Usage: s2itasks {entry.name} [--options]"
    yield ""
    if entry.help:
        yield f"  {entry.help}."
        yield ""
    yield from _what_runs(entry, has)
    if invoke:
        yield f"  Its invoke: {invoke}"


def terminal_width() -> int | None:
    """Return the columns of the terminal that stdout is, or None where it is none."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _what_runs(entry: Entry, has: Inventory) -> Iterator[str]:
    yield f"  Runs first: {', '.join(entry.prerequisites) or 'nothing'}"
    if entry.found:
        yield f"  {entry.found.kind.value.capitalize()}: {entry.found.label} ({entry.found.state.value})"
        if entry.found.task and entry.name == entry.found.task.name:
            before = ", ".join(has.prerequisites(entry.found.task))
            yield f"  Its own prerequisites: {before or 'none'}"
    if entry.problem:
        yield f"  It would fail: {entry.problem}"


def _state(entry: Entry, has: Inventory) -> str:
    """Return the state that a reader sees; where there is no .s2i, that everything is missing goes without saying."""
    return entry.found.state.value if entry.found and not has.is_empty else ""


def _files(entry: Entry, has: Inventory) -> Iterator[str]:
    """Return which file it is, or what is wrong with it."""
    found = entry.found
    if found is None:
        yield from (str(script.failure) for script in entry.scripts if script.failure)
    elif entry.problem and found.state is not State.UNKNOWN:
        yield entry.problem
    elif found.is_there:
        hook = found.task and found.task.name == entry.name
        before = ", ".join(has.prerequisites(found.task)) if hook and found.task else ""
        yield f"{found.kind.value} {found.label}{f' (after {before})' if before else ''}"


def _width(texts: Iterator[str]) -> int:
    return max(len(text) if len(text) <= LONGEST else 0 for text in texts)


def _wrapped(text: str, indent: int, width: int | None) -> list[str]:
    if width is None:
        return [text]
    return textwrap.wrap(text, max(width - indent, LEAST), break_long_words=False, break_on_hyphens=False)


def _drawn(line: str) -> str:
    """Draw with ASCII where the locale has nothing better."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        BRANCH.encode(encoding)
    except UnicodeError:
        for mark, plain in PLAIN.items():
            line = line.replace(mark, plain)
    return line
