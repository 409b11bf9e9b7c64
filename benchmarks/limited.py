"""The commands under a CPU limit of 100m, alone in their container and beside an application that uses it up."""

from __future__ import annotations

import math
import statistics
import time
from functools import partial
from pathlib import Path

from . import start
from .applications import Application
from .cgroup import PERIOD, QUOTA, limited, run_in
from .measure import Command, Cost, interleaved, medians, run, runs
from .report import Row, Table, Target

LIMIT = 1.3  # of the launcher, times the bash
TIMEOUT_LIMIT = 1.2  # of the launcher with a limit, times coreutils' timeout by hand
REST = 1.5 * PERIOD / 1e6  # seconds after which a cgroup has its full quota again
SERIES = 2 * QUOTA / 1e6  # seconds of CPU time that the runs of a series take together
FAST = (
    *("true", "exec/hand", "exec/launcher", "alive/hand", "alive/launcher"),
    *("alive-timeout/timeout", "alive-timeout/launcher"),
)
SLOW = ("alive/python", "alive/unpinned", "alive/powershift")
SELDOM = 4  # rounds to one of the slow ones, which take many periods and so vary little
COLUMNS = {
    "alone_ms": ("alone", "{:.1f} ms"),
    "alone_ratio": ("× bash", "{:.2f}"),
    "busy_ms": ("in a row", "{:.1f} ms"),
    "ratio": ("× bash", "{:.2f}"),
    "timeout_ratio": ("× timeout", "{:.2f}"),
}
NOTE = """\
Alone: medians of single runs that find the 10 ms of their first period unused. What takes more waits for the next
period, up to 90 ms, so a median jumps where the CPU time is near 10 ms. In a row: run after run without a rest, as if
beside an application that uses its limit up; the mean, because a single run waits for its period or does not. The
target is about it, with a limit beside coreutils' timeout. What takes many periods is run in every fourth round."""


def tables(applications: dict[str, Application], powershift: str | None, rounds: int) -> list[Table]:
    """Measure in a cgroup.

    :param applications: ``plain`` and ``user``, as for `start.tables`.
    :raises NoLimitError: where none can be made.
    """
    commands = {
        f"{kind}:{name}": command
        for kind, application in applications.items()
        for name, command in start.commands(application, powershift).items()
        if name in FAST or (kind == "plain" and name in SLOW)
    }
    fast = {name: command for name, command in commands.items() if name.partition(":")[2] in FAST}
    slow = {name: command for name, command in commands.items() if name not in fast}
    with limited() as cgroup:
        alone = medians(interleaved(runs(fast, partial(_alone, cgroup)), rounds))
        alone.update(medians(interleaved(runs(slow, partial(_alone, cgroup)), math.ceil(rounds / SELDOM))))
        short = {name: command for name, command in fast.items() if alone[name].cpu < SERIES}
        in_a_row = interleaved(runs(short, partial(_series, cgroup)), rounds)
    busy = {name: Cost(statistics.fmean(cost.wall for cost in costs), 0) for name, costs in in_a_row.items()}
    busy = {**alone, **busy}  # what takes many periods by itself takes them either way
    return [
        _table("limited", "100m, without generate_container_user", "plain", alone, busy),
        _table("limited-user", "100m, with generate_container_user", "user", alone, busy),
    ]


def _alone(cgroup: Path, command: Command) -> Cost:
    time.sleep(REST)
    return run_in(cgroup, command)


def _series(cgroup: Path, command: Command) -> Cost:
    """Give the time of each of as many runs as use up a few periods."""
    number = math.ceil(SERIES / run(command).cpu)
    started = time.perf_counter()
    for _ in range(number):
        run_in(cgroup, command)
    return Cost((time.perf_counter() - started) / number, 0)


def _table(key: str, title: str, kind: str, alone: dict[str, Cost], busy: dict[str, Cost]) -> Table:
    rows = []
    for full, cost in alone.items():
        name = full.partition(":")[2]
        if not full.startswith(f"{kind}:"):
            continue
        command, _, way = name.partition("/")
        hand = f"{kind}:{'exec' if command == 'exec' else 'alive'}/hand"
        values = {
            "alone_ms": 1000 * cost.wall,
            "alone_ratio": cost.wall / alone[hand].wall if way else None,
            "busy_ms": 1000 * busy[full].wall,
            "ratio": busy[full].wall / busy[hand].wall if way else None,
        }
        target = Target("ratio", at_most=LIMIT) if way == "launcher" else None
        if command == "alive-timeout":
            values["timeout_ratio"] = busy[full].wall / busy[f"{kind}:alive-timeout/timeout"].wall
            target = Target("timeout_ratio", at_most=TIMEOUT_LIMIT) if way == "launcher" else None
        rows.append(Row(name, f"`{start.SHOWN[command]}`, {start.WAYS[way]}" if way else "bare true", values, target))
    return Table(key, title, COLUMNS, rows, NOTE if kind == "user" else "")
