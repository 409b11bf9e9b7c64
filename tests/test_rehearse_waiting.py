"""Waits of a rehearsal that take long: it says what for."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS
from test_rehearse import SERVER, VENUES, rehearse, write
from test_rehearse_cluster import STUBBORN

from s2itasks.rehearse.long_wait import LongWait

BASH = "#!/bin/bash\n"


def test_what_is_said_of_a_long_wait(tmp_path: Path) -> None:
    """After 30 s, and each 60 s: the last step that the log speaks of, and how long that has taken."""
    log, now = tmp_path / "log", [0.0]
    log.write_bytes(b"")
    wait = LongWait(log, lambda: now[0])
    said = []
    for seconds, written in (
        (1, b"---> deploy: run"),
        (10, b"ning deploy\nstarted\n"),
        (20, b"---> no phase\n" + 9000 * b"x"),
        (31, b"x"),
        (60, b""),
        (80, b"\n---> run: becoming run\n"),
        (90, b""),
        (149, b""),
        (151, b""),
    ):
        now[0] = seconds
        with log.open("ab") as file:
            file.write(written)
        said.append(wait.look())
    assert [each for each in said if each] == [
        "not ready after 31 s; for 21 s: deploy: running deploy",
        "not ready after 90 s; for 10 s: run: becoming run",
        "not ready after 151 s; for 71 s: run: becoming run",
    ]
    silent = LongWait(tmp_path / "log", iter([0.0, 30.0]).__next__)
    log.write_bytes(b"")
    assert silent.look() == "not ready after 30 s"


@pytest.mark.slow
def test_a_deploy_hook_that_does_not_end(tmp_path: Path) -> None:
    """It is named before the wait is over."""
    write(tmp_path / "source" / "app.py", SERVER)
    write(tmp_path / "source" / ".s2i" / "action_hooks" / "deploy", f"{BASH}exec sleep 300\n", 0o755)
    done = rehearse("source", "--check", "--root", "root", "--wait", "31", cwd=tmp_path)
    assert done.returncode == 1
    (said,) = (line for line in done.stderr.splitlines() if "rehearse: not ready after " in line)
    assert said.endswith(" s: deploy: running .s2i/action_hooks/deploy")


@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_ctrl_c_for_an_application_that_does_not_end(tmp_path: Path, venue: str) -> None:
    """It says what it waits for, and how long at most."""
    write(tmp_path / "source" / "app.py", STUBBORN)
    argv = [str(S2ITASKS), "rehearse", "source", "--root", "root", venue]
    staying = subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert staying.stderr is not None
    assert any("Ctrl-C ends it" in line for line in staying.stderr)
    staying.send_signal(signal.SIGINT)
    _, said = staying.communicate(timeout=30)
    waits = "waiting for the application, which has not ended at SIGTERM: SIGKILL in 9 s"
    assert (staying.returncode, said.splitlines()) == (0, [f"---> rehearse: {waits}"])
