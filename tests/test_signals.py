"""Being told to stop: the hook is told too, the phase ends at once, and nothing follows."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS, Application
from signals import ANNOUNCE, WAIT, announced, fifo, is_alive

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("name", ["deploy", "deploy_env", "pre_build", "build_env", "assemble"])
def test_a_signal_ends_the_phase(application: Application, number: signal.Signals, name: str) -> None:
    """In a hook, an env script and the builder's script; no later phase starts, no process is left."""
    application.variables["FIFO"] = str(fifo(application.root))
    waiting = f"sleep 300 &\n{ANNOUNCE}\n{WAIT}"
    if name == "assemble":
        application.builder(name, waiting)
    else:
        application.hook(name, waiting)
    for later in ("build", "run"):
        application.hook(later, 'echo ran >>"$LOG"')
    process = application.start("run" if name.startswith("deploy") else "build" if name == "build_env" else "assemble")
    child = announced(Path(application.variables["FIFO"]), process)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert f"s2itasks: error: stopped by {number.name}" in err.decode().splitlines()[-1]
    assert application.logged == []
    assert not is_alive(child)


def test_a_hook_may_clean_up(application: Application) -> None:
    """It has the rest of the grace period; the phase has ended all the same."""
    application.variables["FIFO"] = str(fifo(application.root))
    application.hook("deploy", f"trap 'echo cleaned >>\"$LOG\"; exit 0' TERM\n{ANNOUNCE}\n{WAIT}")
    application.hook("run", 'echo ran >>"$LOG"')
    process = application.start("run")
    announced(Path(application.variables["FIFO"]), process)
    process.terminate()
    process.communicate(timeout=30)
    assert (process.returncode, application.logged) == (143, ["cleaned"])


def test_as_pid_1(application: Application) -> None:
    """The kernel drops a signal that PID 1 has no handler for; powershift-image waits out its grace period there."""
    application.variables["FIFO"] = str(fifo(application.root))
    application.hook("deploy", f"{ANNOUNCE}\n{WAIT}")
    unshare = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no PID namespaces here")
    container = subprocess.Popen(
        [*unshare, "bash", "-c", f'echo $$ >>"$LOG"; exec {S2ITASKS} run'],
        env=application.environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    announced(Path(application.variables["FIFO"]), container)
    assert application.logged == ["1"]
    child = int(Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text().split()[0])
    os.kill(child, signal.SIGTERM)
    container.communicate(timeout=30)
    assert container.returncode == 143


def test_a_signal_that_the_caller_ignores_stays_ignored(application: Application) -> None:
    """``nohup s2itasks ...`` survives the hangup."""
    application.hook("deploy", "kill -HUP $PPID; echo survived")
    done = subprocess.run(
        ["bash", "-c", f"trap '' HUP; exec {S2ITASKS} deploy"],
        env=application.environ(),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"survived\n"


def test_jobs_stop_at_a_signal(application: Application) -> None:
    """The next script is not started."""
    application.variables["FIFO"] = str(fifo(application.root))
    application.job("hourly", "1", f"{ANNOUNCE}\n{WAIT}")
    application.job("hourly", "2", 'echo ran >>"$LOG"')
    process = application.start("jobs", "hourly")
    announced(Path(application.variables["FIFO"]), process)
    process.terminate()
    process.communicate(timeout=30)
    assert (process.returncode, application.logged) == (143, [])
