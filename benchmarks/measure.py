"""Measuring commands: interleaved rounds, wall and CPU time, medians, and how a cost grows.

Rounds are interleaved because a machine is never as fast as a minute ago: what is compared is measured side by side.
"""

from __future__ import annotations

import math
import os
import random
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

FAST = 5
RESET = (signal.SIGPIPE, signal.SIGXFSZ)  # ignored by CPython, and by what it starts


@dataclass(frozen=True)
class Command:
    """A command line with all that it runs in.

    :param argv: begins with an absolute path.
    """

    argv: tuple[str, ...]
    cwd: Path
    environ: Mapping[str, str]


@dataclass(frozen=True)
class Cost:
    """What one run took, in seconds; CPU is that of the command and everything it waited for."""

    wall: float
    cpu: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


def run(command: Command) -> Cost:
    """Run a command to its end, its output thrown away.

    It is spawned without a copy of this process, so nearly all of the time is its own, and in a session of its own,
    as a container's runtime does it.

    :raises RuntimeError: when it fails; a benchmark of failures is worth nothing.
    """
    os.chdir(command.cwd)
    null = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_RDWR, 0) for descriptor in range(3)]
    started = time.perf_counter()
    child = os.posix_spawn(
        command.argv[0], command.argv, command.environ, file_actions=null, setsigdef=RESET, setsid=True
    )
    _, status, usage = os.wait4(child, 0)
    cost = Cost(time.perf_counter() - started, usage.ru_utime + usage.ru_stime)
    require_success(command, status)
    return cost


def require_success(command: Command, status: int) -> None:
    """Show what a command says where it failed.

    :raises RuntimeError: when it did.
    """
    if status == 0:
        return
    again = subprocess.run(  # noqa: S603 - our own command line
        command.argv, cwd=command.cwd, env=command.environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    said = os.fsdecode(again.stdout + again.stderr)
    raise RuntimeError(f"{' '.join(command.argv)} failed: wait status {status}, then {again.returncode}\n{said}")


def interleaved(
    measured: Mapping[str, Callable[[], Cost]], rounds: int, *, often: Container[str] = ()
) -> dict[str, list[Cost]]:
    """Measure everything once per round, in another order each round.

    :param often: what is measured `FAST` times per round instead; what takes a few milliseconds is worth it.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in measured}
    order = [name for name in measured for _ in range(FAST if name in often else 1)]
    shuffled = random.Random(0)  # noqa: S311 - the same orders in each run of the benchmark
    for _ in range(rounds):
        shuffled.shuffle(order)
        for name in order:
            costs[name].append(measured[name]())
    return costs


def runs(commands: Mapping[str, Command], measure: Callable[[Command], Cost] = run) -> dict[str, Callable[[], Cost]]:
    """Give what measures each of some commands."""
    return {name: partial(measure, command) for name, command in commands.items()}


def here(function: Callable[[], object]) -> Cost:
    """Measure something that this process does itself, its children included."""
    before, started = os.times(), time.perf_counter()
    function()
    wall, after = time.perf_counter() - started, os.times()
    return Cost(wall, sum(after[:4]) - sum(before[:4]))


def median(costs: list[Cost]) -> Cost:
    """Give the medians of wall and CPU time."""
    return Cost(statistics.median(each.wall for each in costs), statistics.median(each.cpu for each in costs))


def medians(costs: Mapping[str, list[Cost]]) -> dict[str, Cost]:
    """Give the medians of each command."""
    return {name: median(each) for name, each in costs.items()}


def exponent(seconds: Mapping[int, float]) -> float:
    """Fit ``a + b * size ** exponent`` to a cost for each size, and give the exponent.

    The fixed cost ``a`` belongs into the fit: it would make anything look better than linear. Errors count relative
    to the cost, so that small sizes weigh as much as large ones, as they do in a log-log plot.

    :param seconds: needs three sizes or more; one of them should be 0.
    """
    candidates = [step / 200 for step in range(60, 501)]
    return min(candidates, key=lambda candidate: _misfit(seconds, candidate))


def _misfit(seconds: Mapping[int, float], power: float) -> float:
    """Give what remains of the relative errors after the best ``a`` and ``b``, by weighted least squares."""
    points = [(size**power if size else 0.0, cost, cost**-2) for size, cost in seconds.items()]
    total = math.fsum(weight for _, _, weight in points)
    x_mean = math.fsum(weight * x for x, _, weight in points) / total
    y_mean = math.fsum(weight * y for _, y, weight in points) / total
    spread = math.fsum(weight * (x - x_mean) ** 2 for x, _, weight in points)
    slope = math.fsum(weight * (x - x_mean) * (y - y_mean) for x, y, weight in points) / spread
    return math.fsum(weight * (y - y_mean - slope * (x - x_mean)) ** 2 for x, y, weight in points)
