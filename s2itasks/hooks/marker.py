"""The file that tells that something has been done, so that it is done once: ``--once FILE``."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from s2itasks.errors import ConfigurationError, SystemRefused
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


@contextlib.contextmanager
def once(path: Path, phase: str, limit: Limit | None) -> Iterator[bool]:
    """Tell whether something has still to be done, and take note when it has gone well.

    Of two at once, one does it and the other waits for its end, by a lock on a file beside the marker. The lock ends
    with its process, whatever becomes of that; its file stays, for nobody can remove one that another may have opened.

    :param path: the marker.
    :param phase: what is done, for the marker and for messages.
    :param limit: how long the other one may take.
    :raises NoPlaceForMarker: before anything is done.
    :raises TimedOut: when the other one takes longer.
    """
    try:
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664)
    except OSError as problem:
        if path.exists():  # on a volume that is mounted for reading, say
            yield False
            return
        raise NoPlaceForMarker(path, problem.strerror or str(problem)) from None
    with os.fdopen(descriptor):
        _share(descriptor)
        _lock(descriptor, phase, limit)
        if path.exists():
            yield False
            return
        yield True
        written = f"{phase} went well at {datetime.now(timezone.utc).isoformat(timespec='seconds')}\n"
        try:
            replace(path, written.encode(), 0o664)
        except OSError as problem:
            raise SystemRefused(problem) from None


def _share(descriptor: int) -> None:
    """Let another user of the same group lock it, too: the next pod may run as one."""
    with contextlib.suppress(PermissionError):
        os.fchmod(descriptor, 0o664)


def _lock(descriptor: int, phase: str, limit: Limit | None) -> None:
    while not _locked(descriptor):
        if limit and limit.remaining() <= POLL:
            raise limit.exceeded_by(f"another {phase}")
        time.sleep(POLL)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
