"""What a rule is, and what it finds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .file import File
from .source import Source


class Severity(enum.Enum):
    """How bad a finding is: something does not work, somebody should look at it, or it could be done better.

    A hint is shown, and never counted.
    """

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True)
class Spot:
    """Where a rule does not hold, and what to do about it."""

    path: str
    line: int
    message: str


def at(file: File, line: int, message: str) -> Spot:
    """Name a line of a file."""
    return Spot(file.path, line, message)


@dataclass(frozen=True)
class Rule:
    """Something that a source should keep to.

    :param id: ``S2I`` and three digits, the first of them for the group; it never changes.
    :param title: what is found, in a few words.
    :param fixable: whether ``--fix`` can mend at least some of it.
    """

    id: str
    severity: Severity
    title: str
    look: Callable[[Source], Iterator[Spot]]
    fixable: bool = False


@dataclass(frozen=True)
class Finding:
    """A rule that does not hold somewhere."""

    rule: Rule
    path: str
    line: int
    message: str


def error(number: int, title: str, *, fixable: bool = False) -> Callable[[Callable[[Source], Iterator[Spot]]], Rule]:
    """Declare a rule whose findings are errors."""
    return lambda look: Rule(f"S2I{number}", Severity.ERROR, title, look, fixable)


def warning(number: int, title: str, *, fixable: bool = False) -> Callable[[Callable[[Source], Iterator[Spot]]], Rule]:
    """Declare a rule whose findings are warnings."""
    return lambda look: Rule(f"S2I{number}", Severity.WARNING, title, look, fixable)


def hint(number: int, title: str) -> Callable[[Callable[[Source], Iterator[Spot]]], Rule]:
    """Declare a rule whose findings are hints."""
    return lambda look: Rule(f"S2I{number}", Severity.HINT, title, look)
