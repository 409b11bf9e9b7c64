"""Walking over the text of a shell script: where one is, what comes next, and to which mark something goes."""

from __future__ import annotations

import bisect


class Unparsable(Exception):
    """The script is not what this reader understands; bash may still do."""


class TextReader:
    """A position in a text.

    :param text: the script, or a part of it.
    :param line: the number of its first line.
    """

    def __init__(self, text: str, line: int = 1) -> None:
        self.text = text
        self.position = 0
        self._first_line = line
        self._newlines = [index for index, character in enumerate(text) if character == "\n"]

    @property
    def line(self) -> int:
        """The number of the line it has come to."""
        return self._first_line + bisect.bisect_left(self._newlines, self.position)

    def peek(self, length: int = 1) -> str:
        """Give what comes next."""
        return self.text[self.position : self.position + length]

    def skip_blank(self) -> None:
        """Go to the next word or operator of the line; a comment is blank, too."""
        while self.position < len(self.text):
            if self.peek() in " \t\r":
                self.position += 1
            elif self.peek(2) == "\\\n":
                self.position += 2
            elif self.peek() == "#":
                end = self.text.find("\n", self.position)
                self.position = len(self.text) if end < 0 else end
            else:
                return

    def until_quote(self, *, escapes: bool = False) -> str:
        """Take what is up to the closing single quote, from the opening one on, without both."""
        start = self.position + 1
        end = start
        while self.text[end : end + 1] != "'":
            if end >= len(self.text):
                raise Unparsable
            end += 2 if escapes and self.text[end] == "\\" else 1
        self.position = end + 1
        return self.text[start:end]

    def balanced(self, opening: str, closing: str) -> str:
        """Take everything up to the bracket that closes the one it stands on."""
        start, depth = self.position, 0
        while self.position < len(self.text):
            character = self.peek()
            self.position += 1
            depth += (character == opening) - (character == closing)
            if not depth:
                return self.text[start : self.position]
        raise Unparsable
