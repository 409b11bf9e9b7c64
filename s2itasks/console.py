"""What s2itasks itself says: one line per event, on stderr, in the builder's style."""

from __future__ import annotations

import contextlib
import sys

# What "-ing" alone would not do for.
PARTICIPLES = {
    "become": "becoming", "pin": "pinning", "run": "running", "set": "setting", "source": "sourcing", "take": "taking",
}  # fmt: skip


def doing(what: str) -> str:
    """Say that what begins with a verb is being done: ``running .s2i/action_hooks/build``."""
    verb, space, rest = what.partition(" ")
    return f"{PARTICIPLES.get(verb, f'{verb}ing')}{space}{rest}"


def event(phase: str, text: str) -> None:
    """Announce a step of a phase."""
    say(f"---> {phase}: {text}")


def detail(text: str) -> None:
    """Print a line that belongs to the event before it."""
    say(f"     {text}")


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


def say(line: str) -> None:
    """Write a line, and never let a closed or broken stderr change what the command does."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
