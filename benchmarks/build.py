"""What s2itasks adds to a build, and what it sets aside in the image."""

from __future__ import annotations

import compileall
import math
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from s2itasks.environment import environment_file
from s2itasks.launcher import pinned
from s2itasks.layout import EMBEDDED_SCRIPTS, Layout

from . import django, many_files
from .applications import UNPINNED, script
from .measure import Command, Cost, here, interleaved, median, medians, run
from .report import Report, Row, Table, Target

SELDOM = 4  # rounds to one with builds, which take seconds
LIMIT = 500.0  # milliseconds of CPU time that s2itasks may add on the Django example

# What an application's own assemble would say to have the same hooks run.
BY_HAND = """\
#!/bin/bash
set -eo pipefail
hooks=$S2I_SOURCE_PATH/.s2i/action_hooks
mv "$S2I_UPLOAD_PATH/.s2i" "$S2I_SOURCE_PATH"
cd "$S2I_SOURCE_PATH"
if [ -x "$hooks/pre_build" ]; then "$hooks/pre_build"; fi
if [ -f "$hooks/build_env" ]; then set -a; . "$hooks/build_env"; set +a; fi
"$S2I_SCRIPTS_PATH/assemble"
if [ -x "$hooks/build" ]; then "$hooks/build"; fi
"""
# A builder that has nothing to install.
MOVE = """\
#!/bin/bash
set -e
mv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"
"""
COLUMNS = {
    "wall_ms": ("time", "{:,.0f} ms"),
    "cpu_ms": ("CPU", "{:,.0f} ms"),
}


def tables(root: Path, report: Report) -> list[Table]:
    """Measure the builds of the Django example and of a large application root, and passes over permissions."""
    rounds = math.ceil(report.rounds / SELDOM)
    found = [_runtime(root / "runtime", rounds)]
    example = root / "django" / "app-root"
    if not django.install(example):
        report.notes.append("The Django example's packages could not be installed, so its build is missing here.")
    else:
        upload = partial(shutil.copytree, django.EXAMPLE)
        environ = {**django.environ(example), "S2I_SCRIPTS_PATH": str(EMBEDDED_SCRIPTS)}
        measured = _Build(root / "django", example, (str(example / "bin" / "python"), "-I", "-m", "s2itasks"), environ)
        found.append(measured.table("django", "build of the Django example", upload, rounds, LIMIT))
    large = many_files.make(root / "large" / "app-root")
    script(root / "large" / "builder" / "assemble", MOVE)  # no pip: it would install into whatever Python is on PATH
    environ = {"PATH": os.environ["PATH"], "S2I_SCRIPTS_PATH": str(root / "large" / "builder")}
    measured = _Build(root / "large", large, (UNPINNED,), environ)
    title = f"build in a root of {many_files.FILES:,} files"
    found.append(measured.table("files", title, partial(many_files.reset, large), rounds))
    return [*found, many_files.table(large, rounds)]


def _runtime(root: Path, rounds: int) -> Table:
    """Say how large the pinned runtime is, and how long it takes to set it aside."""
    root.mkdir()
    compileall.compile_dir(Path(pinned.__file__).parent, quiet=2)  # as pip does it
    layout = Layout.from_environment({"S2I_APPLICATION_PATH": str(root)})
    cost = median([here(lambda: pinned.set_aside(layout)) for _ in range(rounds)])
    files = [path for path in layout.runtime.resolve().rglob("*") if path.is_file()]
    values = {
        "files": float(len(files)),
        "megabytes": sum(path.stat().st_size for path in files) / 1e6,
        "wall_ms": 1000 * cost.wall,
        "cpu_ms": 1000 * cost.cpu,
    }
    columns = {"files": ("files", "{:.0f}"), "megabytes": ("size", "{:.1f} MB"), **COLUMNS}
    return Table("runtime", "pinned runtime", columns, [Row("runtime", "set aside", values)])


@dataclass(frozen=True)
class _Build:
    """A build with s2itasks, and the same by hand.

    :param root: a directory for what belongs to it.
    :param application: its application root.
    :param s2itasks: how it is called there.
    :param environ: what is special in its image.
    """

    root: Path
    application: Path
    s2itasks: tuple[str, ...]
    environ: dict[str, str]

    def table(self, key: str, title: str, bring: Callable[[Path], object], rounds: int, limit: float = 0) -> Table:
        """Measure both; their difference is that of each round.

        :param bring: gets the upload directory to fill, and may put other things back as they were.
        :param limit: milliseconds of CPU time that s2itasks may add, if that is limited.
        """
        by_hand = (str(script(self.root / "by-hand", BY_HAND)),)
        ways = {"hand": by_hand, "s2itasks": (*self.s2itasks, "assemble")}
        costs = interleaved({way: partial(self._run, argv, bring) for way, argv in ways.items()}, rounds)
        added = [ours - theirs for ours, theirs in zip(costs["s2itasks"], costs["hand"])]
        labels = {"hand": "by hand in bash", "s2itasks": "`s2itasks assemble`"}
        rows = [_row(way, labels[way], cost) for way, cost in medians(costs).items()]
        rows.append(_row("added", "difference", median(added), Target("cpu_ms", at_most=limit) if limit else None))
        note = f"{rounds} rounds. By hand: the builder's assemble, and the hooks before and after it."
        return Table(key, title, COLUMNS, rows, note)

    def _run(self, argv: tuple[str, ...], bring: Callable[[Path], object]) -> Cost:
        source, upload = self.application / "src", self.root / "upload"
        for directory in (source, upload, self.application / "libexec"):
            shutil.rmtree(directory, ignore_errors=True)
        source.mkdir()
        bring(upload)
        given = {
            "HOME": str(source),
            "LANG": "C.UTF-8",
            "S2I_APPLICATION_PATH": str(self.application),
            "S2I_SOURCE_PATH": str(source),
            "S2I_UPLOAD_PATH": str(upload),
            **environment_file.read(upload / ".s2i" / "environment", "environment"),  # baked into the image by S2I
            **self.environ,
        }
        return run(Command(argv, source, given))


def _row(key: str, label: str, cost: Cost, target: Target | None = None) -> Row:
    return Row(key, label, {"wall_ms": 1000 * cost.wall, "cpu_ms": 1000 * cost.cpu}, target)
