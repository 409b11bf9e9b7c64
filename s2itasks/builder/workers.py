"""How many worker processes the container's limits leave room for."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
MIB = 1024 * 1024
MOST = 12


def default_workers(cgroup: Path = CGROUP) -> int:
    """Return the default of ``WEB_CONCURRENCY``: two per core, as far as memory allows, at least 1 and at most 12.

    The formula is the builder image's: 43 MiB for the application and 40 MiB for each worker.
    """
    workers = 2 * cores(cgroup)
    memory = memory_limit(cgroup)
    if memory is not None:
        workers = min(workers, (memory // MIB - 43) // 40)
    return min(max(workers, 1), MOST)


def cores(cgroup: Path) -> int:
    """Return the number of cores that this process may use: the least of quota, cpuset, and what the kernel says."""
    limits = (cpu_quota(cgroup), cpuset_size(cgroup), processors())
    return min(limit for limit in limits if limit is not None)


def memory_limit(cgroup: Path) -> int | None:
    """Return the limit in bytes. A cgroup v1 without one gives a number that no machine has."""
    limit = read(cgroup / "memory/memory.limit_in_bytes") or read(cgroup / "memory.max")
    return int(limit) if limit.isdigit() else None


def cpu_quota(cgroup: Path) -> int | None:
    """Return the quota in whole cores.

    Less than a core counts as one. (The image's script rounds it to 0, which it then takes for no limit.)
    """
    quota, period = read(cgroup / "cpu/cpu.cfs_quota_us"), read(cgroup / "cpu/cpu.cfs_period_us")
    if not quota:
        quota, _, period = read(cgroup / "cpu.max").partition(" ")
    if not (quota.isdigit() and period.isdigit()):  # "-1" and "max" mean no limit
        return None
    return max(int(quota) // int(period), 1)


def cpuset_size(cgroup: Path) -> int | None:
    """Return the number of cores in a list such as ``0-2,7``."""
    groups = read(cgroup / "cpuset/cpuset.cpus") or read(cgroup / "cpuset.cpus.effective")
    if not groups:
        return None
    bounds = [[int(core) for core in group.split("-")] for group in groups.split(",")]
    return sum(group[-1] - group[0] + 1 for group in bounds)


def processors() -> int:
    """Return what ``nproc`` prints, where the kernel can tell (macOS cannot)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read(path: Path) -> str:
    """Return the contents of a cgroup's file, or an empty string if there is none to read."""
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
