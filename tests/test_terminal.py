"""On a terminal: Ctrl-C, Ctrl-Z and reading from it work for a hook as for any command of a shell."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pexpect
import pytest
from application import S2ITASKS, Application

COUNTING = 'trap \'echo "got INT" >>"$LOG"; exit 9\' INT\necho waiting\nwhile :; do sleep 0.05; done'
# Goes on once somebody has opened the FIFO to write.
WORKING = 'echo working; read -r line <fifo; echo done >>"$LOG"'


@pytest.fixture
def shell(application: Application) -> Iterator[pexpect.spawn[str]]:
    """An interactive bash on a terminal of its own, in the source directory."""
    environ = application.environ({"TERM": "dumb", "PS1": "$ "})
    spawned = pexpect.spawn(
        "bash", ["--norc", "-i"], env=environ, cwd=str(application.source), encoding="utf-8", timeout=20, echo=False
    )
    spawned.expect(r"\$ ")
    yield spawned
    spawned.close(force=True)


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["deploy", "ready", "ready --timeout 60"])
def test_ctrl_c_reaches_the_hook_once(application: Application, shell: pexpect.spawn[str], phase: str) -> None:
    """Not once by the terminal and once more by us."""
    application.hook(phase.split(maxsplit=1)[0], COUNTING)
    shell.sendline(f"{S2ITASKS} {phase}; echo status $?")
    shell.expect("waiting")
    shell.sendintr()
    shell.expect(r"status (\d+)")
    assert application.logged == ["got INT"]


def test_ctrl_c_ends_jobs(application: Application, shell: pexpect.spawn[str]) -> None:
    """Who presses it means all of them, not just the one that runs."""
    application.job("hourly", "1", "echo waiting; sleep 300")
    application.job("hourly", "2", 'echo ran >>"$LOG"')
    shell.sendline(f"{S2ITASKS} jobs hourly; echo the end: $?")
    shell.expect("waiting")
    shell.sendintr()
    shell.expect(r"the end: (\d+)")
    assert isinstance(shell.match, re.Match)
    assert (shell.match[1], application.logged) == ("130", [])


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["deploy", "ready", "exec bash -c 'echo working; read -r line; echo got $line'"])
def test_ctrl_z_and_fg(application: Application, shell: pexpect.spawn[str], phase: str) -> None:
    """The shell gets its prompt back, and the hook goes on where it was."""
    for name in ("deploy", "ready"):
        application.hook(name, "echo working; read -r line; echo got $line")
    shell.sendline(f"{S2ITASKS} {phase}")
    shell.expect("working")
    shell.sendcontrol("z")
    shell.expect("Stopped")
    shell.expect(r"\$ ")
    shell.sendline("fg >/dev/null; echo status $?")
    shell.sendline("typed")
    shell.expect("got typed")
    shell.expect("status 0")


def test_a_hook_can_ask_on_the_terminal(application: Application, shell: pexpect.spawn[str]) -> None:
    """createsuperuser does; it is a terminal on all three descriptors."""
    application.hook("deploy", '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && read -r -p "name? " name && echo "hello $name"')
    shell.sendline(f"{S2ITASKS} deploy")
    shell.expect(r"name\? ")
    shell.sendline("you")
    shell.expect("hello you")


def test_a_hook_in_a_pipeline_can_ask_on_the_terminal(application: Application, shell: pexpect.spawn[str]) -> None:
    """``s2itasks deploy | tee log``: the other member of the pipeline keeps running."""
    application.hook("deploy", 'read -r -p "name? " name </dev/tty; echo "hello $name"')
    shell.sendline(f"{S2ITASKS} deploy | cat; echo statuses ${{PIPESTATUS[*]}}")
    shell.expect(r"name\? ")
    shell.sendline("you")
    shell.expect("hello you")
    shell.expect("statuses 0 0")


def test_the_terminal_is_given_back(application: Application, shell: pexpect.spawn[str]) -> None:
    """After a hook that ran in the foreground, the next command reads from it."""
    application.hook("pre_build", "read -r line; echo first $line")
    application.hook("deploy", "read -r line; echo second $line")
    shell.sendline(f"{S2ITASKS} pre_build deploy; read -r line; echo third $line")
    for word in ("first", "second", "third"):
        shell.sendline(word)
        shell.expect(f"{word} {word}")


def test_in_the_background_it_leaves_the_terminal_alone(application: Application, shell: pexpect.spawn[str]) -> None:
    """``s2itasks deploy &`` does not take it from the shell."""
    os.mkfifo(application.source / "fifo")
    application.hook("deploy", WORKING)
    shell.sendline(f"{S2ITASKS} deploy &")
    shell.expect("working")
    shell.sendline("read -r line; echo read $line; echo >fifo; wait $!; echo status $?")
    shell.sendline("typed")
    shell.expect("read typed")
    shell.expect("status 0")
    assert application.logged == ["done"]


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["deploy", f"exec bash -c '{WORKING}'"])
def test_ctrl_z_and_bg(application: Application, shell: pexpect.spawn[str], phase: str) -> None:
    """The hook goes on in the background, and the shell keeps its terminal."""
    os.mkfifo(application.source / "fifo")
    application.hook("deploy", WORKING)
    shell.sendline(f"{S2ITASKS} {phase}")
    shell.expect("working")
    shell.sendcontrol("z")
    shell.expect("Stopped")
    shell.sendline("bg >/dev/null; read -r line; echo read $line")
    shell.sendline("typed")
    shell.expect("read typed")
    shell.sendline("echo >fifo; wait; echo status $?")
    shell.expect("status 0")
    assert application.logged == ["done"]


def test_ctrl_z_in_a_pipeline(application: Application, shell: pexpect.spawn[str]) -> None:
    """The hook stops with the other members, and goes on with them."""
    application.hook("deploy", 'until [ -e go ]; do echo >>"$LOG"; echo working; sleep 0.1; done; echo finished')
    shell.sendline(f"{S2ITASKS} deploy | cat")
    shell.expect("working")
    shell.sendcontrol("z")
    shell.expect("Stopped")
    shell.sendline("cat $LOG | wc -l; sleep 0.5; cat $LOG | wc -l; echo counted")
    shell.expect(r"(\d+)\r\n(\d+)\r\ncounted")
    first, second = str(shell.after).split()[:2]
    assert first == second
    (application.source / "go").touch()
    shell.sendline("fg >/dev/null; echo statuses ${PIPESTATUS[*]}")
    shell.expect("finished")
    shell.expect("statuses 0")


def test_another_member_of_a_pipeline_may_read_the_terminal(
    application: Application, shell: pexpect.spawn[str]
) -> None:
    """A pager does; neither a hook nor an env script takes the terminal from it."""
    application.env_script("deploy_env", "A=1")
    application.job("hourly", "1", "echo line")
    shell.sendline(f"{S2ITASKS} jobs hourly 2>/dev/null | (cat; read -r line </dev/tty; echo got $line)")
    shell.expect("line")
    shell.sendline("typed")
    shell.expect("got typed")


def test_another_member_may_read_the_terminal_while_a_hook_runs(
    application: Application, shell: pexpect.spawn[str]
) -> None:
    """A hook that does not ask for the terminal is not given it there."""
    os.mkfifo(application.source / "fifo")
    application.hook("deploy", "echo running; read -r line <fifo")
    reader = "read -r line; echo $line; read -r line </dev/tty; echo got $line; echo >fifo"
    shell.sendline(f"{S2ITASKS} deploy | ({reader}); echo status $?")
    shell.expect("running")
    shell.sendline("typed")
    shell.expect("got typed")
    shell.expect("status 0")


def test_in_the_background_it_waits_for_the_terminal(application: Application, shell: pexpect.spawn[str]) -> None:
    """A hook that wants to read is stopped with its job until somebody brings that to the front."""
    application.hook("deploy", "read -r line </dev/tty; echo got $line")
    shell.sendline(f"{S2ITASKS} deploy &")
    shell.expect(r"\[1\]")
    shell.sendline("until jobs -s | grep -i stop; do sleep 0.1; done")
    shell.expect("Stopped")
    shell.sendline("fg >/dev/null")
    shell.sendline("typed")
    shell.expect("got typed")


def test_the_terminal_comes_back_from_what_could_not_be_started(
    application: Application, shell: pexpect.spawn[str]
) -> None:
    """It was lent to the child's group, of which nothing is left; the next job asks on it."""
    busy = application.job("hourly", "1", "")
    shutil.copyfile("/bin/true", busy)
    application.job("hourly", "2", 'read -r -p "name? " name && echo "hello $name"')
    with busy.open("ab"):  # so the kernel refuses to run it
        shell.sendline(f"{S2ITASKS} jobs hourly")
        shell.expect("Text file busy")
        shell.expect(r"name\? ")
        shell.sendline("you")
        shell.expect("hello you")
