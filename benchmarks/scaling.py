"""How cost grows: jobs of a category, variables of an env script."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from pathlib import Path

from s2itasks import environment
from s2itasks.layout import Layout

from .applications import make, script
from .measure import Command, Cost, exponent, interleaved, medians, run
from .report import Row, Table, Target

JOBS = (0, 10, 100, 1000)
VARIABLES = (0, 50, 500, 5000)
SELDOM = 5  # rounds to one with jobs: a thousand processes vary little, and take seconds
LINEAR = 1.15  # what an exponent may be at most

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


def tables(root: Path, rounds: int) -> list[Table]:
    """Measure both, below ``root``."""
    return [_jobs(root / "jobs", math.ceil(rounds / SELDOM)), _variables(root / "variables", rounds)]


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
    costs = medians(interleaved(commands, rounds))
    labels = {"hand": "a loop in bash", "s2itasks": "`s2itasks jobs`"}
    rows = [_row(way, label, JOBS, costs) for way, label in labels.items()]
    return Table("jobs", "empty jobs", _columns(JOBS, "each"), rows, f"{rounds} rounds. {FITTED}")


def _variables(root: Path, rounds: int) -> Table:
    commands = {}
    layouts: dict[Path, tuple[Layout, Mapping[str, str]]] = {}
    for number in VARIABLES:
        lines = "".join(f"VARIABLE_{index}='the value of number {index}'\n" for index in range(number))
        application = make(root / str(number), deploy_env=lines)
        layouts[application.source] = Layout.from_environment(application.environ), application.environ
        commands[f"hand/{number}"] = application.by_hand("env", "-0")
        commands[f"launcher/{number}"] = application.launcher("exec", "--", "env", "-0")
        commands[f"python/{number}"] = application.command("", repeat=3)  # no command: see below

    def measure(command: Command) -> Cost:
        return _evaluation(*layouts[command.cwd]) if command.argv == ("",) else run(command)

    costs = medians(interleaved(commands, rounds, measure=measure))
    labels = {
        "hand": "by hand in bash, `env -0`",
        "launcher": "launcher, `exec -- env -0`",
        "python": "in Python, for all other phases",
    }
    rows = [_row(way, label, VARIABLES, costs) for way, label in labels.items()]
    note = f"In Python: evaluated in a running interpreter, to see it without the time that one takes to start. {FITTED}"
    return Table("variables", "variables in `deploy_env`", _columns(VARIABLES, "each"), rows, note)


def _evaluation(layout: Layout, environ: Mapping[str, str]) -> Cost:
    started = time.perf_counter()
    environment.application(layout, environ)
    return Cost(time.perf_counter() - started, 0)


def _columns(sizes: tuple[int, ...], each: str) -> dict[str, tuple[str, str]]:
    return {
        **{f"{size}_ms": (f"{size:,}", "{:,.1f} ms") for size in sizes},
        "each_ms": (each, "{:.3f} ms"),
        "exponent": ("exponent", "{:.2f}"),
    }


def _row(way: str, label: str, sizes: tuple[int, ...], costs: Mapping[str, Cost]) -> Row:
    wall = {size: costs[f"{way}/{size}"].wall for size in sizes}
    values = {
        **{f"{size}_ms": 1000 * seconds for size, seconds in wall.items()},
        "each_ms": 1000 * (wall[sizes[-1]] - wall[0]) / sizes[-1],
        "exponent": exponent(wall),
    }
    return Row(way, label, values, None if way == "hand" else Target("exponent", at_most=LINEAR))
