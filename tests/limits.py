"""Limits that leave a hook the time to start, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from application import Application, Result

SECONDS = ("0.5", "2", "8", "40")  # of which the first is enough, but where the machine is busy

SOON = 8.5  # seconds after a limit in which everything has to be over; the grace period is a fraction of one

T = TypeVar("T")


def long_enough(application: Application, attempt: Callable[[str], T]) -> tuple[str, T]:
    """Try something with longer and longer limits, until what is to be stopped has started and logged that.

    A limit runs from the start of s2itasks, and no test can know how long that takes.

    :return: the limit, and what has come of the attempt.
    """
    for seconds in SECONDS:
        application.log.unlink(missing_ok=True)
        outcome = attempt(seconds)
        if application.logged:
            break
    return seconds, outcome


def timed_out(application: Application, *words: str) -> tuple[str, Result]:
    """Run a command line whose ``--timeout`` ends it, soon, while something is running that has logged itself."""

    def attempt(seconds: str) -> Result:
        started = time.monotonic()
        done = application.s2itasks(*words, "--timeout", seconds)
        assert time.monotonic() - started < float(seconds) + SOON
        return done

    return long_enough(application, attempt)
