"""Phases that take their time, and what a person on a terminal or the log of a CI wants to see of them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from s2itasks import columns
from s2itasks.console import detail, duration, event, plain
from s2itasks.process.errors import HookFailed

from . import containment

PAUSE = 0.1  # seconds between two looks
TAIL = 40  # lines of a log that are shown where it tells why


def pause(seconds: float = PAUSE) -> None:
    """Wait before the next look."""
    time.sleep(seconds)  # neither a port nor what another process writes tells us when it changes


class Progress:
    """What a rehearsal is doing, and how long each part of it has taken.

    On a terminal that is one line, drawn anew with the time it takes and what was said last; all of it is in a log, and
    shown where a phase fails. Elsewhere every line goes out as it comes.
    """

    def __init__(self) -> None:
        self.took: list[tuple[str, float]] = []
        self._columns = None if os.environ.get("TERM") == "dumb" else columns.of_terminal(sys.stderr)

    @property
    def is_drawn(self) -> bool:
        """Whether there is a terminal to draw on."""
        return self._columns is not None

    @contextlib.contextmanager
    def timed(self, what: str) -> Iterator[float]:
        """Note how long something took; gives when it began."""
        began = time.monotonic()
        try:
            yield began
        finally:
            self.took.append((what, time.monotonic() - began))
            self.erase()

    def run(self, what: str, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        """Run a phase to its end.

        :param what: how it is called.
        :param log: gets its output where that is not shown.
        :raises HookFailed: when it fails.
        """
        with self.timed(what) as began, contextlib.ExitStack() as stack:
            output = stack.enter_context(log.open("wb")) if self.is_drawn else None
            running = subprocess.Popen(  # noqa: S603 - what the user asked to rehearse
                argv,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            stack.callback(containment.end, running, what=what)
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(PAUSE if self.is_drawn else None)
                    break
                self.draw(what, began, log)
        status = containment.status(running)
        if self.is_drawn:
            if status:
                show_end_of(log)
            else:
                event("rehearse", f"{what}: {duration(self.took[-1][1])}")
        if status:
            raise HookFailed(what, status)

    def draw(self, what: str, began: float, log: Path) -> None:
        """Draw the line, where there is a terminal: what is being done, for how long, what was said last."""
        if self._columns is None:
            return
        said = last_line(log)
        text = plain(f"---> rehearse: {what}, {time.monotonic() - began:.0f} s{': ' if said else ''}{said}")
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"\r\x1b[2K{columns.cut(text, self._columns - 1, columns.mark_of(sys.stderr))}")
            sys.stderr.flush()

    def erase(self) -> None:
        """Make room for a line that stays."""
        if self.is_drawn:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write("\r\x1b[2K")
                sys.stderr.flush()


class Follower:
    """Copies what is written to a log to stdout, as it comes and in whole lines."""

    def __init__(self, log: Path) -> None:
        self._file = log.open("rb")
        self._copied = 0  # bytes
        self._last = b""

    def copy(self, *, all_of_it: bool = False, again: bool = True) -> None:
        """Copy what is new; where a signal interrupts that, rather twice than not at all.

        :param all_of_it: a line that has not ended, too.
        :param again: lines that are like the one before, too; an application that is asked until it is ready has many.
        """
        self._file.seek(self._copied)
        text = self._file.read()
        end = len(text) if all_of_it else text.rfind(b"\n") + 1
        lines = text[:end].splitlines(keepends=True)
        new = [line for before, line in zip([self._last, *lines], lines) if again or line != before]
        self._last = lines[-1] if lines else self._last
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
            sys.stdout.buffer.write(b"".join(new))
            sys.stdout.buffer.flush()
        self._copied += end


def last_line(log: Path) -> str:
    """Return the last line of a log that says something; of many megabytes, only the end is read."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - 4096, 0))
        lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip() if lines else ""
    return ""


def show_end_of(log: Path) -> None:
    """Show the last lines of a log, and where the others are."""
    said = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    if said:
        event("rehearse", f"the end of {log}:")
    for line in [line for before, line in zip(["", *said], said) if line != before][-TAIL:]:
        detail(line)
