"""The first process of the namespaces: started, handed the signals of its supervisor, and waited for."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from .system_calls import MS_NODEV, MS_NOEXEC, MS_NOSUID, die_with_parent, gain_no_privileges, mount

FAILED = 125  # the status where a namespace cannot be had or entered, as docker's and podman's own
CANNOT_EXECUTE, NOT_FOUND, SIGNALLED = 126, 127, 128

FORWARDED = (
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGCONT),
)
SENT_BY_THE_KERNEL = 0x80  # si_code of what a terminal sends, to its whole foreground process group


def supervise(description: Mapping[str, Any], command: list[str], options: set[str], pid_file: int | None) -> int:
    """Start the command as PID 1, or as a child of one, hand signals on to it, and return its status.

    :param pid_file: where our PID goes when the command can be joined.
    """
    starts, started = os.pipe()
    arranged, arranges = os.pipe()
    child = os.fork()
    if not child:
        os.close(started)
        os.close(arranged)
        die_with_parent()
        if os.read(starts, 1):  # else our parent has gone, which the line above was too late for
            _be_first(description, options)
            os.close(arranges)
            if "--init" in options:
                _be_init_of(command)
            _become(command)
        os._exit(FAILED)
    os.close(starts)
    os.close(arranges)
    os.write(started, b"x")
    os.read(arranged, 1)  # ends when the child has closed its end of it
    if pid_file is not None:
        os.ftruncate(pid_file, 0)
        os.write(pid_file, b"%d" % os.getpid())
    while True:
        received = signal.sigwaitinfo({*FORWARDED, signal.SIGCHLD})
        if received.si_signo != signal.SIGCHLD:
            if received.si_code != SENT_BY_THE_KERNEL:
                _send(child, received.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return _status(status)


def _be_first(description: Mapping[str, Any], options: set[str]) -> None:
    """Mount and set what has to be done by the first process, which is PID 1 or has joined another one."""
    try:
        if "--join" not in options:
            mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, kind="proc")
        gain_no_privileges()
        os.chdir(description["cwd"] if os.path.isdir(description["cwd"]) else "/")  # noqa: PTH112
    except OSError as problem:
        os._exit(failed(problem))


def _be_init_of(command: list[str]) -> NoReturn:
    """Start the command and reap what is orphaned, until the command ends."""
    started = os.fork()
    if not started:
        _become(command)
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda number, _: _send(started, number))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    while True:
        ended, status = os.wait()
        if ended == started:
            os._exit(_status(status))


def _send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended in the meantime
        os.kill(process, number)


def _become(command: list[str]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        os.execvp(command[0], command)  # noqa: S606 - what it is for
    except OSError as problem:
        failed(problem, command[0])
        os._exit(NOT_FOUND if problem.errno == errno.ENOENT else CANNOT_EXECUTE)


def failed(problem: OSError, what: str = "") -> int:
    """Say why there is no command, and return the status for that."""
    sys.stderr.write(f"{what or problem.filename}: {problem.strerror}\n")
    return FAILED


def _status(status: int) -> int:
    return SIGNALLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
