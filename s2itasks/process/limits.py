"""How long something may take."""

from __future__ import annotations

import math
import re
import time
from typing import NamedTuple

from s2itasks.errors import UsageError
from s2itasks.process.errors import TimedOut

NUMBER = re.compile(r"[-+.0-9eE]*")  # what float() reads is more, such as 1_0


class Limit(NamedTuple):
    """A limit in seconds, and who set it.

    :param seconds: as it was given.
    :param origin: the option or the variable, for messages.
    :param until: when a command has to be over (of `time.monotonic`, which no change of the clock touches); None where
        each process has the whole limit to itself.
    """

    seconds: float
    origin: str
    until: float | None = None

    def from_now(self) -> Limit:
        """Return the limit of several processes together, of which the first is started now."""
        return self if self.until is not None else self._replace(until=time.monotonic() + self.seconds)

    def remaining(self) -> float:
        """Return the seconds that a process started now may take; never 0, which would mean none to a timer."""
        return self.seconds if self.until is None else max(self.until - time.monotonic(), 0.001)

    def exceeded_by(self, shown: str) -> TimedOut:
        """Return the failure of what took longer."""
        return TimedOut(shown, f"{self.seconds:g}", self.origin)


def parse(text: str, origin: str, *, each: bool = False) -> Limit | None:
    """Read a limit; nothing and ``0`` mean that there is none.

    :param origin: the option or the variable it came from.
    :param each: it holds for every single process, not for the whole command from now on.
    :raises UsageError: for what is not a number of seconds.
    """
    try:
        seconds = float(text or 0) if NUMBER.fullmatch(text) else math.nan
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        problem = f"{origin} is {text!r}, which is not a number of seconds"
        raise UsageError(problem, cure="give a number, such as 5 or 0.5, or 0 for no limit")
    return Limit(seconds, origin, None if each else time.monotonic() + seconds) if seconds else None


def tighter(*limits: Limit | None) -> Limit | None:
    """Return the limit that ends first."""
    return min((limit for limit in limits if limit), key=Limit.remaining, default=None)
