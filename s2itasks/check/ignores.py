"""Comments that ask for silence: ``# s2itasks: ignore=S2I503,S2I504``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .file import File

COMMENT = re.compile(r"#\s*s2itasks:\s*ignore=(\w+(?:,\s*\w+)*)")


def is_ignored(file: File, line: int, rule: str) -> bool:
    """Whether a rule's finding in a line is not wanted.

    The comment stands in the line itself, in the comment lines directly above it, or, for the whole file, among the
    comments before any code.
    """
    lines = file.lines
    places = [line]
    above = line - 1
    while above > 0 and above <= len(lines) and _is_comment(lines[above - 1]):
        places.append(above)
        above -= 1
    places += range(1, _header(lines) + 1)
    return any(rule in _named(lines[place - 1]) for place in places if 0 < place <= len(lines))


def named(file: File) -> Iterator[tuple[int, str]]:
    """Return each rule that the comments of a file name, with the line."""
    for number, line in enumerate(file.lines, start=1):
        for rule in _named(line):
            yield number, rule


def _named(line: str) -> list[str]:
    found = COMMENT.search(line)
    return re.split(r",\s*", found[1]) if found else []


def _header(lines: list[str]) -> int:
    """Count the comment and blank lines before any code."""
    return next((index for index, line in enumerate(lines) if line.strip() and not _is_comment(line)), len(lines))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
