"""What is said while an application does not become ready: which phase it is in, and since when."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

FIRST, AGAIN = 30.0, 60.0  # seconds until it is said, and until it is said again
STEP = re.compile(rb"^---> (\w+: .+)$", re.MULTILINE)  # as `console.event` writes it
LONGEST = 4096  # bytes of a line that is not finished


class LongWait:
    """A wait for an application that writes a log.

    :param clock: a time in seconds.
    """

    def __init__(self, log: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._read = 0  # bytes
        self._began = self._stepped = clock()
        self._step = ""
        self._due = self._began + FIRST

    def look(self) -> str:
        """Return what to say now; mostly nothing."""
        self._follow()
        now = self._clock()
        if now < self._due:
            return ""
        self._due += AGAIN
        step = f"; for {now - self._stepped:.0f} s: {self._step}" if self._step else ""
        return f"not ready after {now - self._began:.0f} s{step}"

    def _follow(self) -> None:
        """Note the last step that the log speaks of, and when it was first seen."""
        with self._log.open("rb") as file:
            file.seek(self._read)
            text = file.read()
        end = text.rfind(b"\n") + 1 or max(len(text) - LONGEST, 0)
        self._read += end
        steps = STEP.findall(text, 0, end)
        if steps:
            self._step, self._stepped = steps[-1].decode("utf-8", "replace"), self._clock()
