"""Signals around a child: which are handled meanwhile, how they reach its process group, and how that is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

PATIENCE = 5.0  # seconds that the rest of a stopped child's group has to clean up; a pod has 30 for everything
POLL = 0.02  # seconds between two looks at that group
ENOUGH = 3  # terminating signals after which nothing is asked any more


def forward(group: int, number: int, *, count: int) -> None:
    """Pass a terminating signal on to a process group.

    :param count: which one it is; the third kills.
    """
    send(group, signal.SIGKILL if count >= ENOUGH else number)
    if number == signal.SIGQUIT:
        send(group, signal.SIGTERM)  # bash ignores SIGQUIT, always


def send(group: int, number: int) -> None:
    """Signal a process group, and wake it up if it was suspended, so that it can act on it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        os.killpg(group, signal.SIGCONT)


def end_group(group: int, patience: float) -> None:
    """End what its leader left of a group: a shell's background jobs, which ignore SIGINT, or a nested s2itasks.

    The latter forwards the signal and waits for its own child, so it must not be killed at once.
    """
    send(group, signal.SIGTERM)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-group, os.WNOHANG)  # as PID 1 we have inherited them
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(POLL)  # nothing tells of the end of a group, whose members need not be our children
    send(group, signal.SIGKILL)


@contextlib.contextmanager
def wakeup() -> Iterator[int]:
    """Open a pipe from which can be read when a signal has arrived, that of a child's end always among them.

    Python calls a handler some time after the signal: when that comes as a system call begins, after its end. In
    `os.waitpid`, that would be the end of the child.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    disposition = signal.signal(signal.SIGCHLD, lambda *_: None)  # where it is ignored, nobody would hear of the end
    try:
        yield reading
    finally:
        signal.signal(signal.SIGCHLD, disposition)
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)


@contextlib.contextmanager
def handling(signals: Sequence[int], handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Handle signals, but leave those ignored that our caller chose to ignore (nohup)."""
    before = {number: signal.getsignal(number) for number in signals}
    for number, disposition in before.items():
        if disposition is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, disposition in before.items():
            signal.signal(number, disposition)
