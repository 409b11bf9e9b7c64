"""What a program shows on a terminal: a real process on a pty of some size, drawn by a terminal emulator.

A screen is kept as a text file below tests/screens, with ``{green}present{}`` for a text in a style. After a change
that is meant, ``./inv screens`` writes the files anew; the diff is what users will see.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyte
from pyte import graphics
from pyte.screens import Char

SCREENS = Path(__file__).with_name("screens")
WRITES = os.environ.get("S2ITASKS_TEST_SCREENS") == "write"  # now, for tests do not see it
MUCH = 10_000  # lines that are kept when they leave the screen, and columns that nothing is wider than
graphics.TEXT[2] = "+italics"  # faint, which pyte does not know; nothing of ours is in italics


class Screen(NamedTuple):
    """What a process has left on a terminal, with the lines that have left it at the top.

    :param lines: without blanks at their ends; styles are spelled out.
    :param wraps: whether a line was longer than the terminal is wide.
    """

    status: int
    lines: list[str]
    wraps: bool

    @property
    def text(self) -> str:
        """The lines, as a file holds them."""
        return "".join(f"{line}\n" for line in self.lines)


def shown(
    argv: Sequence[str], size: tuple[int, int], environ: Mapping[str, str], *, cwd: Path, colours: bool = True
) -> Screen:
    """Run a program on a terminal to its end.

    :param size: columns and lines of the terminal.
    :param environ: its whole environment, to which ``TERM`` is added.
    :param colours: whether it may use any; without, it is told by ``NO_COLOR``.
    """
    columns, height = size
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, columns, 0, 0))  # before it can ask
    process = subprocess.Popen(
        argv,
        env={**environ, "TERM": "xterm-256color", **({} if colours else {"NO_COLOR": "1"})},
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    written = b"".join(_read(ours))
    os.close(ours)
    lines = list(_drawn(written, columns, height))
    return Screen(process.wait(), lines, wraps=lines != list(_drawn(written, MUCH, height)))


def compare(screen: Screen, name: str, text: str | None = None) -> None:
    """Compare a screen with the file of a name, or write that where this is asked for.

    :param text: the screen's, with what differs each time masked.
    """
    file, text = SCREENS / f"{name}.txt", screen.text if text is None else text
    if WRITES:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{file} shows something else; ./inv screens writes it anew"
    assert not screen.wraps


def _read(descriptor: int) -> Iterator[bytes]:
    """Read what a terminal is told, until nobody has it open any more, which Linux calls an error."""
    with contextlib.suppress(OSError):
        while content := os.read(descriptor, 1 << 16):
            yield content


def _drawn(written: bytes, columns: int, height: int) -> Iterator[str]:
    screen = pyte.HistoryScreen(columns, height, history=MUCH)
    pyte.ByteStream(screen).feed(written)
    left = [line for line in screen.history.top]  # noqa: C416 - a deque of defaultdicts, which must not grow
    every = [*left, *(screen.buffer[row] for row in range(screen.cursor.y + 1))]
    lines = [_line([line[column] for column in range(max(line, default=-1) + 1)]) for line in every]
    yield from lines if lines[-1] else lines[:-1]


def _line(characters: Sequence[Char]) -> str:
    line = "".join(_styled("".join(each.data for each in run), style) for style, run in groupby(characters, _style))
    return line.rstrip()


def _style(character: Char) -> str:
    colour = {"brown": "yellow"}.get(character.fg, character.fg)  # as pyte calls it
    shown = {"bold": character.bold, "faint": character.italics, colour: colour != "default"}
    return " ".join(name for name, is_so in shown.items() if is_so)


def _styled(text: str, style: str) -> str:
    return f"{{{style}}}{text}{{}}" if style else text
