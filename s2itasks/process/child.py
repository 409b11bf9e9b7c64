"""Running a child to its end: descriptors as they are, signals to the child, its status as a shell's."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from s2itasks.errors import SIGNALLED, Stopped

from .execution import at, bash, explained
from .inherited import Environment
from .limits import Limit
from .signals import TERMINATING
from .terminal import Terminal

GRACE = 0.2  # seconds from SIGTERM to SIGKILL for what took too long; a probe's caller is waiting
PATIENCE = 5.0  # seconds that the rest of a stopped child's group has to clean up; a pod has 30 for everything
POLL = 0.02  # seconds between two looks at that group
LONGEST = 1e9  # seconds that a timer can be set to: some thirty years
ENOUGH = 3  # terminating signals after which nothing is asked any more


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stdout: int | None = None,
    stderr: int | None = None,
    shown: str = "",
    limit: Limit | None = None,
) -> int:
    """Run ``argv`` to its end and give its status as a shell does (128+n when a signal ended it).

    The child leads a process group of its own and has our descriptors; it is waited for itself, never for the end of
    its output, so daemons that it leaves behind do not hold us. Terminating signals are forwarded to its group; the
    child may clean up, and when it has ended, so does what is left of the group. The third of them kills it.

    :param env: the child's whole environment, but for ``PWD``, which follows ``cwd``; where it is an `Environment`, its
        umask and limits are the child's, too.
    :param stdout: a descriptor to use as the child's stdout instead of ours, likewise ``stderr``.
    :param shown: how messages call it, if not by ``argv[0]``.
    :param limit: how long it may take; then its group gets SIGTERM, and after `GRACE` seconds SIGKILL.
    :raises TimedOut: when it took longer.
    :raises Stopped: when a terminating signal arrived meanwhile, whatever the child made of it; or when it had the
        terminal, and a key ended it.
    :raises CommandNotFound, CannotExecute, InterpreterMissing: when it cannot be started.
    """
    with Terminal() as terminal:
        child = _Child(terminal)
        timer = (signal.SIGALRM,) if limit else ()
        with _handling((*TERMINATING, signal.SIGTSTP, *timer), child.handle), _wakeup() as wakeup:
            child.start(argv, env, cwd, stdout, stderr)
            status = child.wait(limit, wakeup)
    if child.received:
        raise Stopped(child.received[0])
    if child.had_terminal and status - SIGNALLED in (signal.SIGINT, signal.SIGQUIT):
        raise Stopped(status - SIGNALLED)  # who presses Ctrl-C means us, too
    if limit is not None and child.expired:
        raise limit.exceeded_by(shown or argv[0])
    return status


class _Child:
    """A child, and the signals that arrive while it runs."""

    def __init__(self, terminal: Terminal) -> None:
        self.received: list[int] = []
        self.expired = False
        self.had_terminal = False
        self._suspended = False  # while it was being started, when there was nothing to suspend
        self._terminal = terminal
        self._process: subprocess.Popen[bytes] | None = None

    def start(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: Path, stdout: int | None, stderr: int | None
    ) -> None:
        def prepare() -> None:
            os.setpgid(0, 0)
            if lend:
                self._terminal.give(os.getpgrp())
            if inherited is not None:
                inherited.apply()

        inherited = env if isinstance(env, Environment) and (env.umask is not None or env.limits) else None
        lend = self.had_terminal = self._terminal.is_lent_at_once and stdout is None
        group: dict[str, Any] = {"preexec_fn": prepare}
        if sys.version_info >= (3, 11) and not lend and inherited is None:
            group = {"process_group": 0}  # the same without a copy of this process, which takes longer than its start

        def started(command: Sequence[str]) -> subprocess.Popen[bytes]:
            return subprocess.Popen(  # noqa: S603 - running what the application declares is the whole purpose
                command,
                env=at(cwd, env),
                cwd=cwd,
                stdout=stdout,
                stderr=stderr,
                close_fds=False,
                **group,
            )

        try:
            try:
                self._process = started(argv)
            except OSError as problem:
                if problem.errno != errno.ENOEXEC:
                    raise
                self._process = started([bash(), *argv])  # no shebang that the kernel would take
        except OSError as problem:
            raise explained(problem, argv[0], cwd) from None
        self._catch_up(self._process.pid)

    def wait(self, limit: Limit | None, wakeup: int) -> int:
        """Wait for its end, and if it was told to end, for that of its group.

        :param wakeup: what becomes readable when a signal arrives, see `_wakeup`.
        """
        assert self._process is not None  # noqa: S101 - for the type checker
        group = self._process.pid
        poll = select.poll()
        poll.register(wakeup, select.POLLIN)
        blocked = signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGCHLD, signal.SIGALRM))  # as a caller may
        if limit is not None:
            signal.setitimer(signal.ITIMER_REAL, min(limit.remaining(), LONGEST))
        try:
            while True:
                changed, status = os.waitpid(group, os.WUNTRACED | os.WNOHANG)
                if not changed:
                    poll.poll()
                    os.read(wakeup, 4096)
                    continue
                if not os.WIFSTOPPED(status):
                    break
                self._terminal.child_stopped(group, os.WSTOPSIG(status))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        self._process.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else SIGNALLED + os.WTERMSIG(status)
        self._terminal.take_back_from(group)
        if self.received or self.expired:
            end_group(group, PATIENCE if self.received else GRACE)
        return self._process.returncode

    def handle(self, number: int, _: FrameType | None) -> None:
        group = None if self._process is None or self._process.returncode is not None else self._process.pid
        if number == signal.SIGALRM:
            self._expire(group)
        elif number == signal.SIGTSTP and self._process is None:
            self._suspended = True
        elif number == signal.SIGTSTP:
            self._terminal.suspend(group)
        else:
            self.received.append(number)
            if group is not None:
                self._forward(group, number)

    def _catch_up(self, group: int) -> None:
        """Pass on what came while there was nobody to pass it on to."""
        for number in self.received:
            self._forward(group, number)
        if self._suspended:
            self._terminal.suspend(group)

    def _forward(self, group: int, number: int) -> None:
        _signal_group(group, signal.SIGKILL if len(self.received) >= ENOUGH else number)
        if number == signal.SIGQUIT:
            _signal_group(group, signal.SIGTERM)  # bash ignores SIGQUIT, always

    def _expire(self, group: int | None) -> None:
        if group is not None:
            _signal_group(group, signal.SIGKILL if self.expired else signal.SIGTERM)
            self.expired = True
            signal.setitimer(signal.ITIMER_REAL, GRACE)


def _signal_group(group: int, number: int) -> None:
    """Signal a process group, and wake it up if it was suspended, so that it can act on it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        os.killpg(group, signal.SIGCONT)


def end_group(group: int, patience: float) -> None:
    """End what its leader left of a group: a shell's background jobs, which ignore SIGINT, or a nested s2itasks.

    The latter forwards the signal and waits for its own child, so it must not be killed at once.
    """
    _signal_group(group, signal.SIGTERM)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-group, os.WNOHANG)  # as PID 1 we have inherited them
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(POLL)
    _signal_group(group, signal.SIGKILL)


@contextlib.contextmanager
def _wakeup() -> Iterator[int]:
    """Open a pipe from which can be read when a signal has arrived, that of a child's end always among them.

    Python calls a handler some time after the signal: when that comes as a system call begins, after its end. In
    `os.waitpid`, that would be the end of the child.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    disposition = signal.signal(signal.SIGCHLD, lambda *_: None)  # where it is ignored, nobody would hear of the end
    try:
        yield reading
    finally:
        signal.signal(signal.SIGCHLD, disposition)
        signal.set_wakeup_fd(before)
        os.close(reading)
        os.close(writing)


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
