"""Comments that ask for silence: ``# s2itasks: ignore=S2I503,S2I504``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .file import File

COMMENT = re.compile(r"#\s*s2itasks:\s*ignore=(\w+(?:,\s*\w+)*)")


class Ignores:
    """What the comments of one file ask silence for.

    A comment stands in the line itself, in the comment lines directly above it, or, for the whole file, among the
    comments before any code.
    """

    def __init__(self, file: File) -> None:
        self._everywhere: set[str] = set()
        self._by_line: dict[int, set[str]] = {}
        above: set[str] = set()
        in_header = True
        for number, line in enumerate(file.lines, start=1):
            here = set(_named(line))
            in_header = in_header and (not line.strip() or _is_comment(line))
            if in_header:
                self._everywhere |= here
            if here or above:
                self._by_line[number] = above = above if here <= above else above | here
            if not _is_comment(line):
                above = set()

    def cover(self, line: int, rule: str) -> bool:
        """Whether a rule's finding in a line is not wanted."""
        return rule in self._everywhere or rule in self._by_line.get(line, ())


def named(file: File) -> Iterator[tuple[int, str]]:
    """Return each rule that the comments of a file name, with the line."""
    for number, line in enumerate(file.lines, start=1):
        for rule in _named(line):
            yield number, rule


def _named(line: str) -> list[str]:
    found = COMMENT.search(line)
    return re.split(r",\s*", found[1]) if found else []


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
