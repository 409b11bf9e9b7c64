"""The default of WEB_CONCURRENCY, from made-up trees of control groups."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from s2itasks.builder.workers import cores, default_workers, memory_limit, processors

NO_LIMIT_V1 = "9223372036854771712"


def write(cgroup: Path, files: dict[str, str]) -> Path:
    """Write the files of a tree and return it."""
    for path, text in files.items():
        file = cgroup / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="ascii")
    return cgroup


def version_1(cgroup: Path, quota: str = "-1", cpuset: str = "0-63", memory: str = NO_LIMIT_V1) -> Path:
    """Write the files of control groups, version 1."""
    files = {
        "cpu/cpu.cfs_quota_us": quota,
        "cpu/cpu.cfs_period_us": "100000",
        "cpuset/cpuset.cpus": cpuset,
        "memory/memory.limit_in_bytes": memory,
    }
    return write(cgroup, files)


def version_2(cgroup: Path, quota: str = "max", cpuset: str = "0-63", memory: str = "max") -> Path:
    """Write the files of control groups, version 2."""
    return write(cgroup, {"cpu.max": f"{quota} 100000", "cpuset.cpus.effective": cpuset, "memory.max": memory})


Make = Callable[..., Path]
both_versions = pytest.mark.parametrize("make", [version_1, version_2])


@both_versions
def test_cores_come_from_the_quota(tmp_path: Path, make: Make) -> None:
    """A quota of one core counts, however many the cpuset and the machine have."""
    assert cores(make(tmp_path, quota="100000")) == 1


@both_versions
def test_a_fraction_of_a_core_counts_as_one(tmp_path: Path, make: Make) -> None:
    """A limit of 500m means one core, not the 64 of the node."""
    assert default_workers(make(tmp_path, quota="50000")) == 2


@both_versions
def test_cores_come_from_the_cpuset(tmp_path: Path, make: Make) -> None:
    """A set of one core counts, however large the quota is."""
    assert cores(make(tmp_path, quota="800000", cpuset="7")) == 1


@both_versions
def test_without_limits_the_machine_decides(tmp_path: Path, make: Make) -> None:
    """Then there are two workers for each core that this process may use, and 12 at most."""
    assert default_workers(make(tmp_path)) == min(2 * processors(), 12)


def test_without_control_groups_the_machine_decides(tmp_path: Path) -> None:
    """On a laptop there may be none of the files."""
    assert default_workers(tmp_path) == min(2 * processors(), 12)
    assert memory_limit(tmp_path) is None


@both_versions
@pytest.mark.parametrize(("mebibytes", "workers"), [(32, 1), (64, 1), (122, 1), (123, 2), (1024, 2)])
def test_memory_limits_the_workers(tmp_path: Path, make: Make, mebibytes: int, workers: int) -> None:
    """43 MiB are the application's and 40 MiB each worker's, but one worker there is always."""
    assert default_workers(make(tmp_path, quota="100000", memory=str(mebibytes * 1024 * 1024))) == workers
