"""The words that bash reserves, where a command may begin."""

from __future__ import annotations

import re

from .commands import CommandReader

ENDS_WORD = r"(?:\\\n)*(?:[ \t\n;&|()<>]|\Z)"


def continued(text: str) -> str:
    """Return a pattern for a text that may be continued on the next line after each character."""
    return r"(?:\\\n)*".join(re.escape(character) for character in text)


CLOSING = ("then", "elif", "else", "fi", "do", "done", "esac", "}")
OPENING = ("if", "while", "until", "for", "select", "case", "{", "[[")
RESERVED = re.compile(
    rf"(?:{'|'.join(map(continued, (*CLOSING, *OPENING, 'in', 'function', 'time', 'coproc', '!')))})(?={ENDS_WORD})"
)


class ReservedReader(CommandReader):
    """Reads reserved words."""

    def _reserved(self) -> str:
        """Return the reserved word that comes next, if one does."""
        found = RESERVED.match(self.text, self.position)
        return found[0].replace("\\\n", "") if found else ""

    def _at(self, until: tuple[str, ...]) -> bool:
        return any(
            self.text.startswith(each, self.position) if each[0] in ");" else self._reserved() == each for each in until
        )

    def _expect(self, reserved: str) -> None:
        found = RESERVED.match(self.text, self.position)
        if not found or found[0].replace("\\\n", "") != reserved:
            raise self.unexpected()
        self.position = found.end()
