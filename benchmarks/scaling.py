"""How cost grows: jobs of a category, variables of an env script."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from s2itasks.environment import layers
from s2itasks.layout import Layout

from .applications import Application, make, script
from .measure import Cost, exponent, here, interleaved, medians, runs
from .report import Row, Table, Target, Value

JOBS = (0, 10, 100, 1000)
VARIABLES = (0, 50, 500, 5000)
SELDOM = 5  # rounds to one with jobs: a thousand processes vary little, and take seconds
LINEAR = Target("exponent", at_most=1.15)
FEW = 10  # jobs, where the start counts
ABOVE = Target("above", at_most=6)

ALL_JOBS = """\
#!/bin/bash
cd "$S2I_APPLICATION_PATH/src"
set -a; . .s2i/action_hooks/deploy_env; set +a
shopt -s nullglob
status=0
for job in .s2i/jobs/"$1"/*; do "$job" || status=1; done
exit $status
"""
FITTED = "Exponents are those of a fit of a + b × n ^ exponent, the fixed cost a included; 1 is linear."
NOT_LINEAR = """\
× bash is at the largest number; in Python is in a running interpreter, without the time that one takes to start. bash
compares each exported variable with all others when it hands them to a process, so neither it nor what asks it for an
environment is linear: what is not bash's own would show in the ratio, which comparing them once more would nearly
double."""


def tables(root: Path, rounds: int) -> list[Table]:
    """Measure both, below ``root``."""
    jobs = _jobs(root / "jobs", math.ceil(rounds / SELDOM))
    return [jobs, _few_jobs(root / "jobs", rounds), _variables(root / "variables", rounds)]


def _jobs(root: Path, rounds: int) -> Table:
    application = make(root)
    script(root / "all-jobs", ALL_JOBS)
    for number in JOBS:
        category = application.source / ".s2i" / "jobs" / f"category{number}"
        category.mkdir(parents=True)
        for index in range(number):
            script(category / f"job{index:04}", "#!/bin/bash\n")
    commands = {}
    for number in JOBS:
        commands[f"hand/{number}"] = application.command(root / "all-jobs", f"category{number}")
        commands[f"s2itasks/{number}"] = application.command(root / "bin" / "s2itasks", "jobs", f"category{number}")
    labels = {"hand": "a loop in bash", "s2itasks": "`s2itasks jobs`"}
    costs = medians(interleaved(runs(commands), rounds))
    rows = _rows(labels, JOBS, costs, {"s2itasks": LINEAR})
    return Table("jobs", "empty jobs", _columns(JOBS), rows, f"{rounds} rounds. {FITTED}")


def _few_jobs(root: Path, rounds: int) -> Table:
    """Measure what the start adds to a few jobs, of that application."""
    application = Application(root)
    commands = {
        "pass": application.command(os.path.realpath(sys.executable), "-IS", "-c", "pass"),
        "hand": application.command(root / "all-jobs", f"category{FEW}"),
        "s2itasks": application.command(root / "bin" / "s2itasks", "jobs", f"category{FEW}"),
    }
    costs = medians(interleaved(runs(commands), rounds, often=commands))
    labels = {"pass": "`python -IS -c pass`", "hand": "a loop in bash", "s2itasks": "`s2itasks jobs`"}
    rows = []
    for way, label in labels.items():
        values: dict[str, Value] = {"wall_ms": 1000 * costs[way].wall}
        if way == "s2itasks":
            values["above"] = (costs[way] - costs["hand"]).wall / costs["pass"].wall
        rows.append(Row(way, label, values, ABOVE if way == "s2itasks" else None))
    columns = {"wall_ms": ("time", "{:.1f} ms"), "above": ("above the loop", "{:.1f} × pass")}
    return Table("few-jobs", f"{FEW} empty jobs", columns, rows)


def _variables(root: Path, rounds: int) -> Table:
    measured: dict[str, Callable[[], Cost]] = {}
    for number in VARIABLES:
        lines = "".join(f"VARIABLE_{index}='the value of number {index}'\n" for index in range(number))
        application = make(root / str(number), deploy_env=lines)
        layout = Layout.from_environment(application.environ)
        commands = {
            f"hand/{number}": application.by_hand("env", "-0"),
            f"launcher/{number}": application.launcher("exec", "--", "env", "-0"),
        }
        measured.update(runs(commands))
        measured[f"python/{number}"] = partial(here, partial(layers.application, layout, application.environ))
    costs = medians(interleaved(measured, rounds, often=measured))
    labels = {
        "hand": "by hand in bash, `env -0`",
        "launcher": "launcher, `exec -- env -0`",
        "python": "in Python, for all other phases",
    }
    rows = _rows(labels, VARIABLES, costs, {})
    columns = {**_columns(VARIABLES), "ratio": ("× bash", "{:.2f}")}
    return Table("variables", "variables in `deploy_env`", columns, rows, f"{FITTED}\n{NOT_LINEAR}")


def _columns(sizes: tuple[int, ...]) -> dict[str, tuple[str, str]]:
    return {
        **{f"{size}_ms": (f"{size:,}", "{:,.1f} ms") for size in sizes},
        "each_ms": ("each", "{:.3f} ms"),
        "exponent": ("exponent", "{:.2f}"),
    }


def _rows(
    labels: Mapping[str, str], sizes: tuple[int, ...], costs: Mapping[str, Cost], targets: Mapping[str, Target]
) -> list[Row]:
    """Give a row for each way."""
    walls = {way: {size: costs[f"{way}/{size}"].wall for size in sizes} for way in labels}
    return [
        Row(way, label, _values(walls[way], walls["hand"], sizes), targets.get(way)) for way, label in labels.items()
    ]


def _values(wall: Mapping[int, float], hand: Mapping[int, float], sizes: tuple[int, ...]) -> dict[str, Value]:
    return {
        **{f"{size}_ms": 1000 * seconds for size, seconds in wall.items()},
        "each_ms": 1000 * (wall[sizes[-1]] - wall[0]) / sizes[-1],
        "exponent": exponent(wall),
        "ratio": wall[sizes[-1]] / hand[sizes[-1]],
    }
