"""Showing what a probe says in the container's log; the kubelet shows it only where the probe fails."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from .private_file import private_file

CONTAINER = "/proc/1/fd"  # what PID 1 writes to its stdout and stderr is the container's log
ATOMIC = 4096  # bytes that a pipe takes in one piece (PIPE_BUF)


class Streams(NamedTuple):
    """The descriptors that a hook writes to instead of our stdout and stderr."""

    stdout: int
    stderr: int


@contextlib.contextmanager
def captured(probe: str) -> Iterator[Streams]:
    """Keep a hook's output, and when it has ended give it to our own streams and to the container's log.

    Files in memory take it, not pipes: nothing that the hook leaves behind can hold us up. A log that cannot be
    written to (another user's, a closed pipe, a socket, a full pipe that nobody reads) is left out without a word;
    the probe's result is what counts.

    :param probe: the prefix of each line in the log.
    """
    with private_file() as stdout, private_file() as stderr:
        try:
            yield Streams(stdout.fileno(), stderr.fileno())
        finally:
            show(probe, _content(stdout), _content(stderr))


def show(probe: str, stdout: bytes, stderr: bytes) -> None:
    """Write what a hook said to our own streams and to the container's log."""
    for content, ours, others in ((stdout, 1, (1, 2)), (stderr, 2, (2, 1))):
        _write_own(ours, content)
        _write_log(probe, content, others)


def _content(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _write_own(descriptor: int, content: bytes) -> None:
    """Write it all to our own stream, as the hook would have done; nobody may be reading any more."""
    with contextlib.suppress(OSError):
        while content:
            content = content[os.write(descriptor, content) :]


def _write_log(probe: str, content: bytes, descriptors: tuple[int, int]) -> None:
    """Write it line by line to the first of PID 1's streams that takes it, never waiting for anybody."""
    lines = [os.fsencode(f"{probe}: ") + line + b"\n" for line in content.splitlines()]
    for number in descriptors if lines else ():
        # The descriptor is opened anew, so that O_NONBLOCK is ours alone and not PID 1's.
        flags = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            log = os.open(f"{CONTAINER}/{number}", flags)
        except OSError:
            continue
        with contextlib.suppress(OSError):
            for line in lines:
                os.write(log, line[: ATOMIC - 1] + b"\n" if len(line) > ATOMIC else line)
        os.close(log)
        return
