"""Limits: --timeout, the variables, and what is left when one is over."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from application import Application, Result
from limits import long_enough, timed_out
from signals import fifo, is_alive

pytestmark = pytest.mark.every_form

CURE = "find out what it waits for, or raise the limit"
NOT_A_NUMBER = "which is not a number of seconds; give a number, such as 5 or 0.5, or 0 for no limit"
# Leaves a child in its group and ignores SIGTERM, like a probe that waits for a server that never answers.
STUBBORN = 'trap "" TERM\nsleep 300 &\necho $! $$ >>"$LOG"\nwhile :; do sleep 0.05; done'


def pids(application: Application) -> list[int]:
    """Return the processes that logged themselves."""
    return [int(pid) for line in application.logged for pid in line.split()]


@pytest.mark.parametrize(
    "phase",
    ["ready", "deploy", pytest.param("migrate", marks=pytest.mark.slow), pytest.param("build", marks=pytest.mark.slow)],
)
def test_what_takes_too_long_is_stopped(application: Application, phase: str) -> None:
    """124, with the hook and the limit, soon after it, and with nothing left of its group."""
    application.hook(phase, STUBBORN)
    limit, done = timed_out(application, phase)
    assert done.status == 124
    assert done.error == f".s2i/action_hooks/{phase} timed out after {limit} s, the limit of --timeout; {CURE}"
    assert len(pids(application)) == 2
    assert not [pid for pid in pids(application) if is_alive(pid)]


def test_it_may_clean_up_shortly(application: Application) -> None:
    """SIGTERM comes first; the status is 124 whatever it makes of it."""
    wait = 'echo started >>"$LOG"\nwhile :; do sleep 0.05; done'
    application.hook("ready", f"trap 'echo cleaned >>\"$LOG\"; exit 0' TERM\n{wait}")
    _, done = timed_out(application, "ready")
    assert (done.status, application.logged) == (124, ["started", "cleaned"])


def test_what_is_in_time_is_as_without_a_limit(application: Application) -> None:
    """Its own status, its own output; a daemon that it leaves behind lives on."""
    application.hook("ready", 'echo out; sleep 300 & echo $! >>"$LOG"; exit 3')
    process = application.start("ready", "--timeout", "30")
    assert process.wait(timeout=20) == 3
    (daemon,) = pids(application)
    assert is_alive(daemon)
    os.kill(daemon, signal.SIGKILL)
    out, err = process.communicate(timeout=20)
    assert (out, err) == (
        b"out\n",
        b"s2itasks: error: .s2i/action_hooks/ready ended with status 3; see its output above\n",
    )


def test_only_the_hooks_own_group_is_killed(application: Application) -> None:
    """A daemon that went its own way lives on."""
    application.hook("deploy", 'setsid sleep 300 & echo $! >>"$LOG"; sleep 300')

    def attempt(limit: str) -> int:
        with application.start("deploy", "--timeout", limit) as process:
            return process.wait(timeout=60)

    _, status = long_enough(application, attempt)
    (daemon,) = pids(application)
    assert (status, is_alive(daemon)) == (124, True)
    os.kill(daemon, signal.SIGKILL)


def test_the_limit_covers_what_runs_first(application: Application) -> None:
    """The message names what was running."""
    application.env_script("deploy_env", 'echo $$ >>"$LOG"\nsleep 300')
    application.hook("ready", "echo ran")
    limit, done = timed_out(application, "ready")
    assert (done.status, done.out) == (124, "")
    assert done.error == f".s2i/action_hooks/deploy_env timed out after {limit} s, the limit of --timeout; {CURE}"
    assert not is_alive(pids(application)[0])


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("command", "name", "kind"),
    [
        ("assemble", "PRE_BUILD", "hook"),
        ("assemble", "BUILDER_ASSEMBLE", "builder"),
        ("assemble", "BUILD_ENV", "env script"),
        ("assemble", "BUILD", "hook"),
        ("run", "DEPLOY_ENV", "env script"),
        ("run", "DEPLOY", "hook"),
        ("ready", "READY", "hook"),
    ],
)
def test_variables_limit_single_phases(application: Application, command: str, name: str, kind: str) -> None:
    """For what assemble and run start; a limit of another phase is none of its business."""
    waiting = 'echo started >>"$LOG"; sleep 300'
    application.builder("assemble", waiting if kind == "builder" else "true")
    application.builder("run", "echo ran")
    hook = name.lower()
    if kind == "hook":
        application.hook(hook, waiting)
    elif kind == "env script":
        application.env_script(
            hook, f'[ ! -e "$S2I_SOURCE_PATH/built" ] || {{ {waiting}; }}' if hook == "build_env" else waiting
        )
        application.hook("build", "true")
        application.builder("assemble", "touch built")

    def attempt(limit: str) -> Result:
        return application.s2itasks(command, env={f"S2ITASKS_TIMEOUT_{name}": limit, "S2ITASKS_TIMEOUT_OTHER": "x"})

    limit, done = long_enough(application, attempt)
    assert (done.status, done.out, application.logged) == (124, "", ["started"])
    assert done.error.endswith(f" timed out after {limit} s, the limit of S2ITASKS_TIMEOUT_{name}; {CURE}")


@pytest.mark.parametrize("named", ["--timeout", "S2ITASKS_TIMEOUT_READY"])
def test_the_tighter_limit_counts(application: Application, named: str) -> None:
    """Of the command's and the phase's own, and it is named."""
    application.hook("ready", 'echo started >>"$LOG"; sleep 300')

    def attempt(limit: str) -> Result:
        limits = {"--timeout": "50", "S2ITASKS_TIMEOUT_READY": "50", named: limit}
        return application.s2itasks("ready", "--timeout", limits.pop("--timeout"), env=limits)

    limit, done = long_enough(application, attempt)
    assert (done.status, application.logged) == (124, ["started"])
    assert done.error.endswith(f" timed out after {limit} s, the limit of {named}; {CURE}")


def test_the_variable_may_stand_in_the_environment_file(application: Application) -> None:
    """Where S2I would bake it into the image."""
    application.write(application.source / ".s2i" / "environment", "S2ITASKS_TIMEOUT_READY=0.3\n")
    application.hook("ready", "sleep 300")
    assert application.s2itasks("ready").status == 124


@pytest.mark.many_cases
@pytest.mark.parametrize("value", ["1_0", "soon", "-1", "nan", "inf", "1s", "1,5", " 2", "٣"])
def test_garbage_is_a_usage_error(application: Application, value: str) -> None:
    """Before anything runs."""
    application.hook("ready", "echo ran")
    done = application.s2itasks("ready", f"--timeout={value}")
    assert (done.status, done.out) == (2, "")
    assert done.error == f"--timeout is {value!r}, {NOT_A_NUMBER}"
    done = application.s2itasks("ready", env={"S2ITASKS_TIMEOUT_READY": value})
    assert (done.status, done.out) == (2, "")
    assert done.error == f"S2ITASKS_TIMEOUT_READY is {value!r}, {NOT_A_NUMBER}"


@pytest.mark.parametrize("value", ["99999999999999999999", pytest.param("1e10", marks=pytest.mark.slow)])
def test_a_limit_that_nobody_lives_to_see(application: Application, value: str) -> None:
    """Longer than the kernel's timers go."""
    application.hook("ready", "echo ran")
    assert application.s2itasks("ready", f"--timeout={value}").succeeded().out == "ran\n"


@pytest.mark.parametrize("value", ["0", "0.0", ""])
def test_zero_and_nothing_are_no_limit(application: Application, value: str) -> None:
    """As if they were not there: the process becomes its hook."""
    application.hook("ready", "echo $$")
    process = application.start("ready", f"--timeout={value}", env={"S2ITASKS_TIMEOUT_READY": value})
    out, _ = process.communicate(timeout=20)
    assert int(out) == process.pid


def test_each_job_has_the_limit_to_itself(application: Application) -> None:
    """One that takes too long does not keep the others from running."""
    application.job("hourly", "1", "sleep 300")
    application.job("hourly", "2", "echo two")
    done = application.s2itasks("jobs", "hourly", "--timeout", "1.5")
    assert (done.status, done.out) == (1, "two\n")
    assert ".s2i/jobs/hourly/1 timed out after 1.5 s, the limit of --timeout" in done.err


def test_a_signal_beats_the_limit(application: Application, tmp_path: Path) -> None:
    """The status tells of the signal."""
    os.mkfifo(tmp_path / "fifo")
    application.hook("ready", f"echo >{tmp_path}/fifo\nsleep 300")
    process = application.start("ready", "--timeout", "60")
    (tmp_path / "fifo").read_text()
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 143


def test_a_limit_does_not_reach_beyond_its_command(application: Application) -> None:
    """An alarm that is still running would kill what the process becomes."""
    application.hook("migrate", 'echo migrated >>"$LOG"')

    def attempt(limit: str) -> Result:
        application.hook("ready", f"sleep {float(limit) + 0.2}; echo survived")
        return application.s2itasks("migrate", "--timeout", limit, "ready")

    _, done = long_enough(application, attempt)
    assert done.succeeded().out == "survived\n"


@pytest.mark.slow
def test_a_hundred_probes_at_once(application: Application) -> None:
    """All of them answer."""
    application.env_script("deploy_env", "A=1")
    application.hook("ready", 'echo "$A"')
    probes = [application.start("ready", "--timeout", "50") for _ in range(100)]
    assert [probe.communicate(timeout=100) for probe in probes] == [(b"1\n", b"")] * 100
    assert {probe.returncode for probe in probes} == {0}


@pytest.mark.slow
def test_build_env_that_the_builder_needs_is_limited_too(application: Application) -> None:
    """It is evaluated ahead of its turn, where its output is kept back: nobody would know what takes so long."""
    application.builder("assemble", "echo ran")
    application.env_script("build_env", "read -r nothing <>$FIFO")
    application.variables["FIFO"] = str(fifo(application.root))
    done = application.s2itasks("assemble", env={"S2ITASKS_TIMEOUT_BUILD_ENV": "1"})
    assert (done.status, done.out) == (124, "")
    assert done.error.startswith(".s2i/action_hooks/build_env timed out after 1 s, the limit of S2ITASKS_TIMEOUT_BUIL")
