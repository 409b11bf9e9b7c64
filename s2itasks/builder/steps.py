"""The processes of a build and of a start: run as steps, asked a question, or become.

All of them inherit standard input, output and error, so that pip shows its progress and a migration can ask.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from s2itasks.errors import Failure, Stopped
from s2itasks.masking.text import masked_text

from .errors import CannotStart, StepFailed


def announce(text: str) -> None:
    """Print in a builder's style what comes next, before any output of a child that follows."""
    print(masked_text(f"---> {text}"), flush=True)


def warn(problem: str, *, cure: str) -> None:
    """Print what does not stop the build, and its *cure*, as s2itasks says its own warnings."""
    print(masked_text(f"s2itasks: warning: {problem}; {cure}"), file=sys.stderr, flush=True)


def failed(failure: Failure) -> int:
    """Print a failure as s2itasks prints its own, and return its exit status."""
    print(masked_text(f"s2itasks: error: {failure}"), file=sys.stderr)
    return failure.status


def step(argv: Sequence[str], name: str = "") -> None:
    """Run *argv* to its end.

    A signal for us is passed on, so that a terminal, a container's PID 1 and a plain ``kill`` all end the step too.
    *name* is what a message calls the step, its command line unless given. Raises :class:`StepFailed`,
    :class:`CannotStart` or :class:`Stopped`.
    """
    try:
        child = subprocess.Popen(argv)  # noqa: S603 - a step is what the application makes of it
    except OSError as error:
        raise CannotStart(argv[0], error) from None
    try:
        returncode = child.wait()
    except Stopped as stopped:
        child.send_signal(stopped.number)
        child.wait()
        raise
    if returncode:
        raise StepFailed(name or " ".join(argv), returncode)


def succeeds(argv: Sequence[str]) -> bool:
    """Whether *argv*, running unheard, ends with status 0."""
    quiet = subprocess.DEVNULL
    return subprocess.run(argv, stdout=quiet, stderr=quiet, check=False).returncode == 0  # noqa: S603


def last_line(argv: Sequence[str]) -> str:
    """Return the last line that *argv* prints, the answer even of a program that chats. Raises :class:`StepFailed`."""
    process = subprocess.run(argv, stdout=subprocess.PIPE, check=False)  # noqa: S603
    if process.returncode:
        raise StepFailed(" ".join(argv), process.returncode)
    return os.fsdecode(process.stdout.strip().rpartition(b"\n")[2])


def become(argv: Sequence[str]) -> NoReturn:
    """Replace this process by *argv*, found on PATH unless it has a slash. Raises :class:`CannotStart`.

    A script without a ``#!`` line is run by bash, as it is when bash itself executes it. There is nothing to flush:
    :func:`announce` and :func:`warn` leave nothing behind.
    """
    try:
        os.execvp(argv[0], list(argv))  # noqa: S606 - no shell is the point
    except OSError as error:
        if error.errno == errno.ENOEXEC:
            os.execv(shutil.which("bash") or "/bin/sh", ["bash", *argv])  # noqa: S606
        raise CannotStart(argv[0], error) from None
