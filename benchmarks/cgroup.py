"""A cgroup that may use a tenth of a core, as a container with a CPU limit of 100m."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from .measure import RESET, Command, Cost, require_success

PERIOD, QUOTA = 100_000, 10_000  # microseconds
ENTER = 'echo 0 >"$0/cgroup.procs"; echo "$EPOCHREALTIME"; exec "$@" >/dev/null 2>&1'


class NoLimitError(Exception):
    """No cgroup can be made here."""


@contextlib.contextmanager
def limited() -> Iterator[Path]:
    """Give a cgroup with the limit, of version 1 or 2, until the block ends.

    :raises NoLimitError: where that takes rights or a controller that we have not got.
    """
    place, version = _controller()
    cgroup = place / f"s2itasks-bench-{os.getpid()}"
    try:
        cgroup.mkdir()
    except OSError as problem:
        raise NoLimitError(f"{cgroup} cannot be made ({problem.strerror})") from None
    try:
        _limit(cgroup, version)
        yield cgroup
    finally:
        _remove(cgroup)


def _limit(cgroup: Path, version: int) -> None:
    try:
        if version == 1:
            (cgroup / "cpu.cfs_period_us").write_text(str(PERIOD))
            (cgroup / "cpu.cfs_quota_us").write_text(str(QUOTA))
        else:
            (cgroup / "cpu.max").write_text(f"{QUOTA} {PERIOD}")
    except OSError as problem:
        raise NoLimitError(f"{cgroup} cannot be limited ({problem.strerror})") from None


def _remove(cgroup: Path) -> None:
    """Remove a cgroup as soon as what an interrupted benchmark left in it has ended."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            cgroup.rmdir()
            return
        time.sleep(PERIOD / 1e6)


def run_in(cgroup: Path, command: Command) -> Cost:
    """Run a command to its end in a cgroup; the time begins when it is executed, already in there.

    A bash enters the cgroup and becomes the command. A fork of this process would have to give its memory back
    in there, which takes as long as the command does.

    :raises RuntimeError: when it fails.
    """
    reader, writer = os.pipe()
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, writer, 1)]
    entering = ["/bin/bash", "-c", ENTER, str(cgroup), *command.argv]
    os.chdir(command.cwd)
    child = os.posix_spawn(entering[0], entering, command.environ, file_actions=actions, setsigdef=RESET, setsid=True)
    _, status, usage = os.wait4(child, 0)
    ended = time.time()
    os.close(writer)
    with os.fdopen(reader) as opened:
        started = float(opened.read())
    require_success(command, status)
    return Cost(ended - started, usage.ru_utime + usage.ru_stime)


def _controller() -> tuple[Path, int]:
    """Find where cgroups that limit CPU can be made, and their version."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    for _, place, kind, options, *_ in mounts:
        if kind == "cgroup" and "cpu" in options.split(","):
            return Path(place), 1
    for _, place, kind, *_ in mounts:
        with contextlib.suppress(OSError):
            if kind == "cgroup2" and "cpu" in (Path(place) / "cgroup.subtree_control").read_text().split():
                return Path(place), 2
    raise NoLimitError("no cgroup has a cpu controller to hand on")
