"""Ending an application together with everything that it started, as the end of a container does."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from s2itasks.console import event
from s2itasks.errors import SIGNALLED, Stopped
from s2itasks.process.early_exit import TERMINATING

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
SOON = 1.0  # seconds after which it is said that something has not ended yet
GRACE = 10.0  # seconds between SIGTERM and SIGKILL, as `podman stop` gives


@contextlib.contextmanager
def contained() -> Iterator[list[Callable[[], None]]]:
    """Adopt every process that is orphaned within, and end it when the block is left.

    Gives a list for what else ends something. That is called before processes are killed, so that it ends in order, and
    once more afterwards, since one of them may have been about to start something.

    A terminating signal is an exception within, so that the block is left by all means; while processes are ended,
    further signals are ignored. On a kernel other than Linux nothing is adopted, and daemons outlive the block.

    :raises Stopped: when a terminating signal arrives.
    """
    afterwards: list[Callable[[], None]] = []
    adopting = _adopt(on=True)
    before = {number: signal.signal(number, _stop) for number in TERMINATING}
    try:
        yield afterwards
    finally:
        for number in TERMINATING:
            signal.signal(number, signal.SIG_IGN)
        for _ in range(2 if afterwards else 1):
            for each in afterwards:
                each()
            if adopting:
                _end_adopted()
        if adopting:
            _adopt(on=False)
        for number, disposition in before.items():
            signal.signal(number, disposition)


def end(application: subprocess.Popen[bytes], grace: float = GRACE, what: str = "the application") -> None:
    """End the leader of a session the way a container is stopped: SIGTERM, some grace (seconds), SIGKILL.

    :param what: what is said to be waited for.
    """
    for number, patience in ((signal.SIGTERM, SOON), (None, grace - SOON), (signal.SIGKILL, None)):
        if application.poll() is not None:
            return
        if number is None:
            event("rehearse", f"waiting for {what}, which has not ended at SIGTERM: SIGKILL in {patience:g} s")
        else:
            with contextlib.suppress(ProcessLookupError):
                application.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            application.wait(patience)


def status(application: subprocess.Popen[bytes]) -> int:
    """Return the status of an ended process as a shell does."""
    code = application.returncode
    return code if code >= 0 else SIGNALLED - code


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise Stopped(number)


def _adopt(*, on: bool) -> bool:
    try:
        return bool(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0) == 0)
    except (AttributeError, OSError):
        return False


def _end_adopted() -> None:
    """Kill our children until there are none; what they leave behind becomes ours in turn."""
    while True:
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> list[int]:
    ours = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name in parentheses may hold anything, so count from its end: state, then the parent.
            parent = (process / "stat").read_bytes().rpartition(b")")[2].split()[1]
            if int(parent) == os.getpid():
                ours.append(int(process.name))
    return ours
