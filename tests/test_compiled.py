"""What pods run all day: the compiled program on PATH, with what nobody may lose by its being compiled.

`./inv conformance` runs much more through it; these are its promises, in every everyday run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from application import Application
from limits import timed_out
from signals import ANNOUNCE, RUN_AGAIN, WAIT, announced, fifo, is_alive

# Each way to a hook or command: becoming it, watching it, and through the phases of `run`.
WAYS = ("exec {show}", "ready", "ready --timeout 50", "run")
WATCHERS = ["launcher", "runtime"]  # the compiled program, and Python
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
STUBBORN = 'trap "" TERM\nsleep 300 &\necho $! $$ >>"$LOG"\nwhile :; do sleep 0.05; done'

# Logs which program watches it, and the signal that it waits for; SIGTERM, which follows some, is not to end it before.
RECEIVER = """#!/usr/bin/env python3
import os, signal
number = signal.Signals(int(os.environ["NUMBER"]))
signal.pthread_sigmask(signal.SIG_BLOCK, {number, signal.SIGTERM})
with open(os.environ["LOG"], "a") as log:
    print(os.path.basename(os.readlink(f"/proc/{os.getppid()}/exe")), file=log)
with open(os.environ["FIFO"], "w") as fifo:
    print("ready", os.getpid(), file=fifo)
received = signal.Signals(signal.sigwait({number}))
with open(os.environ["LOG"], "a") as log:
    print(received.name, file=log)
"""


@pytest.fixture
def compiled(application: Application) -> Application:
    """An application that is called through its compiled program, as a container's runtime does."""
    application.form = "launcher"
    return application


def shown(application: Application, way: str, text: str, *, stdin: bytes = b"", **variables: str) -> str:
    """Have what ``way`` gets to run a script of bash, and return its stdout."""
    show = application.write(application.root / "show", f"#!/bin/bash\n{text}\n", 0o755)
    application.hook("ready", text)
    application.builder("run", text)
    words = way.format(show=show).split()
    return application.s2itasks(*words, env=variables, stdin=stdin).succeeded().out


@pytest.mark.parametrize("way", WAYS)
def test_what_the_operator_sets_wins(compiled: Application, way: str) -> None:
    """``oc set env`` over ``.s2i/environment``, also where it is set to nothing; that only fills in."""
    compiled.write(compiled.source / ".s2i" / "environment", "A=file\nB=file\nC=file\n")
    compiled.env_script("deploy_env", "D=$A$C")
    out = shown(compiled, way, 'echo "$A|$B|$C|$D"', A="operator", B="")
    assert out == "operator||file|operatorfile\n"


@pytest.mark.parametrize("way", WAYS)
def test_the_activation_is_sourced_once(compiled: Application, way: str) -> None:
    """``$BASH_ENV`` before deploy_env, and it is gone for every bash below."""
    activate = compiled.write(compiled.root / "activate", 'echo sourced >>"$LOG"\nexport N=activated\n')
    compiled.env_script("deploy_env", "N=$N-and-ours")
    out = shown(compiled, way, 'echo "$N ${BASH_ENV-gone}"; bash -c "echo \\$N"', BASH_ENV=str(activate))
    assert (out, compiled.logged) == ("activated-and-ours gone\nactivated-and-ours\n", ["sourced"])


@pytest.mark.parametrize("way", WAYS)
def test_the_callers_directories_stay(compiled: Application, way: str) -> None:
    """``cd -`` leads where it led before; deploy_env and the activation go where they like."""
    compiled.env_script("deploy_env", "cd /")
    out = shown(compiled, way, 'echo "$OLDPWD $PWD"', OLDPWD=str(compiled.root), PWD=str(compiled.source))
    assert out == f"{compiled.root} {compiled.source}\n"


@pytest.mark.parametrize("way", WAYS)
def test_stdin_passes_through(compiled: Application, way: str) -> None:
    """Nothing is read ahead, by nobody on the way."""
    compiled.env_script("deploy_env", "A=1")
    assert shown(compiled, way, "read -r line; echo $line; cat", stdin=b"one\ntwo\n") == "one\ntwo\n"


@pytest.mark.parametrize("way", [*WAYS, "shell"])
def test_the_umask_of_deploy_env(compiled: Application, way: str) -> None:
    """A random user with group 0 needs it for files that the next one can write, too."""
    compiled.env_script("deploy_env", "umask 027")
    if way == "shell":
        assert compiled.s2itasks("shell", stdin=b"umask\n").succeeded().out == "0027\n"
    else:
        assert shown(compiled, way, "umask") == "0027\n"


@pytest.mark.many_cases
@pytest.mark.parametrize("options", [[], ["--timeout", "50"]])
@pytest.mark.parametrize("status", [0, 1, 3, 124, 126, 127, 255])
def test_the_status_is_the_hooks(compiled: Application, options: list[str], status: int) -> None:
    """Whether it becomes the hook or watches it."""
    compiled.hook("ready", f"exit {status}")
    assert compiled.s2itasks("ready", *options).status == status


@pytest.mark.parametrize("name", ["KILL", "TERM", "SEGV"])
def test_the_status_of_a_killed_hook(compiled: Application, name: str) -> None:
    """128+n where it is watched, and the signal itself where it became the hook."""
    compiled.hook("ready", f"ulimit -c 0; kill -{name} $$")
    number = signal.Signals[f"SIG{name}"]
    assert compiled.s2itasks("ready").status == -number
    done = compiled.s2itasks("ready", "--timeout", "50")
    said = (
        f"s2itasks: error: .s2i/action_hooks/ready was ended by SIG{name} (status {128 + number}); see its output above"
    )
    memory = ", and compare its memory with the container's limit" if name == "KILL" else ""
    assert (done.status, done.err) == (128 + number, f"{said}{memory}\n")


def test_the_status_of_what_cannot_be_executed(compiled: Application) -> None:
    """A shell's, with the words of the runtime behind it."""
    assert compiled.s2itasks("exec", "no-such-command").status == 127
    assert compiled.s2itasks("exec", "/etc/passwd").status == 126
    assert compiled.s2itasks("ready").status == 0
    compiled.hook("ready", "true", mode=0o644)
    assert compiled.s2itasks("ready").status == 126


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_forwarded_to_a_watched_hook(compiled: Application, number: signal.Signals) -> None:
    """It may clean up; the status tells of the signal, whatever the hook makes of it."""
    compiled.variables["FIFO"] = str(fifo(compiled.root))
    compiled.env_script("deploy_env", "A=1")
    compiled.hook("ready", RECEIVER)
    compiled.variables["NUMBER"] = str(int(number))
    process = compiled.start("ready", "--timeout", "60")
    hook = announced(Path(compiled.variables["FIFO"]), process)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert err.decode() == f"s2itasks: error: stopped by {number.name}; {RUN_AGAIN}\n"
    assert compiled.logged == ["bash", number.name]
    assert not is_alive(hook)


def test_the_options_of_a_watched_shell(compiled: Application) -> None:
    """There is no job control of ours among them."""
    compiled.env_script("deploy_env", "OPTIONS=$-")
    compiled.hook("ready", 'echo "$OPTIONS"')
    for options in ([], ["--timeout", "50"]):
        assert set(compiled.s2itasks("ready", *options).succeeded().out.strip()) == set("aehB")


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- 2>&-", "<&-"])
def test_what_is_closed_stays_closed(compiled: Application, closed: str) -> None:
    """And is not another file, which bash opens to read."""
    links = (
        "import os; found = os.listdir('/proc/self/fd'); open(os.environ['LOG'], 'w').write(' '.join(sorted(found)))"
    )
    alone = f'"{sys.executable}" -IS -c "$1" {closed}'
    through = f'"{compiled.called()}" exec -- {alone}'
    found = []
    for script in (alone, through):
        subprocess.run(["bash", "-c", script, "bash", links], env=compiled.environ(), check=True)
        found.append(compiled.log.read_text())
    assert found[0] == found[1]


@pytest.mark.parametrize("form", WATCHERS)
def test_bash_takes_no_note_of_signals(application: Application, form: str) -> None:
    """The kernel ends it while it sources deploy_env: one that it looks at later, it may look at too late."""
    application.form = form
    activation = application.write(application.root / "activate", "A=1\n")
    application.env_script("deploy_env", "CAUGHT=$(grep SigCgt /proc/$$/status)")
    for environ in ({}, {"BASH_ENV": str(activation)}):
        caught = application.s2itasks("exec", "printenv", "CAUGHT", env=environ).succeeded().out
        mask = int(caught.split()[1], 16)
        assert not [number for number in (signal.SIGTERM, signal.SIGHUP) if mask & 1 << number - 1]


@pytest.mark.parametrize("words", ["exec true", "ready", "shell"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_deploy_env_waits(compiled: Application, number: signal.Signals, words: str) -> None:
    """Bash, which waits for a process of the script, ends as it does by hand: at once, by that signal, and silently."""
    compiled.variables["FIFO"] = str(fifo(compiled.root))
    waiting = compiled.write(compiled.root / "waiting", f"#!/bin/bash\n{ANNOUNCE}\nexec sleep 300\n", 0o755)
    compiled.env_script("deploy_env", f"{waiting}\nA=1")
    compiled.hook("ready", 'echo ran >>"$LOG"')
    said = compiled.root / "said"
    with said.open("wb") as opened:
        process = subprocess.Popen(
            [compiled.called(), *words.split()],
            env=compiled.environ(),
            stdin=subprocess.DEVNULL,
            stdout=opened,
            stderr=opened,
            start_new_session=True,
        )
    child = announced(Path(compiled.variables["FIFO"]), process)
    process.send_signal(number)
    try:
        assert process.wait(timeout=30) == -number
        assert said.read_text() == ""
        assert compiled.logged == []
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("form", WATCHERS)
def test_a_suspended_process_hears_of_it(application: Application, form: str) -> None:
    """It is woken up, so that it can clean up like the others."""
    application.form = form
    application.variables["FIFO"] = str(fifo(application.root))
    stopped = "(trap 'echo cleaned >>\"$LOG\"; exit' TERM; kill -STOP $BASHPID; sleep 0.1) &"
    wait = "until read -r _ _ state _ </proc/$!/stat; [[ $state == T ]]; do :; done"
    application.hook("ready", f"trap 'wait; exit' TERM\n{stopped}\n{wait}\n{ANNOUNCE}\nwait")
    process = application.start("ready", "--timeout", "60")
    announced(Path(application.variables["FIFO"]), process)
    process.terminate()
    process.communicate(timeout=30)
    assert (process.returncode, application.logged) == (143, ["cleaned"])


@pytest.mark.parametrize("form", WATCHERS)
def test_what_ignores_sigterm_is_killed(application: Application, form: str) -> None:
    """Soon after its limit, with all that it has started; in the compiled program, and in Python."""
    application.form = form
    application.hook("ready", STUBBORN)
    _, done = timed_out(application, "ready")
    assert done.status == 124
    assert done.err.splitlines()[-1].startswith("s2itasks: error: .s2i/action_hooks/ready ")
    pids = [int(pid) for pid in application.logged[0].split()]
    assert not [pid for pid in pids if is_alive(pid)]


@pytest.mark.parametrize("form", WATCHERS)
def test_what_is_left_of_a_group_ends_at_the_limit(application: Application, form: str) -> None:
    """Also where the hook itself does as it is told."""
    application.form = form
    application.hook("ready", "(trap '' TERM; echo $BASHPID >>\"$LOG\"; exec sleep 300) &\nexec sleep 300")
    _, done = timed_out(application, "ready")
    assert done.status == 124
    (left,) = application.logged
    assert not is_alive(int(left))


@pytest.mark.many_cases
@pytest.mark.parametrize("words", ["exec {hook}", "ready", "ready --timeout 60", "run"])
def test_a_signal_as_soon_as_it_starts(compiled: Application, words: str) -> None:
    """At whatever line it arrives, what was started ends, and nothing is left behind."""
    hook = compiled.hook("ready", 'echo $$ >>"$LOG"\nexec sleep 300')
    compiled.builder("run", 'echo $$ >>"$LOG"\nexec sleep 300')
    command = [compiled.called(), *words.format(hook=hook).split()]
    for delay in range(16):
        process = subprocess.Popen(
            command, env=compiled.environ(), cwd=compiled.source, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(delay * 0.0007)  # not to wait for anything: to arrive somewhere else each time
        process.terminate()
        assert process.wait(timeout=30) in (143, -15)
    assert not [pid for pid in compiled.logged if is_alive(int(pid))]


@pytest.mark.many_cases
@pytest.mark.parametrize("moment", ["it is Python", "it hears them"])
@pytest.mark.parametrize("form", WATCHERS)
def test_many_signals_while_python_starts(application: Application, form: str, moment: str) -> None:
    """The first is the one that is said, once; at whatever line of an import they arrive, no traceback is."""

    def reached() -> bool:
        if moment == "it is Python":
            return "python" in Path(f"/proc/{process.pid}/exe").readlink().name
        (caught,) = (line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
        return all(int(caught.split()[1], 16) & 1 << number - 1 for number in (signal.SIGTERM, signal.SIGHUP))

    application.form = form
    application.variables["FIFO"] = str(fifo(application.root))
    application.env_script("deploy_env", 'read -r line <"$FIFO"')  # nobody writes: it does not end by itself
    for _ in range(10):
        process = subprocess.Popen(
            [application.called(), "env"],
            env=application.environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        status = Path(f"/proc/{process.pid}/status")
        while not reached():
            assert process.poll() is None
        for number in (signal.SIGTERM, signal.SIGHUP) * 20:
            process.send_signal(number)
        _, err = process.communicate(timeout=30)
        if moment == "it is Python" and process.returncode < 0:
            assert (process.returncode in (-15, -1), err) == (True, b"")
        else:
            name = {143: "SIGTERM", 129: "SIGHUP"}[process.returncode]
            assert err.decode() == f"s2itasks: error: stopped by {name}; {RUN_AGAIN}\n"


# What the first process of a container is doing when it is told to stop.
FIRST = {
    "deploy_env": ("deploy_env", f"{ANNOUNCE}\nwhile :; do :; done", "run"),
    "a process of deploy_env": ("deploy_env", f"{ANNOUNCE}\nsleep 300", "run"),
    "deploy": ("deploy", f"{ANNOUNCE}\n{WAIT}", "run"),
    "run": ("run", f"trap 'exit 143' TERM\n{ANNOUNCE}\n{WAIT}", "run"),
    "migrate": ("migrate", f"{ANNOUNCE}\n{WAIT}", "migrate --timeout 60"),
}


@pytest.mark.parametrize("doing", FIRST)
def test_a_signal_as_pid_1(compiled: Application, doing: str) -> None:
    """As early as can be told; the kernel drops what PID 1 has no handler for."""
    unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no PID namespaces here")
    compiled.variables["FIFO"] = str(fifo(compiled.root))
    name, text, command = FIRST[doing]
    compiled.builder("run", 'echo ran >>"$LOG"')
    compiled.hook(name, text)
    container = subprocess.Popen(
        [*unshare, compiled.called(), *command.split()], env=compiled.environ(), stderr=subprocess.DEVNULL
    )
    announced(Path(compiled.variables["FIFO"]), container)
    (first,) = Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text().split()
    os.kill(int(first), signal.SIGTERM)
    assert container.wait(timeout=10) == 143
    assert compiled.logged == []
