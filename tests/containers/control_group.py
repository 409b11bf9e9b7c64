"""How much of a processor a group of processes may use."""

from __future__ import annotations

from pathlib import Path

from .engine import Unavailable

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds, what Kubernetes uses


def of_process(pid: int) -> Path:
    """Return the directory of the group that decides on a process's share of the processors.

    :raises Unavailable: when there is none.
    """
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for name in ("cpu", "cpu,cpuacct") if controllers else ("", "unified"):
            directory = ROOT / name / path.lstrip("/")
            decides = not controllers or "cpu" in controllers.split(",")
            if decides and any((directory / file).exists() for file in ("cpu.cfs_quota_us", "cpu.max")):
                return directory
    raise Unavailable(f"no control group below {ROOT} limits the processor time of a container")


def limit(directory: Path, millicores: int | None) -> None:
    """Limit a group, or end its limit.

    :raises Unavailable: when the group cannot be written to.
    """
    quota = None if millicores is None else PERIOD * millicores // 1000
    try:
        if (directory / "cpu.max").exists():
            (directory / "cpu.max").write_text(f"{quota or 'max'} {PERIOD}")
        else:
            (directory / "cpu.cfs_period_us").write_text(str(PERIOD))
            (directory / "cpu.cfs_quota_us").write_text(str(quota or -1))
    except OSError as problem:
        raise Unavailable(f"the control group {directory} cannot be limited: {problem.strerror}") from problem
