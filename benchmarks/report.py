"""What the benchmark found: tables for people, which are Markdown, and the same numbers for machines."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

Value = Union[float, str, None]  # what a cell can hold; nothing where it does not apply


@dataclass(frozen=True)
class Target:
    """What a number has to be for a row to pass.

    :param column: the number's column.
    :param at_most: the limit, or with ``at_least`` its opposite.
    """

    column: str
    at_most: float | None = None
    at_least: float | None = None

    def is_met(self, measured: float) -> bool:
        """Tell whether it is."""
        if self.at_most is not None and measured > self.at_most:
            return False
        return self.at_least is None or measured >= self.at_least

    def shown(self, measured: float) -> str:
        """Give the cell of the table's last column."""
        limit = f"≤ {self.at_most:.3g}" if self.at_most is not None else f"≥ {self.at_least:.3g}"
        return f"{limit} {'pass' if self.is_met(measured) else '**MISS**'}"


@dataclass(frozen=True)
class Row:
    """One line of a table.

    :param key: what machines know it by; it stays the same between versions.
    :param values: a value for each column, as far as there is one.
    """

    key: str
    label: str
    values: Mapping[str, Value]
    target: Target | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    :param columns: for each column its title and how a number is written, such as ``"{:.1f} ms"``.
    :param note: what a reader has to know about how it was measured.
    """

    key: str
    title: str
    columns: Mapping[str, tuple[str, str]]
    rows: Sequence[Row]
    note: str = ""

    def markdown(self) -> str:
        """Give the table under its title, aligned."""
        targets = any(row.target for row in self.rows)
        header = [self.title, *(title for title, _ in self.columns.values()), *(["target"] if targets else [])]
        cells = [header, *(self._cells(row, targets=targets) for row in self.rows)]
        widths = [max(len(line[index]) for line in cells) for index in range(len(header))]
        rule = [f"{'-' * widths[0]}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
        lines = [
            [line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:]))]
            for line in cells
        ]
        text = "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])
        return f"{text}\n\n{self.note}\n" if self.note else f"{text}\n"

    def _cells(self, row: Row, *, targets: bool) -> list[str]:
        shown = [_shown(row.values.get(column), form) for column, (_, form) in self.columns.items()]
        measured = row.values.get(row.target.column) if row.target else None
        target = row.target.shown(measured) if row.target and isinstance(measured, float) else ""
        return [row.label, *shown, *([target] if targets else [])]


def this_machine() -> dict[str, str]:
    """Say what the numbers were measured on."""
    bash = subprocess.run(["/bin/bash", "--version"], capture_output=True, text=True, check=True).stdout
    model = re.search(r"(?m)^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text())
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "bash": bash.partition("version ")[2].partition(" ")[0],
        "load": f"{os.getloadavg()[0]:.1f}",
    }


@dataclass
class Report:
    """All that one run of the benchmark found."""

    rounds: int
    machine: dict[str, str] = field(default_factory=this_machine)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """Give it as JSON's types: ``tables`` by table, row and column; ``targets`` with what was measured."""
        targets = [
            {"table": table.key, "row": row.key, "column": row.target.column, "measured": measured}
            | {"at_most": row.target.at_most, "at_least": row.target.at_least, "met": row.target.is_met(measured)}
            for table in self.tables
            for row in table.rows
            if row.target and isinstance(measured := row.values.get(row.target.column), float)
        ]
        tables = {table.key: {row.key: dict(row.values) for row in table.rows} for table in self.tables}
        return {
            "rounds": self.rounds,
            "machine": self.machine,
            "tables": tables,
            "targets": targets,
            "notes": self.notes,
        }


def _shown(value: Value, form: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else form.format(value)
