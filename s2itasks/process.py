"""Running a child and becoming a command: descriptors as they are, signals to the child, statuses as a shell's."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from .failures import SIGNALLED, CannotExecute, CommandNotFound, Failure, InterpreterMissing, Stopped
from .limits import Limit
from .terminal import Terminal

TERMINATING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
GRACE = 0.25  # seconds from SIGTERM to SIGKILL for what took too long; a probe's caller is waiting


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdout: int | None = None,
    stderr: int | None = None,
    before_exec: Callable[[], object] | None = None,
    shown: str = "",
    limit: Limit | None = None,
) -> int:
    """Run ``argv`` to its end and give its status as a shell does (128+n when a signal ended it).

    The child leads a process group of its own and has our descriptors; it is waited for itself, never for the end of
    its output, so daemons that it leaves behind do not hold us. Terminating signals are forwarded to its group; the
    child may clean up, and when it has ended, so does what is left of the group.

    :param env: the child's whole environment, but for ``PWD``, which follows ``cwd``.
    :param stdout: a descriptor to use as the child's stdout instead of ours, likewise ``stderr``.
    :param before_exec: called in the child just before it is executed.
    :param shown: how messages call it, if not by ``argv[0]``.
    :param limit: how long it may take; then its group gets SIGTERM, and after `GRACE` seconds SIGKILL.
    :raises TimedOut: when it took longer.
    :raises Stopped: when a terminating signal arrived meanwhile, whatever the child made of it.
    :raises CommandNotFound, CannotExecute, InterpreterMissing: when it cannot be started.
    """
    received: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def forward(number: int, _: FrameType | None) -> None:
        received.append(number)
        if child is not None:
            _forward(child.pid, number)

    with _handling(TERMINATING, forward), Terminal() as terminal:
        child = _start(argv, _at(cwd, env), cwd, (stdout, stderr), _preparation(terminal, before_exec))
        for number in received:
            _forward(child.pid, number)
        status, in_time = _wait_until(limit, child, terminal)
        if received or not in_time:
            _signal_group(child.pid, signal.SIGKILL)  # what a shell starts with & ignores SIGINT and SIGQUIT
    if received:
        raise Stopped(received[0])
    if limit is not None and not in_time:
        raise limit.exceeded_by(shown or argv[0])
    return status


def become(argv: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> NoReturn:
    """Replace this process with ``argv``: same PID, default signal dispositions, nothing of ours left in it.

    A file without a shebang is handed to bash, as bash itself would do.

    :param cwd: where to change to first; the caller's directory where it is None.
    :raises CommandNotFound, CannotExecute, InterpreterMissing: when it cannot be executed.
    """
    if not argv[0]:
        raise CommandNotFound(argv[0])  # Python has a ValueError for it
    if cwd is not None:
        try:
            os.chdir(cwd)
        except OSError as problem:
            raise _explained(problem, argv[0], cwd) from None
        env = _at(cwd, env)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)  # CPython ignores them, and ignored signals survive an exec
    try:
        os.execvpe(argv[0], list(argv), env)  # noqa: S606 - see the docstring
    except OSError as problem:
        if problem.errno != errno.ENOEXEC:
            raise _explained(problem, argv[0], cwd) from None
    script = _found(argv[0], env)
    os.execve(bash(), [bash(), script, *argv[1:]], env)  # noqa: S606 - likewise


def exit_on_signals() -> None:
    """Let a terminating signal end this process with 128+n, also as PID 1, where the kernel would drop it."""

    def stop(number: int, _: FrameType | None) -> NoReturn:
        raise Stopped(number)

    for number in TERMINATING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def hold_standard_descriptors() -> None:
    """Keep closed standard descriptors from being taken by files of ours; for a child they are closed as before."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:  # noqa: PERF203 - three times
            os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)  # gets the lowest number that is free, which is this one


def bash() -> str:
    """Give the absolute path of bash.

    :raises CommandNotFound: when there is none.
    """
    for candidate in ("/bin/bash", "/usr/bin/bash"):
        if os.access(candidate, os.X_OK):
            return candidate
    return _found("bash", os.environ)


def _start(
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: Path,
    output: tuple[int | None, int | None],
    prepare: Callable[[], None],
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - running what the application declares is the whole purpose
            argv,
            env=env,
            cwd=cwd,
            stdout=output[0],
            stderr=output[1],
            close_fds=False,
            preexec_fn=prepare,  # noqa: PLW1509 - there are no threads here
        )
    except OSError as problem:
        raise _explained(problem, argv[0], cwd) from None


def _preparation(terminal: Terminal, before_exec: Callable[[], object] | None) -> Callable[[], None]:
    """Give what the child does before it is executed: lead a group, and have the terminal."""

    def prepare() -> None:
        os.setpgid(0, 0)
        if terminal.belongs_to_child:
            terminal.give(os.getpgrp())
        if before_exec is not None:
            before_exec()

    return prepare


def _wait_until(limit: Limit | None, child: subprocess.Popen[bytes], terminal: Terminal) -> tuple[int, bool]:
    """Wait for the child, ending it when its time is over; give its status, and whether it was in time."""
    if limit is None:
        return _wait(child, terminal), True
    escalation = [signal.SIGTERM, signal.SIGKILL]

    def expire(_: int, __: FrameType | None) -> None:
        if child.returncode is None and escalation:
            _signal_group(child.pid, escalation.pop(0))
            signal.setitimer(signal.ITIMER_REAL, GRACE)

    with _handling((signal.SIGALRM,), expire):
        signal.setitimer(signal.ITIMER_REAL, limit.remaining())
        try:
            status = _wait(child, terminal)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return status, len(escalation) == 2  # noqa: PLR2004 - untouched


def _wait(child: subprocess.Popen[bytes], terminal: Terminal) -> int:
    while True:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        terminal.child_stopped(child.pid, os.WSTOPSIG(status))
    child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else SIGNALLED + os.WTERMSIG(status)
    return child.returncode


def _forward(group: int, number: int) -> None:
    _signal_group(group, number)
    if number == signal.SIGQUIT:
        _signal_group(group, signal.SIGTERM)  # bash ignores SIGQUIT, always


def _signal_group(group: int, number: int) -> None:
    """Signal a process group, and wake it up if it was suspended, so that it can act on it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        os.killpg(group, signal.SIGCONT)


@contextlib.contextmanager
def _handling(signals: Sequence[int], handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """Handle signals, but leave those ignored that our caller chose to ignore (nohup)."""
    before = {number: signal.getsignal(number) for number in signals}
    for number, disposition in before.items():
        if disposition is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, disposition in before.items():
            signal.signal(number, disposition)


def _at(cwd: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Let ``PWD``, where there is one, name the directory that the process will find itself in."""
    return {**env, "PWD": str(cwd)} if "PWD" in env else dict(env)


def _explained(problem: OSError, command: str, cwd: Path | None) -> Failure:
    """Say an error of exec as a shell does."""
    if cwd is not None and problem.filename in (cwd, str(cwd)):
        return CannotExecute(command, f"the directory {cwd} cannot be entered ({os.strerror(problem.errno or 0)})")
    if problem.errno in (errno.ENOENT, errno.ENOTDIR):
        if "/" in command and Path(command).exists():
            return InterpreterMissing(command, _interpreter(Path(command)))
        return CommandNotFound(command)
    if problem.errno == errno.E2BIG:
        return CannotExecute(command, "its arguments and environment are too long for the kernel")
    return CannotExecute(command, os.strerror(problem.errno or 0))


def _interpreter(script: Path) -> str:
    with contextlib.suppress(OSError), script.open("rb") as opened:
        return os.fsdecode(opened.readline(256)[2:].strip())
    return "?"


def _found(command: str, env: Mapping[str, str]) -> str:
    """Find a command on PATH."""
    if "/" in command:
        return command
    for directory in os.get_exec_path(dict(env)):
        candidate = os.path.join(directory, command)  # noqa: PTH118 - an empty entry is the current directory
        if os.access(candidate, os.X_OK):
            return candidate
    raise CommandNotFound(command)
