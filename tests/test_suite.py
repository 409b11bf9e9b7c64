"""The suite itself: what the machine that runs it does to signals reaches no process under test."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from signals import masks

HOSTILE = (
    *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD),
    *(signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGALRM, signal.SIGUSR1),
)


def test_a_child_gets_default_signals() -> None:
    """None is blocked or ignored, whoever started pytest."""
    done = subprocess.run(["grep", "^Sig[BI]", "/proc/self/status"], capture_output=True, text=True, check=True)
    assert masks(done.stdout) == [0, 0]


@pytest.mark.slow
def test_a_parent_that_ignores_and_blocks_signals() -> None:
    """The test before this one passes all the same; and one that fails is still seen to fail."""
    start = f"""
import os, signal, sys
for number in {[int(number) for number in HOSTILE]}:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_SETMASK, {[int(number) for number in HOSTILE]})
os.execv(sys.executable, [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[1:]])
"""
    chosen = f"{__file__}::{test_a_child_gets_default_signals.__name__}"
    done = subprocess.run([sys.executable, "-c", start, chosen], capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout
