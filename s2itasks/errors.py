"""Every failure that a user can cause: what happened, its cure and its exit status.

Those of one package are in its own `errors` module or beside the code that raises them.

The statuses are the shell's and coreutils': 2 for s2itasks' own usage and configuration, 124 for
what took too long, 126 for what cannot be executed, 127 for what is not there, 128+n for a signal, and otherwise the
status of the process that failed.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterable
from pathlib import Path

USAGE = 2
TIMED_OUT = 124
CANNOT_EXECUTE = 126
NOT_FOUND = 127
SIGNALLED = 128

OUT_OF_SPACE = (errno.ENOSPC, errno.EDQUOT)
OUT_OF_RESOURCES = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
RAISE_LIMITS = "raise the container's limits (processes, memory, open files)"
SEE_OUTPUT = "see its output above"


class Failure(Exception):
    """A mistake or a failing process, said in one line (``PROBLEM; CURE``) and ended with one exit status.

    :param problem: what happened, and to what or where; no full stop.
    :param cure: what to do about it, as a request ("set X to …"); no full stop.
    :param status: the exit status of the command (1 to 255).
    """

    def __init__(self, problem: str, *, cure: str, status: int = USAGE) -> None:
        super().__init__(f"{problem}; {cure}")
        self.problem = problem
        self.cure = cure
        self.status = status


class UsageError(Failure):
    """The command line asks for something that does not exist or does not fit together."""


class ConfigurationError(Failure):
    """A variable or a file that configures s2itasks has a value it cannot work with."""


class PackagesBroken(ConfigurationError):
    """What s2itasks runs on cannot be imported: an application's requirements have put an older invoke in its place."""

    def __init__(self, problem: Exception) -> None:
        super().__init__(
            f"invoke and python-dotenv are not as s2itasks needs them: {problem}",
            cure="install them again: pip install s2itasks",
        )


class SystemRefused(Failure):
    """The kernel refused something else, such as writing a file, and nothing more is known."""

    def __init__(self, problem: OSError) -> None:
        file = os.fsdecode(problem.filename) if isinstance(problem.filename, (str, bytes, Path)) else ""
        reason = problem.strerror or str(problem)
        if problem.errno in OUT_OF_SPACE:
            cure = "free space on the file system, or give it more"
        elif problem.errno in OUT_OF_RESOURCES:
            cure = RAISE_LIMITS
        elif file and problem.errno in (errno.ENOENT, errno.ENOTDIR):
            cure = "create it, or correct what names it"
        elif file:
            cure = f"look at its owner and mode (ls -ld {file})"
        else:
            cure = "look at the file system and the limits of the container"
        super().__init__(f"{file}: {reason}" if file else reason, cure=cure, status=1)


class Stopped(Failure):
    """s2itasks, or its embedded builder, was told to stop by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"stopped by {signal.Signals(number).name}",
            cure="run it again to finish it, or see the pod's events for who stopped it",
            status=SIGNALLED + number,
        )
        self.number = number


def ended(status: int) -> str:
    """Return how a process ended, from its status as a shell gives it."""
    if status > SIGNALLED:
        try:
            return f"was ended by {signal.Signals(status - SIGNALLED).name} (status {status})"
        except ValueError:
            pass
    return f"ended with status {status}"


def cure_of(status: int) -> str:
    """Return what to look at after a process has ended with a status other than 0."""
    if status == SIGNALLED + signal.SIGKILL:
        return f"{SEE_OUTPUT}, and compare its memory with the container's limit"
    return SEE_OUTPUT


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return what a misspelled word was probably meant to be, in whichever spelling of dashes, or None."""
    import difflib  # noqa: PLC0415 - most command lines are right

    spelled = {each.replace("-", "_"): each for each in known}
    near = difflib.get_close_matches(word.replace("-", "_"), spelled, n=1)
    return spelled[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a cure that names what was probably meant, or nothing where that is not known."""
    near = nearest(word, known)
    return f"did you mean {near!r}?" if near else ""
