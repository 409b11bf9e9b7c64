"""The file that tells that something has been done, so that it is done once: ``--once FILE``."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import os
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from s2itasks.errors import ConfigurationError, Failure
from s2itasks.process.limits import Limit
from s2itasks.process.replacing import replace

POLL = 0.1  # seconds between two attempts to get the lock: a wait for it would outlast its limit


class NoPlaceForMarker(ConfigurationError):
    """The marker could not be written after what it stands for has been done."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"--once cannot write {path}: {reason}",
            cure="name a file in a directory that is there, such as a mounted volume, and that this user can write to",
        )


class MarkerNotWritten(Failure):
    """What is to be done once has been done, and nobody will know."""

    def __init__(self, path: Path, phase: str, reason: str) -> None:
        super().__init__(
            f"{phase} went well, but its marker {path} cannot be written: {reason}",
            cure="correct that, and create it, or it is done again the next time",
            status=1,
        )


class WaitsForItself(ConfigurationError):
    """What is done once asks for itself."""

    def __init__(self, path: Path, phase: str) -> None:
        super().__init__(
            f"{phase} is to be done once, and is being done by what calls it again with the marker {path}",
            cure="give the inner one another marker",
        )


@contextlib.contextmanager
def once(marker: Path, phase: str, limit: Limit | None) -> Iterator[bool]:
    """Tell whether something has still to be done, and take note when it has gone well.

    Of two at once, one does it and the other waits for its end, by a lock on a file beside the marker, which holds the
    PID of the first. The lock ends with its process, whatever becomes of that; its file stays, for nobody can remove
    one that another may have opened.

    :param marker: the file; a link means the file that it leads to, on a volume perhaps.
    :param phase: what is done, for the marker and for messages.
    :param limit: how long the other one may take.
    :raises NoPlaceForMarker, WaitsForItself: before anything is done.
    :raises TimedOut: when the other one takes longer.
    :raises MarkerNotWritten: when there is no place any more.
    """
    path = Path(os.path.realpath(marker))
    lock = path.with_name(f"{path.name}.lock")
    if path.is_dir():
        raise NoPlaceForMarker(path, "it is a directory")
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            os.close(descriptor)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as problem:
        if path.exists():  # on a volume that is mounted for reading, say
            yield False
            return
        raise NoPlaceForMarker(lock if lock.exists() else path, problem.strerror or str(problem)) from None
    with os.fdopen(descriptor, "r+b", buffering=0) as opened:
        _share(descriptor)
        while not _locked(descriptor):
            _require_another(opened, path, phase)
            if limit and limit.remaining() <= POLL:
                raise limit.exceeded_by(f"another {phase}")
            time.sleep(POLL)
        if path.exists():
            yield False
            return
        opened.truncate(0)
        opened.write(b"%d\n" % os.getpid())
        yield True
        written = f"{phase} went well at {datetime.now(timezone.utc).isoformat(timespec='seconds')}\n"
        try:
            replace(path, written.encode(), 0o664)
        except OSError as problem:
            raise MarkerNotWritten(path, phase, problem.strerror or str(problem)) from None


def _require_another(opened: io.FileIO, path: Path, phase: str) -> None:
    """Refuse to wait for the process that waits for this one.

    :raises WaitsForItself: says so.
    """
    opened.seek(0)
    holder = opened.read(20).strip()
    pid = b"%d" % os.getpid()
    with contextlib.suppress(OSError, IndexError):  # what is no PID of ours may belong to another container
        while holder.isdigit() and pid not in (b"0", b"1"):
            pid = Path(f"/proc/{int(pid)}/stat").read_bytes().rpartition(b")")[2].split()[1]
            if pid == holder:
                raise WaitsForItself(path, phase)


def _share(descriptor: int) -> None:
    """Let another user of the same group lock it, too: the next pod may run as one."""
    with contextlib.suppress(PermissionError):
        os.fchmod(descriptor, 0o664)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
