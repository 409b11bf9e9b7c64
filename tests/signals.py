"""A child that tells when it is ready to be signalled, and what reached it."""

from __future__ import annotations

import contextlib
import os
import re
import select
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
    """Whether a process runs: a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
