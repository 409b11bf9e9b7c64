"""The formats of ``--list``, and what ``--help`` says of one phase."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from s2itasks import colour
from s2itasks.columns import Piece, cut, filled, fitted, mark_of, taken, widest
from s2itasks.console import Line, plain
from s2itasks.graph import Group, Phase
from s2itasks.hooks.inventory import Inventory
from s2itasks.process.verdict import State

from .hook_facts import told
from .listing import Entry

FORMATS = ("flat", "nested", "json")
LONGEST = 24  # columns of a cell that move the columns behind it; on a terminal, those of the longest
LEAST_BEFORE = 18  # columns that prerequisites get on a narrow terminal: deploy_env, deploy
STYLES = {State.PRESENT: colour.GREEN, State.MISSING: colour.FAINT, State.UNKNOWN: colour.YELLOW}
BRANCH, LAST, TRUNK = "├── ", "└── ", "│   "
PLAIN = {BRANCH: "|-- ", LAST: "`-- ", TRUNK: "|   "}


def flat(listed: Sequence[Entry], has: Inventory, width: int | None) -> Iterator[Line]:
    """Draw them for a reader, group by group: name, state, prerequisites, and what it does.

    :param width: columns of the terminal that it has to fit; None for as many as it takes.
    """
    names = _column((plain(entry.name) for entry in listed), width, most=min(LONGEST, (width or 0) // 4))
    states = _column((_state(entry, has).text for entry in listed), width)
    indent = 2 + names + 2 + (states + 2 if states else 0)
    befores = _column(map(_before, listed), width, most=max(LEAST_BEFORE, ((width or 0) - indent) * 2 // 5))
    for group in Group:
        of_group = [entry for entry in listed if entry.group is group]
        if not of_group:
            continue
        heading = "runs after" if any(entry.prerequisites for entry in of_group) else ""
        title = Piece(filled(f"{group.value}:", indent - 1), colour.BOLD)
        yield _fitted([title, Piece(" "), Piece(heading, colour.FAINT)], width)
        for entry in of_group:
            cells = [Piece("  "), *_cell(Piece(plain(entry.name)), names, width)]
            cells += _cell(_state(entry, has), states, width) if states else []
            cells += _cell(Piece(_before(entry), colour.FAINT), befores, width)
            yield _fitted([*cells, Piece(plain(entry.help))], width)
            for line in _files(entry, has, apart=width is not None):
                yield _fitted([Piece(" " * (indent if width is None else 4)), *line], width)
        yield ""
    there = has.layout.source
    yield _fitted(
        [Piece(plain(f"There is no .s2i in {there}" if has.is_empty else f"Hooks of {there / '.s2i'}"))], width
    )


def nested(listed: Sequence[Entry], has: Inventory, width: int | None) -> Iterator[Line]:
    """Draw what runs before what as a tree: a phase, and below it its prerequisites in their order.

    A branch that has branches is drawn once; an application could make more of them than anybody can draw.
    """
    known = {entry.name: entry for entry in listed}
    inner = {name for entry in listed for name in entry.prerequisites}
    rows: list[tuple[str, Piece]] = []
    grown: set[str] = set()

    def grow(name: str, head: str, trunk: str, above: tuple[str, ...]) -> None:
        entry = known.get(name)
        below = [each for each in (entry.prerequisites if entry else ()) if each not in above]
        again = " (see above)" if below and name in grown else ""
        rows.append((_branches(head) + plain(name) + again, _state(entry, has) if entry else Piece("")))
        if again:
            return
        grown.add(name)
        for position, each in enumerate(below, start=1):
            last = position == len(below)
            grow(each, trunk + (LAST if last else BRANCH), trunk + ("    " if last else TRUNK), (*above, each))

    for entry in listed:
        if entry.name not in inner:
            grow(entry.name, "", "", (entry.name,))
    names, states = widest(text for text, _ in rows), widest(state.text for _, state in rows)
    if width is not None:
        names = min(names, max(width - 2 - states, 0))
    for text, state in rows:
        yield _fitted([*_cell(Piece(text), names, width), state], width)


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
            "image": {"path": str(entry.image.path), "state": entry.image.state.value} if entry.image else None,
            "scripts": [{"path": str(script.path), "state": script.state.value} for script in entry.scripts],
        }
        for entry in listed
    ]


def explanation(phase: Phase, entry: Entry, has: Inventory, width: int | None) -> Iterator[str]:
    """Draw ``--help PHASE``, without its options.

    :param width: columns of the terminal; None to leave lines as they are.
    """
    yield f"Usage: {usage(phase)}"
    yield ""
    text = inspect.cleandoc(phase.documentation)
    if width is not None:
        paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
        text = "\n\n".join(textwrap.fill(paragraph, max(width - 2, 1)) for paragraph in paragraphs)
    yield from textwrap.indent(text, "  ").splitlines()
    yield ""
    yield from _facts(phase.name, width)
    yield from (f"  {line}" for line in what_runs(entry, has))


def usage(phase: Phase) -> str:
    """Return how a phase is called."""
    takes = " -- CMD ARGS..." if phase.takes_command else f" [{phase.operands.upper()}]" if phase.operands else ""
    takes += "..." if phase.many_operands else ""
    return f"s2itasks {phase.name}{' [--options]' if phase.flags else ''}{takes}"


def _facts(name: str, width: int | None) -> Iterator[str]:
    """Return what a hook can rely on, with a blank line below it."""
    facts = list(told(name))
    indent = 2 + max((len(label) for label, _ in facts), default=0) + 2  # columns: a colon, and two blanks
    for label, text in facts:
        lines = textwrap.wrap(text, max(width - indent, 1)) if width is not None else [text]
        for number, line in enumerate(lines):
            yield f"  {'' if number else label + ':':<{indent - 2}}{line}"
    if facts:
        yield ""


def application_explanation(entry: Entry, has: Inventory, invoke: str) -> Iterator[str]:
    """Draw ``--help app.NAME``.

    :param invoke: which it would get, or nothing where that is not known.
    """
    yield f"Usage: s2itasks {entry.name} [--options]"
    yield ""
    if entry.help:
        yield f"  {entry.help}."
        yield ""
    yield from (f"  {line}" for line in what_runs(entry, has))
    if invoke:
        yield f"  Its invoke: {invoke}"


def what_runs(entry: Entry, has: Inventory) -> Iterator[str]:
    """Return which file an entry runs, in which state, and what runs before it."""
    yield f"Runs first: {', '.join(entry.prerequisites) or 'nothing'}"
    if entry.image:
        yield f"{entry.image.kind.value.capitalize()} of the image: {entry.image.label} ({entry.image.state.value})"
    if entry.found:
        yield f"{entry.kind.capitalize()}: {entry.found.label} ({entry.found.state.value})"
        if entry.found.task and entry.name == entry.found.task.name:
            before = ", ".join(has.prerequisites(entry.found.task))
            yield f"Its own prerequisites: {before or 'none'}"
    if entry.problem:
        yield f"It would fail: {entry.problem}"


def _state(entry: Entry, has: Inventory) -> Piece:
    """Return the state that a reader sees; where there is no .s2i, that everything is missing goes without saying."""
    if entry.found is None or (has.is_empty and not entry.image):
        return Piece("")
    state = entry.image.state if entry.image and entry.found.state is State.MISSING else entry.found.state
    fails = entry.failures and state is State.PRESENT
    return Piece(state.value, colour.RED if fails else STYLES.get(state, colour.RED))


def _before(entry: Entry) -> str:
    return plain(", ".join(entry.prerequisites))


def _files(entry: Entry, has: Inventory, *, apart: bool) -> Iterator[list[Piece]]:
    """Return which file it is, or what is wrong with it.

    :param apart: give what to do about it a line of its own, so that both can be read where lines are cut.
    """
    found = entry.found
    if entry.failures and (found is None or found.state is not State.UNKNOWN):
        for failure in entry.failures:
            problem = Piece(plain(failure.problem), colour.RED)
            if apart:
                yield [problem]
                yield [Piece(plain(f"  {failure.cure}"))]
            else:
                yield [problem, Piece(plain(f"; {failure.cure}"))]
        return
    if entry.image:
        yield [Piece(plain(f"{entry.image.kind.value} {entry.image.label}"), colour.FAINT)]
    if found and found.is_there:
        hook = found.task and found.task.name == entry.name
        before = ", ".join(has.prerequisites(found.task)) if hook and found.task else ""
        text = f"{found.kind.value} {found.label}{f' (after {before})' if before else ''}"
        yield [Piece(plain(text), colour.FAINT)]


def _column(texts: Iterable[str], width: int | None, most: int = LONGEST) -> int:
    """Return the columns of a table's column: on a terminal at most so many, else those of all cells but long ones."""
    every = list(texts)
    return widest(text for text in every if taken(text) <= LONGEST) if width is None else min(widest(every), most)


def _cell(piece: Piece, columns: int, width: int | None) -> list[Piece]:
    """Return a cell with the blanks behind it; on a terminal one that is too long is cut."""
    text = piece.text if width is None else cut(piece.text, columns, mark_of(sys.stdout))
    return [piece._replace(text=filled(text, columns)), Piece("  ")]


def _fitted(pieces: Sequence[Piece], width: int | None) -> Line:
    return fitted(pieces, width, mark_of(sys.stdout))


def _branches(head: str) -> str:
    """Draw with ASCII where the locale has nothing better."""
    try:
        BRANCH.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeError:
        for mark, ascii_only in PLAIN.items():
            head = head.replace(mark, ascii_only)
    return head
