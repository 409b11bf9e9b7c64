"""Being told to stop: the hook is told too, the phase ends at once, and nothing follows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from application import Application
from signals import ANNOUNCE, RUN_AGAIN, WAIT, announced, fifo, is_alive

pytestmark = pytest.mark.every_form

OTHERS = ("pre_build", "build_env", "assemble")
LEFT_BEHIND = "the shell ends, and as by hand nobody ends what it has waited for"
SIGNALS = [signal.SIGQUIT, signal.SIGTERM, signal.SIGINT, signal.SIGHUP]  # the first one every day: bash ignores it


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("deploy", number) for number in SIGNALS),
        *(
            pytest.param("deploy_env", number, marks=pytest.mark.before_launcher(LEFT_BEHIND))
            for number in (signal.SIGTERM, signal.SIGHUP)
        ),
        *((name, signal.SIGTERM) for name in OTHERS),
        *(pytest.param(name, signal.SIGINT, marks=pytest.mark.slow) for name in OTHERS),
    ],
)
def test_a_signal_ends_the_phase(application: Application, name: str, number: signal.Signals) -> None:
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


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "words",
    [
        *("exec sleep 300", "ready", "run"),
        *(pytest.param(words, marks=pytest.mark.slow) for words in ("shell", "migrate")),
    ],
)
@pytest.mark.before_launcher(LEFT_BEHIND)
def test_a_signal_ends_what_an_env_script_waits_for(application: Application, words: str) -> None:
    """A shell by itself hears of nothing as long as it waits for a process."""
    application.variables["FIFO"] = str(fifo(application.root))
    waiting = application.write(application.root / "waiting", f"#!/bin/bash\n{ANNOUNCE}\nexec sleep 300\n", 0o755)
    application.env_script("deploy_env", f"{waiting}\nA=1")
    for name in ("ready", "migrate"):
        application.hook(name, 'echo ran >>"$LOG"')
    application.builder("run", 'echo ran >>"$LOG"')
    process = application.start(*words.split())
    child = announced(Path(application.variables["FIFO"]), process)
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 143
    assert err.decode().splitlines()[-1] == f"s2itasks: error: stopped by SIGTERM; {RUN_AGAIN}"
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


@pytest.mark.parametrize("name", ["deploy", "ready"])
def test_a_second_signal_is_forwarded_too(application: Application, name: str) -> None:
    """A hook that takes its time over SIGTERM hears of an impatient SIGINT."""
    application.variables["FIFO"] = str(fifo(application.root))
    application.hook(name, f"trap '{ANNOUNCE}' TERM\ntrap 'exit 1' INT\n{ANNOUNCE}\n{WAIT}")
    process = application.start(name, "--timeout", "60")
    announced(Path(application.variables["FIFO"]), process)
    process.send_signal(signal.SIGTERM)
    announced(Path(application.variables["FIFO"]), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 143


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("deploy", number) for number in SIGNALS),
        *((name, signal.SIGTERM) for name in ("deploy_env", "assemble", "ready")),
    ],
)
def test_as_pid_1(application: Application, name: str, number: signal.Signals) -> None:
    """The kernel drops a signal that PID 1 has no handler for; powershift-image waits out its grace period there."""
    application.variables["FIFO"] = str(fifo(application.root))
    waiting = f"{ANNOUNCE}\n{WAIT}"
    if name == "assemble":
        application.builder(name, waiting)
    else:
        application.hook(name, waiting)
    command = {"assemble": "assemble", "ready": "ready --timeout 60"}.get(name, "run")
    unshare = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no PID namespaces here")
    container = subprocess.Popen(
        [*unshare, "bash", "-c", f'echo $$ >>"$LOG"; exec {application.called()} {command}'],
        env=application.environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    announced(Path(application.variables["FIFO"]), container)
    assert application.logged == ["1"]
    child = int(Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text().split()[0])
    os.kill(child, number)
    container.communicate(timeout=30)
    assert container.returncode == 128 + number


def test_a_signal_that_the_caller_ignores_stays_ignored(application: Application) -> None:
    """``nohup s2itasks ...`` survives the hangup."""
    application.hook("deploy", "kill -HUP $PPID; echo survived")
    done = subprocess.run(
        ["bash", "-c", f"trap '' HUP; exec {application.called()} deploy"],
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


def test_a_nested_s2itasks_stops_its_own_hook(application: Application) -> None:
    """deploy calls migrate; what that runs may clean up, and is no orphan."""
    application.variables["FIFO"] = str(fifo(application.root))
    application.hook("deploy", "s2itasks migrate --timeout 60")
    application.hook("migrate", f"trap 'sleep 0.5; echo cleaned >>\"$LOG\"; exit' TERM\n{ANNOUNCE}\n{WAIT}")
    process = application.start("run")
    child = announced(Path(application.variables["FIFO"]), process)
    process.terminate()
    assert (process.wait(timeout=30), application.logged) == (143, ["cleaned"])  # and not when its stderr is closed
    assert not is_alive(child)
    process.communicate()


@pytest.mark.parametrize("name", ["deploy", "ready"])
def test_the_third_signal_kills(application: Application, name: str) -> None:
    """A hook that wants to hear nothing does not hold anybody up."""
    application.variables["FIFO"] = str(fifo(application.root))
    # bash may forget a signal that comes at the end of its own trap; so the loop announces it, not the trap.
    announcing = f'while :; do sleep 0.05; if [ "$heard" ]; then heard=; {ANNOUNCE}; fi; done'
    application.hook(name, f"trap heard=yes TERM\n{ANNOUNCE}\n{announcing}")
    process = application.start(name, "--timeout", "60")
    announced(Path(application.variables["FIFO"]), process)
    for _ in range(2):
        process.terminate()
        announced(Path(application.variables["FIFO"]), process)  # the hook has got it, and goes on
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.08, 0.11, 0.14, 0.17, 0.2])
def test_a_signal_while_it_starts(application: Application, delay: float) -> None:
    """In the middle of an import an exception could be swallowed; the process simply ends."""
    application.variables["FIFO"] = str(fifo(application.root))
    application.hook("deploy", 'read -r line <"$FIFO"')  # nobody writes
    process = application.start("deploy")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=delay)
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode in (143, -15)  # the latter before Python itself was ready
    assert b"Traceback" not in err
    assert b"ignored" not in err


def test_a_parent_that_ignores_the_end_of_its_children(application: Application) -> None:
    """The kernel would keep no status for us either."""
    application.hook("deploy", "exit 3")
    application.hook("migrate", "if")
    ignoring = "import os, signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    for name, status, said in (("deploy", 3, "ended with status 3"), ("migrate", 2, "has a syntax error")):
        start = f"{ignoring}; os.execl({application.called()!r}, 's2itasks', {name!r}, '--timeout', '60')"
        done = subprocess.run(
            [sys.executable, "-c", start], env=application.environ(), capture_output=True, check=False
        )
        assert (done.returncode, said in done.stderr.decode()) == (status, True)


@pytest.mark.before_launcher("bash cannot change what was ignored when it started, and passes that on")
def test_what_it_becomes_hears_of_the_end_of_its_children(application: Application) -> None:
    """Under the same parent; a Python that the kernel keeps no status for takes each child for a success."""
    asks = "import subprocess, sys; sys.exit(subprocess.run(['sh', '-c', 'exit 3']).returncode)"
    application.hook("migrate", f"#!{sys.executable}\n{asks}\n")
    start = "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", start, application.called(), "migrate"]
    assert application.run(*command).status == 3
