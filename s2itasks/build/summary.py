"""The summary at the end of a build: each phase, how long it took as a small bar, and what was skipped."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from s2itasks import colour, console
from s2itasks.columns import Piece
from s2itasks.session import Step

WIDTH = 30


def lines(steps: Sequence[Step], *, block: str = "█") -> list[list[Piece]]:
    """Draw the steps, one line each, in their order; bars are in proportion to the longest."""
    names = max((len(step.phase) for step in steps), default=0)
    longest = max((step.seconds or 0 for step in steps), default=0)
    drawn = []
    for step in steps:
        name = f"{step.phase:<{names}}  "
        if step.seconds is None:
            drawn.append([Piece(name), Piece(f"{'skipped':>11}  {step.note}".rstrip(), colour.FAINT)])
            continue
        bar = block * round(WIDTH * step.seconds / longest) if longest else ""
        drawn.append(
            [Piece(name), Piece(f"{console.duration(step.seconds):>11}"), Piece(f"  {bar}" * bool(bar), colour.CYAN)]
        )
    return drawn


def show(steps: Sequence[Step]) -> None:
    """Print the summary to stderr."""
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    try:
        "█".encode(encoding)
        block = "█"
    except UnicodeEncodeError:
        block = "#"
    for line in lines(steps, block=block):
        console.detail(line)
