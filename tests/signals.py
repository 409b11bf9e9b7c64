"""A child that tells when it is ready to be signalled, and what reached it."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

# A script announces itself through a FIFO, so that a test never guesses, and then waits for signals.
ANNOUNCE = 'echo "ready $$" >"$FIFO"'
WAIT = "while :; do sleep 0.05; done"
# The cure in the message of a signal.
RUN_AGAIN = "run it again to finish it, or see the pod's events for who stopped it"


def fifo(directory: Path) -> Path:
    """Make the FIFO that `announced` reads."""
    path = directory / "fifo"
    os.mkfifo(path)
    return path


def announced(path: Path, process: subprocess.Popen[bytes], timeout: float = 30) -> int:
    """Wait for the announcement and return the PID in it; fails when the process ends without one."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        until = time.monotonic() + timeout
        said = b""
        while not said and process.poll() is None and time.monotonic() < until:
            select.select([descriptor], [], [], 0.05)
            with contextlib.suppress(BlockingIOError):  # somebody has opened it, and not yet written
                said = os.read(descriptor, 100)
    finally:
        os.close(descriptor)
    assert said, "it ended without an announcement"
    return int(said.split()[1])


def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process with pipes, and return its status."""
    process.communicate(timeout=30)
    return process.returncode


def masks(status: str) -> list[int]:
    """Return the signal masks in lines of ``/proc/PID/status``, without what the C library keeps for itself.

    Signals 32 and 33 are the thread library's: nobody can change them through it, and its ``posix_spawn``, by which
    CPython 3.13 starts the processes of these tests, leaves them ignored.
    """
    reserved = 0b11 << 31
    return [int(mask, 16) & ~reserved for mask in re.findall(r"Sig\w+:\s*(\w+)", status)]


def is_alive(pid: int) -> bool:
    """Whether a process runs: a zombie does not, nor one that was killed and has yet to get a processor to end on."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    fields = dict(line.split(":", 1) for line in lines)
    pending = int(fields["SigPnd"], 16) | int(fields["ShdPnd"], 16)
    return fields["State"].split()[0] not in "ZX" and not pending >> (signal.SIGKILL - 1) & 1
