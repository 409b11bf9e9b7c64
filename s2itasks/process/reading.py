"""Reading what somebody else wrote: a regular file, and no more of it than there is any use for."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MOST = 1 << 20  # bytes
KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def content(path: Path, most: int = MOST) -> bytes:
    """Return what a file holds, all of it.

    A FIFO would be waited for, a device would never end; opening one can do something by itself.

    :param most: bytes that it may have.
    :raises OSError: when it is not a regular file, is longer, or cannot be read.
    """
    read = head(path, most + 1)
    if len(read) > most:
        raise OSError(errno.EFBIG, f"it is larger than {most >> 10} KiB", str(path))
    return read


def head(path: Path, size: int) -> bytes:
    """Return what a file begins with.

    :param size: bytes, at most.
    :raises OSError: when it is not a regular file, or cannot be read.
    """
    _require_regular(path, path.stat().st_mode)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as opened:
        _require_regular(path, os.fstat(descriptor).st_mode)  # another by now
        return opened.read(size)


def _require_regular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, f"it is {KINDS[stat.S_IFMT(mode)]}", str(path))
