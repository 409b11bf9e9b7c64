"""How long ``--list`` takes, beside that of plain invoke for as many tasks."""

from __future__ import annotations

from pathlib import Path

from s2itasks.phases import graph

from .applications import make
from .measure import interleaved, medians, runs
from .report import Row, Table, Target

TASKS = (10, 200)  # of the application's own
AT_MOST = 1.2  # times that of invoke
HEAD = "from invoke import task\n"
TASK = "@task\ndef task{0}(c):\n    'Do {0}.'\n"


def tables(root: Path, rounds: int) -> list[Table]:
    """Measure an application with some tasks of its own, as pip installed s2itasks, and invoke with as many in all."""
    root.mkdir()
    commands = {}
    for number in TASKS:
        application = make(root / f"application{number}")
        _write(application.source / ".s2i" / "tasks.py", number)
        _write(root / f"invoke{number}" / "tasks.py", number + len(graph.listed))
        commands[f"s2itasks/{number}"] = application.unpinned("--list")
        commands[f"invoke/{number}"] = application.command(
            *application.invoke("--list").argv[:1], "--search-root", root / f"invoke{number}", "--list"
        )
    costs = medians(interleaved(runs(commands), rounds, often=commands))
    rows = []
    for number in TASKS:
        invoke = costs[f"invoke/{number}"]
        for way in ("invoke", "s2itasks"):
            cost = costs[f"{way}/{number}"]
            values = {"wall_ms": 1000 * cost.wall, "cpu_ms": 1000 * cost.cpu, "ratio": cost.wall / invoke.wall}
            target = Target("ratio", at_most=AT_MOST) if way == "s2itasks" else None
            label = f"`{'inv' if way == 'invoke' else way} --list`, {number} tasks and the phases"
            rows.append(Row(f"{way}/{number}", label, values, target))
    columns = {"wall_ms": ("time", "{:.0f} ms"), "cpu_ms": ("CPU", "{:.0f} ms"), "ratio": ("× invoke", "{:.2f}")}
    note = "For invoke, the phases are tasks as well. s2itasks asks bash about the syntax of each hook, too."
    return [Table("list", "a list", columns, rows, note)]


def _write(file: Path, number: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD + "".join(map(TASK.format, range(number))), encoding="utf-8")
