"""``env --diff``: what sets one environment apart from another, variable by variable."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from s2itasks import colour, console
from s2itasks.columns import Piece, cut, filled, fitted, mark_of, of_terminal, widest
from s2itasks.console import Line, plain
from s2itasks.environment.errors import VariableNotSet
from s2itasks.environment.layers import MARKER
from s2itasks.errors import UsageError
from s2itasks.masking.text import masked

MOST = 1 << 24  # bytes that are read; Linux hands a process no more than some two million
STYLES = {"added": colour.GREEN, "removed": colour.RED, "changed": colour.YELLOW}


class NotAnEnvironment(UsageError):
    """A file to compare with cannot be read, or is not what ``env --format dotenv`` writes."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"{file} {problem}", cure="let the other s2itasks write it: s2itasks env --format dotenv")


class Change(NamedTuple):
    """A variable that two environments do not have alike.

    :param before: its value in the environment that is compared with, or None where that has none; likewise ``after``.
    """

    name: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """What happened to it, one of `STYLES`."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def of_file(file: str) -> dict[str, str]:
    """Return the variables of a file that ``env --format dotenv`` has written, which may be a pipe.

    :raises NotAnEnvironment: says why that cannot be.
    """
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(MOST + 1)
        text = content.decode()
    except OSError as problem:
        raise NotAnEnvironment(file, f"cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise NotAnEnvironment(file, "holds bytes that are not UTF-8") from None
    if len(content) > MOST:
        raise NotAnEnvironment(file, "is larger than any environment")
    for statement in parse_stream(io.StringIO(text, newline="")):
        if statement.error or (statement.key is not None and statement.value is None):
            raise NotAnEnvironment(file, f"has no variable in line {statement.original.line}")
    read = dotenv_values(stream=io.StringIO(text, newline=""))
    if not read:  # as where the other s2itasks failed; it always sets some
        raise NotAnEnvironment(file, "holds no variable")
    return {name: value or "" for name, value in read.items()}


def between(before: Mapping[str, str], after: Mapping[str, str], names: Sequence[str]) -> list[Change]:
    """Return what is not alike: what was added first, then what was removed, then what was changed.

    What s2itasks keeps for itself is left out.

    :param names: those to look at; all unless given.
    :raises VariableNotSet: when neither has a name.
    """
    known = before.keys() | after.keys()
    for name in names:
        if name not in known:
            raise VariableNotSet(name)
    found = [Change(name, before.get(name), after.get(name)) for name in sorted(names or known - {MARKER})]
    kinds = list(STYLES)
    return sorted((each for each in found if each.before != each.after), key=lambda each: kinds.index(each.kind))


def show(changes: Sequence[Change], *, show_secrets: bool, whole: bool) -> None:
    """Print them to stdout, a line each; that there are none, to stderr.

    :param whole: do not cut values to what a terminal shows in a line.
    """
    if not changes:
        console.detail("no difference")
    for line in _lines(changes, None if whole else of_terminal(sys.stdout), show_secrets=show_secrets):
        console.show(line, secrets=show_secrets)


def _lines(changes: Sequence[Change], width: int | None, *, show_secrets: bool) -> Iterator[Line]:
    kinds, names, mark = widest(STYLES), widest(plain(each.name) for each in changes), mark_of(sys.stdout)
    arrow = " → " if mark == "…" else " -> "
    each_value = None
    if width is not None:
        left = max(width - kinds - 4, 0)
        names = min(names, left * 2 // 5)
        each_value = max(left - names - len(arrow), 0) // 2
    for change in changes:
        sides = [_value(change.name, side, show_secrets=show_secrets) for side in (change.before, change.after)]
        values = [side for side in sides if side is not None]
        shown = arrow.join(cut(value, each_value if len(values) > 1 else None, mark) for value in values)
        name = cut(plain(change.name), None if width is None else names, mark)
        yield fitted(
            [Piece(filled(change.kind, kinds + 2), STYLES[change.kind]), Piece(f"{filled(name, names)}  {shown}")],
            width,
            mark,
        )


def _value(name: str, value: str | None, *, show_secrets: bool) -> str | None:
    if value is None:
        return None
    return plain(value if show_secrets else masked(name, value))
