"""Run the benchmark: ``inv bench``, or ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from . import applications, build, limited, lists, powershift, scaling, start
from .cgroup import NoLimitError
from .report import Report, Table

SECTIONS = ("start", "limited", "build", "scaling", "list")
MEMORY = Path("/dev/shm")  # noqa: S108 - the applications go into a directory of their own there
ROOM = 1 << 30


def main() -> None:
    """Measure what was asked for; tables go to stdout as Markdown, progress to stderr."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure s2itasks beside its alternatives.")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all numbers there, too")
    parser.add_argument("--rounds", metavar="N", type=int, default=20, help="interleaved rounds (default: %(default)s)")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="a section; can be repeated")
    given = parser.parse_args()
    report = Report(given.rounds)
    file = given.json and given.json.absolute()
    for name in [name for name in os.environ if name.startswith(("S2I", "APP_ROOT", "STI_", "BASH_ENV"))]:
        del os.environ[name]  # of a surrounding application
    _print_machine(report)
    with tempfile.TemporaryDirectory(prefix="s2itasks-bench-", dir=_memory()) as directory:
        for section, measured in _sections(Path(directory), report).items():
            if given.only and section not in given.only:
                continue
            started = time.monotonic()
            print(f"bench: measuring {section} ...", file=sys.stderr, flush=True)
            for table in measured():
                report.tables.append(table)
                print(f"\n{table.markdown()}", end="", flush=True)
            print(f"bench: {section} took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        os.chdir("/")
    for note in report.notes:
        print(f"\n{note}")
    if file:
        file.write_text(json.dumps(report.json(), indent=2) + "\n", encoding="utf-8")


def _memory() -> Path | None:
    """Give a file system in memory, if there is one to use.

    Elsewhere a new file may cost more than all else: ext4 looks at every inode that was deleted in the last seconds
    before it gives out one, which is up to a millisecond of CPU time for each file that s2itasks sets aside.
    """
    if not os.access(MEMORY, os.W_OK):
        return None
    known = os.statvfs(MEMORY)
    usable = known.f_bavail * known.f_frsize >= ROOM and not known.f_flag & os.ST_NOEXEC
    return MEMORY if usable else None


def _sections(root: Path, report: Report) -> dict[str, Callable[[], list[Table]]]:
    """Give what measures each section; the first that needs an application or powershift-image prepares it."""
    found: dict[str, applications.Application] = {}

    def both() -> dict[str, applications.Application]:
        for kind in ("plain", "user"):
            found[kind] = found.get(kind) or applications.make(root / kind, container_user=kind == "user")
        return found

    def processes() -> applications.Application:
        return applications.make(root / "processes", deploy_env=applications.PROCESSES)

    def peer() -> str | None:
        program = powershift.installed()
        note = "powershift-image could not be installed, so it is missing here."
        if program is None and note not in report.notes:
            report.notes.append(note)
        return program

    def under_limit() -> list[Table]:
        try:
            return limited.tables(both(), peer(), report.rounds)
        except NoLimitError as reason:
            report.notes.append(f"There are no numbers for a CPU limit of 100m: {reason}.")
            return []

    return {
        "start": lambda: start.tables(both(), processes(), peer(), report.rounds),
        "limited": under_limit,
        "build": lambda: build.tables(root, report),
        "scaling": lambda: scaling.tables(root, report.rounds),
        "list": lambda: lists.tables(root / "list", report.rounds),
    }


def _print_machine(report: Report) -> None:
    known = report.machine
    print(
        f"{report.rounds} interleaved rounds, medians. {known['cpu']}, {known['cores']} cores, "
        f"Linux {known['kernel']}, Python {known['python']}, bash {known['bash']}, load {known['load']}.",
        flush=True,
    )


if __name__ == "__main__":
    main()
