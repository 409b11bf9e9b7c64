"""Executing a command: becoming it, and saying why it cannot be executed as a shell does."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from s2itasks.errors import OUT_OF_RESOURCES, RAISE_LIMITS, Failure
from s2itasks.process.errors import CannotExecute, CommandNotFound, InterpreterMissing, LoaderMissing

from .inherited import Environment


def become(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> NoReturn:
    """Replace this process with ``argv``: same PID, default signal dispositions, nothing of ours left in it.

    A file without a shebang is handed to bash, as bash itself would do.

    :param env: its environment; where it is an `Environment`, with its umask and limits.
    :param cwd: where to change to first; the caller's directory where it is None.
    :raises CommandNotFound, CannotExecute, InterpreterMissing: when it cannot be executed.
    """
    if not argv[0]:
        raise CommandNotFound(argv[0])  # Python has a ValueError for it
    inherited = env
    try:
        if cwd is not None:
            os.chdir(cwd)
            env = at(cwd, env)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)  # CPython ignores them, and ignored signals survive an exec
        if isinstance(inherited, Environment):
            inherited.apply()
        os.execvpe(argv[0], list(argv), env)  # noqa: S606 - see the docstring
    except OSError as problem:
        if problem.errno != errno.ENOEXEC:
            raise explained(problem, argv[0], cwd) from None
    script = found(argv[0], env)
    os.execve(bash(), [bash(), script, *argv[1:]], env)  # noqa: S606 - likewise


def bash() -> str:
    """Return the absolute path of bash.

    :raises CommandNotFound: when there is none.
    """
    for candidate in ("/bin/bash", "/usr/bin/bash"):
        if os.access(candidate, os.X_OK):
            return candidate
    return found("bash", os.environ)


def at(cwd: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Let ``PWD``, where there is one, name the directory that the process will find itself in."""
    return {**env, "PWD": str(cwd)} if "PWD" in env else dict(env)


def explained(problem: OSError, command: str, cwd: Path | None) -> Failure:
    """Return the failure that an error of exec is, worded as by a shell."""
    reason = os.strerror(problem.errno or 0)
    if cwd is not None and problem.filename in (cwd, str(cwd)):
        cure = f"look at its owner and mode (ls -ld {cwd})"
        return CannotExecute(command, f"the directory {cwd} cannot be entered ({reason})", cure=cure)
    if problem.errno in (errno.ENOENT, errno.ENOTDIR):
        if "/" in command and Path(command).exists():
            return _interpreter_missing(command)
        return CommandNotFound(command)
    if problem.errno == errno.E2BIG:
        cure = "shorten them: a single one may have 128 KiB, all of them together about 2 MB"
        return CannotExecute(command, "its arguments and environment are too long for the kernel", cure=cure)
    cures = {
        **dict.fromkeys(OUT_OF_RESOURCES, RAISE_LIMITS),
        errno.ETXTBSY: "try again when nobody writes to it any more",
    }
    return CannotExecute(command, reason, cure=cures.get(problem.errno or 0, "look at its owner and mode"))


def _interpreter_missing(command: str) -> Failure:
    line = b"#!?"
    with contextlib.suppress(OSError), Path(command).open("rb") as opened:
        line = opened.readline(256)
    if line.startswith(b"#!"):
        return InterpreterMissing(command, os.fsdecode(line[2:].strip()))
    return LoaderMissing(command)


def found(command: str, env: Mapping[str, str]) -> str:
    """Return where a command is that stands on the PATH of ``env``.

    :raises CommandNotFound: when it does not.
    """
    if "/" in command:
        return command
    for directory in os.get_exec_path(dict(env)):
        candidate = os.path.join(directory, command)  # noqa: PTH118 - an empty entry is the current directory
        if os.access(candidate, os.X_OK):
            return candidate
    raise CommandNotFound(command)
