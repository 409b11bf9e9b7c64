"""What is wrong with a release, one sentence each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LAST = 15  # lines of a tool's output that are shown


class ProblemError(Exception):
    """Without this, the rest makes no sense: ``THING: PROBLEM; CURE``."""


class Problems:
    """Those that were found so far, each of which is told at once on stderr."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, sentence: str) -> None:
        """Tell of one."""
        self.count += 1
        print(f"release: error: {sentence}\n", end="", file=sys.stderr, flush=True)

    def add_all(self, sentences: Sequence[str]) -> None:
        """Tell of some."""
        for sentence in sentences:
            self.add(sentence)


def run(
    *command: str | Path,
    failing: str,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    umask: int = -1,
) -> str:
    """Run a tool without stdin, and return what it writes to stdout.

    :param failing: what to say where it fails, before the last lines of its output.
    :raises ProblemError: when it fails.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environ,
            umask=umask,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as problem:
        raise ProblemError(f"{failing}: {problem}") from None
    if done.returncode:
        said = "\n".join(f"    {line}" for line in (done.stdout + done.stderr).splitlines()[-LAST:])
        raise ProblemError(f"{failing} (status {done.returncode} of {Path(command[0]).name}); it said:\n{said}")
    return done.stdout
