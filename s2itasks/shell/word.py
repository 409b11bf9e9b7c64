"""The words of a script, what they are made of, and where they stand: in assignments and redirections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from .tree import Block


@dataclass
class Literal:
    """Text that stands for itself, without its quotes and escapes."""

    text: str
    quoted: bool = False


@dataclass
class Expansion:
    """A variable that a word reads.

    :param text: the expansion as it is written.
    :param name: the variable; empty where bash would call it a bad substitution.
    :param guarded: whether it says itself what to use where the variable is missing, as ``${NAME:-default}`` does.
    :param inner: what stands in the braces behind the name.
    """

    text: str
    name: str
    line: int
    guarded: bool
    inner: Word


@dataclass
class Substitution:
    """Commands in a word: ``$(...)``, backquotes, ``<(...)`` or ``>(...)``."""

    text: str
    block: Block


@dataclass
class Arithmetic:
    """An arithmetic expression: ``$((...))``, ``((...))`` or ``$[...]``."""

    text: str
    inner: Word


@dataclass
class Array:
    """The brackets of ``NAME=(...)``."""

    text: str
    elements: list[Word]


Part = Union[Literal, Expansion, Substitution, Arithmetic, Array]


@dataclass
class Word:
    """A word.

    :param start: its offset in the text, by which the words of one command are ordered.
    """

    line: int
    start: int = 0
    parts: list[Part] = field(default_factory=list)

    @classmethod
    def literal(cls, text: str, line: int, start: int = 0) -> Word:
        """Return a word of plain text."""
        return cls(line, start, [Literal(text)])

    @property
    def text(self) -> str:
        """Its text without quotes; what is expanded in it stays as it is written."""
        return self.parts[0].text if len(self.parts) == 1 else "".join(part.text for part in self.parts)

    @property
    def quoted(self) -> bool:
        """Whether any of it is quoted."""
        return any(isinstance(part, Literal) and part.quoted for part in self.parts)

    @property
    def expansions(self) -> Iterator[Expansion]:
        """The variables that it reads; not those that the commands in it read."""
        for part in self.parts:
            if isinstance(part, Expansion) and part.name:
                yield part
            for word in _inside(part):
                yield from word.expansions

    @property
    def substitutions(self) -> Iterator[Block]:
        """The commands in it."""
        for part in self.parts:
            if isinstance(part, Substitution):
                yield part.block
            for word in _inside(part):
                yield from word.substitutions


@dataclass
class Redirect:
    """A redirection; for a here-document the target is its text."""

    operator: str
    descriptor: str
    target: Word

    @property
    def of_stdout(self) -> bool:
        """Whether the command's stdout goes elsewhere: to a file, to stderr, to another descriptor."""
        return self.operator[0] in ">&" and self.descriptor in ("", "1")


@dataclass
class Assignment:
    """``NAME=value`` or ``NAME[index]=value``, before a command or alone."""

    name: str
    line: int
    value: Word
    append: bool = False
    index: Word | None = None


def _inside(part: Part) -> list[Word]:
    """Return the words within a part of a word."""
    if isinstance(part, Array):
        return part.elements
    return [part.inner] if isinstance(part, (Expansion, Arithmetic)) else []
