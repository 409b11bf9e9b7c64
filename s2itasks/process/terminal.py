"""Lending the controlling terminal to a child's process group, as a shell does for its foreground job.

A hook runs in a process group of its own, so that a signal can reach all of it. Without the terminal, such a group
would be stopped as soon as it reads from it, and Ctrl-C would not reach it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator

PATIENCE = 1.0  # seconds between two tries of a child that wants a terminal which is not ours to lend


class Terminal:
    """The terminal of this process, or nothing where it has none."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        with contextlib.suppress(OSError):
            self._descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)

    def __enter__(self) -> Terminal:  # noqa: PYI034 - Self is not in 3.9
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def is_lent_at_once(self) -> bool:
        """Whether a child should have it from its start: it is ours, and we are no member of a pipeline.

        The other members of one would lose it. There the child gets it when it asks for it, see `child_stopped`.
        """
        return self._foreground() == os.getpgrp() and os.isatty(0) and os.isatty(1)

    def give(self, group: int) -> None:
        """Make ``group`` the foreground process group; without a terminal there is nothing to do."""
        if self._descriptor is not None:
            with _not_stopped_for_it(), contextlib.suppress(OSError):
                os.tcsetpgrp(self._descriptor, group)

    def take_back_from(self, group: int) -> None:
        """Have the terminal again, if ``group`` has it and not somebody else by now."""
        if self._foreground() == group:
            self.give(os.getpgrp())

    def child_stopped(self, group: int, number: int) -> None:
        """Act on a child that was stopped by the signal ``number``, as the shell above us would expect.

        One that wants the terminal gets it, if it is ours to give. Otherwise we stop with all of our own job, and the
        child goes on when we do.
        """
        if number in (signal.SIGTTIN, signal.SIGTTOU) and self._foreground() == os.getpgrp():
            self.give(group)
        else:
            self.take_back_from(group)
            with _default_disposition(number):
                os.killpg(os.getpgrp(), signal.SIGTSTP if number == signal.SIGSTOP else number)
            if self._foreground() not in (None, os.getpgrp()):
                time.sleep(PATIENCE)  # nobody put us into the foreground: the child may stop again at once
        self.resume(group)

    def resume(self, group: int) -> None:
        """Let a child go on, with the terminal if we are alone in having it."""
        if self.is_lent_at_once:
            self.give(group)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)

    def suspend(self, group: int | None) -> None:
        """Stop a child in the background together with us, whom Ctrl-Z reached alone, and go on together."""
        with contextlib.suppress(ProcessLookupError):
            if group is not None:
                os.killpg(group, signal.SIGSTOP)
        with _default_disposition(signal.SIGTSTP):
            os.kill(os.getpid(), signal.SIGTSTP)
        if group is not None:
            self.resume(group)

    def _foreground(self) -> int | None:
        """Return the foreground process group, if it is one that we can see: in a PID namespace it may be outside."""
        if self._descriptor is None:
            return None
        try:
            return os.tcgetpgrp(self._descriptor) or None
        except OSError:
            return None


@contextlib.contextmanager
def _not_stopped_for_it() -> Iterator[None]:
    """Block SIGTTOU, with which the kernel stops a background process that touches the terminal."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _default_disposition(number: int) -> Iterator[None]:
    """Let a stop signal stop us, although we handle it otherwise; SIGSTOP needs no permission."""
    stopping = signal.SIGTSTP if number == signal.SIGSTOP else number
    before = signal.signal(stopping, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(stopping, before)
