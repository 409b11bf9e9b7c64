"""Running a child to its end: descriptors as they are, signals to the child, its status as a shell's."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from s2itasks.errors import SIGNALLED, Stopped

from . import signals
from .early_exit import TERMINATING
from .execution import at, bash, explained
from .inherited import Environment
from .limits import Limit
from .terminal import Terminal

GRACE = 0.2  # seconds from SIGTERM to SIGKILL for what took too long; a probe's caller is waiting
LONGEST = 1e9  # seconds that a timer can be set to: some thirty years


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
        with signals.handling((*TERMINATING, signal.SIGTSTP, *timer), child.handle), signals.wakeup() as wakeup:
            child.start(argv, env, cwd, stdout, stderr)
            status = child.wait(limit, wakeup)
    if child.received:
        raise Stopped(child.received[0])
    if child.had_terminal and status - SIGNALLED in (signal.SIGINT, signal.SIGQUIT):
        raise Stopped(status - SIGNALLED)  # who presses Ctrl-C means us, too
    if limit is not None and child.expired:
        raise limit.exceeded_by(shown or argv[0])
    return status


def _started(argv: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a command with our descriptors, by bash where it has no shebang that the kernel would take."""
    options["close_fds"] = False
    try:
        return subprocess.Popen(argv, **options)  # noqa: S603 - running what the application declares is the purpose
    except OSError as problem:
        if problem.errno != errno.ENOEXEC:
            raise
        return subprocess.Popen([bash(), *argv], **options)  # noqa: S603 - likewise


class _Child:
    """A child, and the signals that arrive while it runs."""

    def __init__(self, terminal: Terminal) -> None:
        self.received: list[int] = []
        self._pending: deque[tuple[int, int]] = deque()  # of those, with which one it is, what is not passed on yet
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

        try:
            self._process = _started(argv, env=at(cwd, env), cwd=cwd, stdout=stdout, stderr=stderr, **group)
        except OSError as problem:
            if lend:  # to a child that got no further
                self._terminal.give(os.getpgrp())
            raise explained(problem, argv[0], cwd) from None
        self._pass_on(self._process.pid)
        if self._suspended:
            self._terminal.suspend(self._process.pid)

    def wait(self, limit: Limit | None, wakeup: int) -> int:
        """Wait for its end, and if it was told to end, for that of its group.

        :param wakeup: what becomes readable when a signal arrives, see `signals.wakeup`.
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
            signals.end_group(group, signals.PATIENCE if self.received else GRACE)
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
            self._pending.append((number, len(self.received)))
            if group is not None:
                self._pass_on(group)

    def _pass_on(self, group: int) -> None:
        """Pass on what has come, also while there was nobody to pass it on to; each once, whoever interrupts this."""
        with contextlib.suppress(IndexError):
            while True:
                number, count = self._pending.popleft()
                signals.forward(group, number, count=count)

    def _expire(self, group: int | None) -> None:
        if group is not None:
            signals.send(group, signal.SIGKILL if self.expired else signal.SIGTERM)
            self.expired = True
            signal.setitimer(signal.ITIMER_REAL, GRACE)
