"""What s2itasks itself says, line by line: events on stderr in the builder's style, what was asked for on stdout.

Names and texts of an application are in these lines, so nothing of a line is taken for more by a terminal or by the log
of a CI: control characters, line breaks and marks that change the direction of writing are spelled out. What looks like
a secret is masked. Then come colours.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Sequence
from typing import TextIO, Union

from . import colour, columns
from .columns import Piece

# What "-ing" alone would not do for.
PARTICIPLES = {
    "become": "becoming", "pin": "pinning", "run": "running", "set": "setting", "source": "sourcing", "take": "taking",
}  # fmt: skip

STYLES = {"--->": colour.BOLD, "s2itasks: warning:": colour.YELLOW, "s2itasks: error:": colour.RED}  # of beginnings
# A line without any of these holds no secret. That is looked at first: `masking` takes 30 ms to import, and a failing
# probe has a message, too.
PERHAPS_SECRET = (  # noqa: SIM905 - a line for each would bury the rest
    "= // @ % ` pass pw pat salt cred bearer basic auth sess key jwt dsn signature secret token private cookie -u -p "
    "-a begin akia asia gho_ ghp_ ghr_ ghs_ ghu_ github_ gl xox xapp- k_live_ k_test_ whsec_ aiza gocspx- ya29. eyj "
    "sha256~ sk- hvs. npm_ pypi- slack.com office discord"
).split()
COMMAND = re.compile(r"##(vso)?(?=\[)")  # of an older GitHub, and of Azure


Line = Union[str, Sequence[Piece]]  # Python 3.9 has no other spelling


def doing(what: str) -> str:
    """Say that what begins with a verb is being done: ``running .s2i/action_hooks/build``."""
    verb, space, rest = what.partition(" ")
    return f"{PARTICIPLES.get(verb, f'{verb}ing')}{space}{rest}"


def event(phase: str, text: str) -> None:
    """Announce a step of a phase; on a terminal, in one line of it."""
    say(f"---> {phase}: {text}", fits=True)


def detail(line: Line) -> None:
    """Print a line that belongs to the event before it; on a terminal, in one line of it."""
    say([Piece("     "), *_pieces(line)], fits=True)


def warning(text: str) -> None:
    """Print a warning: the phase goes on, but somebody should look at it."""
    say(f"s2itasks: warning: {text}")


def error(text: str) -> None:
    """Print why the command fails."""
    say(f"s2itasks: error: {text}")


def duration(seconds: float) -> str:
    """Spell a duration for a reader: ``0.03 s``, ``4.2 s``, ``2 min 05 s``."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60):02d} s"


def say(line: Line, *, fits: bool = False) -> None:
    """Write a line to stderr, and never let a closed or broken one change what the command does.

    :param fits: cut it to the width of a terminal. A message is never cut, because its end says what to do.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        width = columns.of_terminal(sys.stderr) if fits else None
        if width is not None:
            pieces = [piece._replace(text=plain(piece.text)) for piece in _pieces(line)]
            line = columns.fitted(pieces, width, columns.mark_of(sys.stderr))
        sys.stderr.write(f"{_drawn(line, sys.stderr)}\n")
        sys.stderr.flush()


def show(line: Line, *, secrets: bool = False) -> None:
    """Write a line to stdout, at once.

    :param secrets: leave them in it, as somebody has asked for.
    """
    print(_drawn(line, sys.stdout, secrets=secrets), flush=True)


def show_content(line: str) -> None:
    """Write a line of a file to stdout, in which a tab is nothing that has to be spelled out."""
    print("\t".join(map(plain, line.split("\t"))), flush=True)


def _drawn(line: Line, stream: TextIO, *, secrets: bool = False) -> str:
    """Return a line as its stream shows it: masked and spelled out first, then with colours.

    Where pieces that mean nothing make a secret or a command to a CI together, it is drawn as a whole, without colours.
    """
    pieces = _pieces(line)
    text = "".join(piece.text for piece in pieces)
    whole = plain(text if secrets else _masked(text))
    if not colour.shown_by(stream):
        return whole
    texts = [plain(piece.text) for piece in pieces]
    return "".join(map(colour.painted, texts, (piece.style for piece in pieces))) if "".join(texts) == whole else whole


def _pieces(line: Line) -> Sequence[Piece]:
    """Return the pieces of a line; one that is a string may begin as an event, a warning or an error does."""
    if not isinstance(line, str):
        return line
    for beginning, style in STYLES.items():
        if line.startswith(f"{beginning} "):
            head = beginning if beginning.endswith(":") else f"{line.partition(': ')[0]}:"
            return [Piece(line[: len(head)], style), Piece(line[len(head) :])]
    return [Piece(line)]


def plain(line: str) -> str:
    r"""Spell out what is not printable, as Python spells it: ``\n``, ``\x1b``, ``\u202e``; and commands to a CI.

    GitHub takes a line for one that begins with two colons, blanks before them included, Azure one with ``##vso[``.
    """
    if not line.isprintable():
        line = "".join(each if each.isprintable() else repr(each)[1:-1] for each in line)
    if line.lstrip().startswith("::"):
        line = line.replace(":", r"\x3a", 1)
    return COMMAND.sub(r"#\\x23\1", line) if "##" in line else line


def _masked(line: str) -> str:
    """Mask what looks like a secret, in whatever way it got into a message."""
    lowered = line.lower()
    if not any(mark in lowered for mark in PERHAPS_SECRET):
        return line
    from s2itasks.masking.text import masked_text  # noqa: PLC0415 - see above

    return masked_text(line)
