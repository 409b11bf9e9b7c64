"""A position in the text of a script: what comes next, and in which line."""

from __future__ import annotations

import bisect
import re

BLANK = re.compile(r"(?:[ \t]|\\\n)*(?:#[^\n]*)?")
TOKEN = re.compile(r"[;&|()<>]{1,3}|[^\s;&|()<>]{1,20}|")
MOST_NESTED = 100  # levels; a script written by people has ten


class Unreadable(Exception):
    """Something in a script that the reader does not understand; bash may still do.

    :param line: where it begins.
    :param problem: a clause that says what it is.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(line, problem)
        self.line = line
        self.problem = problem


class TextReader:
    """A position in a text.

    :param text: the script, or a part of it.
    :param line: the number of its first line.
    :param depth: the number of constructs around it.
    """

    def __init__(self, text: str, line: int = 1, depth: int = 0) -> None:
        self.text = text
        self.position = 0
        self.depth = depth
        self._first_line = line
        self._newlines = [found.start() for found in re.finditer("\n", text)]

    @property
    def line(self) -> int:
        """The number of the line at the position."""
        return self.line_at(self.position)

    def line_at(self, position: int) -> int:
        """Return the number of the line at another position."""
        return self._first_line + bisect.bisect_left(self._newlines, position)

    @property
    def at_end(self) -> bool:
        """Whether there is nothing more to read."""
        return self.position >= len(self.text)

    def peek(self, length: int = 1) -> str:
        """Return what comes next."""
        return self.text[self.position : self.position + length]

    def skip_blank(self) -> None:
        """Go to the next word or operator of the line; a comment is blank, too."""
        found = BLANK.match(self.text, self.position)
        self.position = found.end() if found else self.position

    def enter(self) -> None:
        """Go one level deeper.

        :raises Unreadable: when that is too deep. Recursion ends here, and not where Python's stack does.
        """
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.too_deep()

    def leave(self) -> None:
        """Go back to the level above."""
        self.depth -= 1

    def too_deep(self) -> Unreadable:
        """Return what to raise where the nesting is too deep."""
        return Unreadable(self.line, "it is nested too deeply")

    def unexpected(self) -> Unreadable:
        """Return what to raise where something else should follow."""
        found = TOKEN.match(self.text, self.position)
        token = found[0] if found else ""
        return Unreadable(self.line, f"{token!r} is not expected here" if token else "the line ends early")

    def unclosed(self, start: int, opening: str) -> Unreadable:
        """Return what to raise where the text ends inside of something; nothing is left to read then."""
        self.position = len(self.text)
        return Unreadable(self.line_at(start), f"{opening!r} is never closed")
