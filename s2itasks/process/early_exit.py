"""Ending on a terminating signal, from the first moment on; imports as little as it can."""

from __future__ import annotations

import os
import signal
from types import FrameType

# That of `errors.Stopped`, which may not be imported yet.
SAID = b"s2itasks: error: stopped by %s; run it again to finish it, or see the pod's events for who stopped it\n"
TERMINATING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


def exit_at_once() -> None:
    """Let a terminating signal end this process with 128+n, also as PID 1, where the kernel would drop it.

    It ends there and then: an exception in the middle of an import could be swallowed, and there is nothing to clean
    up but for what runs a child (see `child.run`) and `rehearse`, which handle signals themselves.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if our parent ignored it, no child would leave a status
    for number in TERMINATING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _exit)


def _exit(number: int, _: FrameType | None) -> None:
    for other in TERMINATING:
        signal.signal(other, signal.SIG_IGN)  # the next may come at once, and one has been said
    try:
        os.write(2, SAID % signal.Signals(number).name.encode())
    finally:
        os._exit(128 + number)
