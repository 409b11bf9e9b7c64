"""Lending the controlling terminal to a child's process group, as a shell does for its foreground job.

A hook runs in a process group of its own, so that a signal can reach all of it. Without the terminal, such a group
would be stopped as soon as it reads from it, and Ctrl-C would not reach it.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator


class Terminal:
    """The terminal of a foreground process, or nothing where there is none to lend."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        with contextlib.suppress(OSError):
            self._descriptor = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
        if self._descriptor is not None and not self._is_ours():
            self.close()

    def __enter__(self) -> Terminal:  # noqa: PYI034 - Self is not in 3.9
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            self._make_foreground(os.getpgrp())
        self.close()

    def close(self) -> None:
        """Let go of the terminal's descriptor."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def belongs_to_child(self) -> bool:
        """Whether a child should have the terminal from its start: it can be told from a pipeline's member."""
        return self._descriptor is not None and os.isatty(0) and os.isatty(1)

    def give(self, group: int) -> None:
        """Make ``group`` the foreground process group; without a terminal there is nothing to do."""
        if self._descriptor is not None:
            self._make_foreground(group)

    def child_stopped(self, group: int, number: int) -> None:
        """Act on a child that was stopped by the signal ``number``, as the shell above us would expect.

        One that wanted the terminal gets it. One that was suspended (Ctrl-Z) takes us along, and goes on when we do.
        """
        if number not in (signal.SIGTTIN, signal.SIGTTOU):
            self.give(os.getpgrp())
            os.kill(os.getpid(), signal.SIGTSTP)
        self.give(group)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGCONT)

    def _is_ours(self) -> bool:
        assert self._descriptor is not None  # noqa: S101 - for the type checker
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            return False

    def _make_foreground(self, group: int) -> None:
        assert self._descriptor is not None  # noqa: S101 - for the type checker
        with _not_stopped_for_it(), contextlib.suppress(OSError):
            os.tcsetpgrp(self._descriptor, group)


@contextlib.contextmanager
def _not_stopped_for_it() -> Iterator[None]:
    """Block SIGTTOU, with which the kernel stops a background process that touches the terminal."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
