"""Lines made of pieces, how many columns of a terminal they take, and making them fit.

The texts are what `console.plain` returns: a character of theirs takes one column, two in East Asian scripts and as an
emoji, or none where it combines with the one before it. (Pods print few lines and most of them to no terminal, so what
is needed for more is imported there.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TextIO

from . import colour

WIDE = ("W", "F")  # as Unicode calls them: wide, and full width
COMBINING = ("Mn", "Me")


class Piece(NamedTuple):
    """A part of a line, with a style of `colour` where that is shown."""

    text: str
    style: str = colour.NONE


def of_terminal(stream: TextIO | None) -> int | None:
    """Return the columns of the terminal that a stream is, or None where it is none."""
    if stream is None or not stream.isatty():
        return None
    import shutil  # noqa: PLC0415 - see above

    return shutil.get_terminal_size().columns


def taken(text: str) -> int:
    """Return the columns that a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def widest(texts: Iterable[str]) -> int:
    """Return the columns that the widest of some texts takes; 0 where there is none."""
    return max(map(taken, texts), default=0)


def cut(text: str, columns: int | None, mark: str = "…") -> str:
    """Return what of a text fits, with a mark where something is missing.

    :param columns: None for as many as it takes.
    """
    if columns is None or taken(text) <= columns:
        return text
    left = columns - len(mark)
    if left < 0:
        return mark[:columns]
    kept = ""
    for character in text:
        left -= _columns(character)
        if left < 0:
            break
        kept += character
    return kept + mark


def wrapped(text: str, columns: int) -> list[str]:
    """Return a text as lines that fit, broken between words; a word that is longer than a line is left whole."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and taken(lines[-1]) + 1 + taken(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def fitted(pieces: Sequence[Piece], columns: int | None, mark: str = "…") -> list[Piece]:
    """Return the pieces of a line as far as they fit, see `cut`; without blanks at the end."""
    whole = cut("".join(piece.text for piece in pieces).rstrip(), columns, mark)
    found: list[Piece] = []
    for piece in pieces:
        found.append(piece._replace(text=whole[: len(piece.text)]))
        whole = whole[len(piece.text) :]
    return [piece for piece in found if piece.text]


def filled(text: str, columns: int) -> str:
    """Return a text with blanks behind it, up to a number of columns."""
    return text + " " * (columns - taken(text))


def mark_of(stream: TextIO | None) -> str:
    """Return what a stream can show where something has been cut off."""
    try:
        "…".encode(getattr(stream, "encoding", None) or "ascii")
    except UnicodeError:
        return "..."
    return "…"


def _columns(character: str) -> int:
    import unicodedata  # noqa: PLC0415 - see above

    if unicodedata.category(character) in COMBINING:
        return 0
    return 2 if unicodedata.east_asian_width(character) in WIDE else 1
