"""Running a child and becoming one, where no hook can choose the moment: the functions themselves are asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from s2itasks.process import signals
from s2itasks.process.child import _Child, run
from s2itasks.process.limits import parse
from s2itasks.process.terminal import Terminal


def test_a_signal_before_there_is_a_child() -> None:
    """It came while the child was being started, which nobody can stop; the child gets it at once."""
    with Terminal() as terminal:
        child = _Child(terminal)
        child.handle(signal.SIGTERM, None)
        with signals.wakeup() as wakeup:
            child.start(["sleep", "5"], os.environ, Path("/"), None, None)
            assert child.wait(None, wakeup) == 128 + signal.SIGTERM


class Recorder(Terminal):
    """Tells whom it was to suspend."""

    suspended: int | None = None

    def suspend(self, group: int | None) -> None:
        """Note the group."""
        self.suspended = group


def test_ctrl_z_before_there_is_a_child() -> None:
    """What is being started may run already; it is suspended with us, as soon as there is a group to be told."""
    terminal = Recorder()
    with terminal, signals.wakeup() as wakeup:
        child = _Child(terminal)
        child.handle(signal.SIGTSTP, None)
        assert terminal.suspended is None
        child.start(["sleep", "0"], os.environ, Path("/"), None, None)
        assert child._process is not None  # noqa: SLF001 - there is no other way to its PID
        assert terminal.suspended == os.getpgid(child._process.pid) != os.getpgrp()  # noqa: SLF001
        assert child.wait(None, wakeup) == 0


def test_a_caller_that_ignores_the_end_of_children() -> None:
    """Python code that uses the collection may have been started so; the child is waited for all the same."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert run(["sh", "-c", "exit 3"], env=os.environ, cwd=Path("/")) == 3
        assert signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_what_was_printed_comes_first() -> None:
    """Nothing that is still in a buffer is lost where the process becomes another."""
    become = "from s2itasks.process.execution import become; become(['/bin/echo', 'second'], env={})"
    done = subprocess.run([sys.executable, "-c", f"print('first'); {become}"], capture_output=True, check=True)
    assert done.stdout == b"first\nsecond\n"


def test_a_limit_runs_from_when_it_was_given() -> None:
    """What is started later has the rest of it; only where each process has its own, all of it."""
    whole, each = parse("50", "--timeout"), parse("50", "--timeout", each=True)
    assert whole is not None
    assert each is not None
    assert 0 < whole.remaining() < 50
    assert each.remaining() == 50
    assert whole._replace(until=0.0).remaining() > 0  # a timer takes 0 for none
