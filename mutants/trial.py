"""Running tests in a tree, and ending all that they leave behind: a fault may keep them from doing that themselves.

As a program, it is the process that everything left behind falls to: ``python trial.py SECONDS COMMAND ...``.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .tree import Tree

LIMIT = 900  # seconds for a run of tests; each single one has its own limit, see ONE
ONE = 40  # seconds for a test: a fault that makes something hang need not be waited for as long as a slow machine
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
NOTHING_FAILED, FAILED, STOPPED, NOTHING_TO_RUN = 0, 1, 2, 5  # statuses of pytest


class Outcome(NamedTuple):
    """What came of a run.

    :param failed: the tests that failed, as pytest names them.
    :param trouble: what kept the tests from being run, or nothing.
    """

    failed: list[str]
    trouble: str = ""


def run(tree: Tree, tests: Sequence[str], *, workers: int, until_one_fails: bool, without: Sequence[str]) -> Outcome:
    """Run tests in a tree.

    :param tests: files or single tests, as arguments of pytest; all the everyday ones where there are none.
    :param workers: how many processes run them.
    :param without: tests to leave out.
    """
    command = [tree.python, "-m", "pytest", "-q", "-rfE", f"--timeout={ONE}", "-p", "no:cacheprovider"]
    command += ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []
    command += ["-x"] if until_one_fails else []
    command += [f"--deselect={test}" for test in without]
    done = subprocess.run(
        [sys.executable, "-m", "mutants.trial", str(LIMIT), *map(str, command), *tests],
        cwd=tree.top,
        env={
            **os.environ,
            "PATH": f"{tree.python.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).parent.parent),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    failed = [
        line.partition(" ")[2].partition(" - ")[0]
        for line in done.stdout.splitlines()
        if line.startswith(("FAILED tests/", "ERROR tests/"))
    ]
    if done.returncode in (NOTHING_FAILED, NOTHING_TO_RUN) or (done.returncode in (FAILED, STOPPED) and failed):
        return Outcome(failed)
    return Outcome(failed, f"pytest ended with status {done.returncode}: {_last(done.stdout) or _last(done.stderr)}")


def _last(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-3:])


def main(seconds: str, *command: str) -> int:
    """Run a command to its end, then end all of its children and theirs; return its status."""
    library = ctypes.CDLL(None)
    library.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        return subprocess.run(command, env=environ, timeout=float(seconds), check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"not over after {seconds} s")
        return 124
    finally:
        _end_children()


def _end_children() -> None:
    while children := Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split():
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)  # what it leaves falls to us, and is in the next list


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
