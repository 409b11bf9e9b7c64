"""Versions of Python, and what PEP 440 says of which of them a specifier such as ``>=3.9,<3.13`` admits."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import NamedTuple

Version = tuple[int, int, int]
OLDEST = (3, 9)  # that s2itasks runs on

CLAUSE = re.compile(r"(~=|==|!=|<=|>=|<|>)\s*(\d+(?:\.\d+)*)(\.\*)?")
OF_POETRY = re.compile(r"([\^~])\s*(\d+(?:\.\d+)*)")
PARTS_OF_COMPATIBLE = 2  # that ~= needs at least


class Clause(NamedTuple):
    """One clause of a specifier.

    :param prefix: the version ended in ``.*``.
    """

    operator: str
    release: tuple[int, ...]
    prefix: bool = False

    def admits(self, version: Version) -> bool:
        """Whether a version is one of those it means."""
        if self.operator == "~=":
            return Clause(">=", self.release).admits(version) and Clause("==", self.release[:-1], True).admits(version)  # noqa: FBT003 - see the class
        order = _order(version[: len(self.release)] if self.prefix else version, self.release)
        return {
            "==": order == 0, "!=": order != 0, "<=": order <= 0, ">=": order >= 0, "<": order < 0, ">": order > 0,
        }[self.operator]  # fmt: skip


def shown(version: tuple[int, ...]) -> str:
    """Spell a version."""
    return ".".join(map(str, version))


def clauses(specifier: str) -> list[Clause] | None:
    """Return the clauses of a specifier; None where one is not understood (``===``, pre-releases, epochs)."""
    found = []
    for text in filter(None, map(str.strip, specifier.split(","))):
        match = CLAUSE.fullmatch(text)
        if match is None:
            return None
        operator, release, prefix = match[1], tuple(map(int, match[2].split("."))), bool(match[3])
        if (prefix and operator not in ("==", "!=")) or (operator == "~=" and len(release) < PARTS_OF_COMPATIBLE):
            return None
        found.append(Clause(operator, release, prefix))
    return found


def of_poetry(constraint: str) -> str:
    """Return the specifier that Poetry makes of a constraint with a caret or a tilde; what has neither stays."""
    match = OF_POETRY.fullmatch(constraint.strip())
    if match is None:
        return "" if constraint.strip() == "*" else constraint
    release = tuple(map(int, match[2].split(".")))
    fixed = release[:1] if match[1] == "^" else release[:2]
    return f">={match[2]},<{shown((*fixed[:-1], fixed[-1] + 1))}"


def _order(version: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return -1, 0 or 1 where a version is less than another, the same or more; missing parts are zeros."""
    for part, its in zip_longest(version, other, fillvalue=0):
        if part != its:
            return -1 if part < its else 1
    return 0
