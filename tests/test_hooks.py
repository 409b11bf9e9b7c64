"""How hooks are run: in place, with our descriptors, and with a clear word on those that cannot be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import random_user
from application import S2ITASKS, Application

pytestmark = pytest.mark.every_form

HOOK = ".s2i/action_hooks/ready"


def test_a_hook_knows_where_it_is(application: Application) -> None:
    """$0 is its absolute path and it runs in the source directory, so helper files beside it are found."""
    hook = application.hook("ready", 'echo "$0 $PWD $(pwd -P)"')
    done = application.s2itasks("ready", cwd=Path("/"))
    assert done.out == f"{hook} {application.source} {application.source}\n"


@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_pwd_is_where_a_hook_is(application: Application, phase: str) -> None:
    """For programs that believe it; bash looks for itself."""
    application.hook(phase, "#!/usr/bin/env python3\nimport os\nprint(os.environ['PWD'])\n")
    done = application.s2itasks(phase, cwd=Path("/"), env={"PWD": "/"})
    assert done.out == f"{application.source}\n"


def test_a_missing_hook_is_nothing(application: Application) -> None:
    """It is skipped without a word."""
    done = application.s2itasks("ready")
    assert (done.status, done.out, done.err) == (0, "", "")


@pytest.mark.many_cases
@pytest.mark.parametrize("status", [0, 1, 3, 77, 124, 126, 127, 255])
@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_the_status_is_the_hooks(application: Application, phase: str, status: int) -> None:
    """Whether it becomes the hook or waits for it."""
    application.hook(phase, f"exit {status}")
    assert application.s2itasks(phase).status == status


@pytest.mark.many_cases
@pytest.mark.parametrize("name", ["TERM", "KILL", "SEGV", "PIPE"])
@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_the_status_of_a_killed_hook_is_a_shells(application: Application, phase: str, name: str) -> None:
    """128+n, or the signal itself where the process became the hook."""
    application.hook(phase, f"kill -{name} $$")
    number = int(subprocess.run(["bash", "-c", f"kill -l {name}"], capture_output=True, check=True).stdout)
    assert application.s2itasks(phase).status in (128 + number, -number)


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["ready", "deploy", "build", "pre_build"])
def test_a_hook_without_run_bit_stops_the_phase(application: Application, phase: str) -> None:
    """With the command that gives it one for good."""
    application.hook(phase, "true", mode=0o644)
    done = application.s2itasks(phase)
    path = f".s2i/action_hooks/{phase}"
    assert done.status == 126
    assert done.error == f"{path} is not executable; in the repository: git update-index --chmod=+x {path}"


@pytest.mark.parametrize("text", ["echo hello", "\n#!/bin/sh\necho hello", "  # a comment\necho hello"])
def test_a_hook_without_shebang_is_run_by_bash(application: Application, text: str) -> None:
    """As bash would run it; its own bashisms work."""
    application.write(application.source / HOOK, f"{text}\n[[ $0 == /* ]]\n", 0o755)
    assert application.s2itasks("ready").succeeded().out == "hello\n"


def test_an_empty_hook_succeeds(application: Application) -> None:
    """A file of no bytes is a script that does nothing."""
    application.write(application.source / HOOK, b"", 0o755)
    assert application.s2itasks("ready").succeeded().out == ""


def test_a_hook_can_be_any_program(application: Application) -> None:
    """The shebang decides."""
    application.hook("ready", "#!/usr/bin/env python3\nimport sys\nprint(sys.argv)\n")
    assert application.s2itasks("ready").succeeded().out == f"['{application.source / HOOK}']\n"


def test_a_binary_can_be_a_hook(application: Application) -> None:
    """Nothing is expected of its first line."""
    application.write(application.source / HOOK, Path("/bin/true").read_bytes(), 0o755)
    application.s2itasks("ready").succeeded()


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["ready", "deploy", "deploy_env"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"#!/bin/bash\r\necho hello\r\n", "has Windows line endings"),
        (b"\xef\xbb\xbf#!/bin/bash\necho hello\n", "begins with a byte-order mark"),
    ],
)
def test_what_windows_does_to_scripts_is_said(application: Application, phase: str, text: bytes, said: str) -> None:
    """One message names the file and the cure."""
    application.hook(phase, text)
    done = application.s2itasks(phase)
    assert done.status == 126
    assert done.error.startswith(f".s2i/action_hooks/{phase} {said}")


@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_a_missing_interpreter_is_named(application: Application, phase: str) -> None:
    """The kernel only says that something does not exist, and everybody looks for the hook."""
    application.hook(phase, "#!/opt/nothing/bin/python -u\n")
    done = application.s2itasks(phase)
    assert done.status == 127
    assert "asks for the interpreter '/opt/nothing/bin/python -u', which is not there" in done.error


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["ready", "deploy", "deploy_env"])
def test_a_directory_in_place_of_a_hook_is_refused(application: Application, phase: str) -> None:
    """So is a link to nothing."""
    place = application.source / ".s2i" / "action_hooks" / phase
    place.mkdir(parents=True)
    assert (application.s2itasks(phase).status, application.s2itasks(phase).error) == (
        126,
        f".s2i/action_hooks/{phase} is a directory, where a script is expected; move it away",
    )
    place.rmdir()
    place.symlink_to("nowhere")
    assert "is a link to nothing" in application.s2itasks(phase).error


def test_a_source_directory_that_is_not_there_is_said(application: Application) -> None:
    """Exec needs none, a phase that has a builder to run does."""
    application.builder("run", "true")
    environ = {"S2I_SOURCE_PATH": "/nowhere/src"}
    assert "the source directory /nowhere/src does not exist" in application.s2itasks("run", env=environ).error
    application.s2itasks("exec", "true", env=environ).succeeded()


@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_a_hook_has_our_stdin(application: Application, phase: str) -> None:
    """Setup reads a password from it, and nothing is read ahead."""
    application.hook(phase, "read -r line; echo got $line")
    assert application.s2itasks(phase, stdin=b"one\ntwo\n").succeeded().out == "got one\n"


@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_a_hook_has_our_other_descriptors(application: Application, tmp_path: Path, phase: str) -> None:
    """A lock that the caller holds on descriptor 7 stays held; nothing of ours is added."""
    application.hook(phase, "ls /proc/self/fd | tr '\\n' ' '; echo through >&7")
    with (tmp_path / "seven").open("wb") as seven:
        done = subprocess.run(
            ["bash", "-c", f'exec 7>&{seven.fileno()} {seven.fileno()}>&-; exec "$@"', "bash", S2ITASKS, phase],
            env=application.environ(),
            pass_fds=[seven.fileno()],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    assert (tmp_path / "seven").read_text() == "through\n"
    assert done.stdout.split() == [b"0", b"1", b"2", b"3", b"7"]  # 3 is the directory that ls reads


@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_a_hook_that_leaves_a_daemon_behind_ends_when_it_ends(application: Application, phase: str) -> None:
    """The daemon holds our stdout open and lives on."""
    application.hook(phase, 'sleep 300 &\necho $! >>"$LOG"')
    process = application.start(phase)
    assert process.wait(timeout=30) == 0
    daemon = int(application.logged[0])
    os.kill(daemon, 0)
    os.kill(daemon, 9)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()


def test_a_large_output_passes_at_its_own_speed(application: Application) -> None:
    """20 MB through invoke's own runner take a minute; here they are not ours to carry."""
    application.hook("deploy", "head -c 20000000 /dev/zero")
    assert len(application.s2itasks("deploy", timeout=20).stdout) == 20_000_000


def test_layout_variables_are_there_for_every_hook(application: Application) -> None:
    """With the defaults of the images filled in."""
    names = "S2I_APPLICATION_PATH S2I_SOURCE_PATH S2I_SCRIPTS_PATH S2I_UPLOAD_PATH"
    application.hook("ready", f'for name in {names}; do echo "${{!name}}"; done')
    assert application.s2itasks("ready").out.splitlines() == [
        str(application.path),
        str(application.source),
        str(application.scripts),
        str(application.upload),
    ]
    assert application.s2itasks("ready", env={"APP_ROOT": "/elsewhere"}).out.startswith(f"{application.path}\n")
    application.hook("pre_build", 'echo "$S2I_UPLOAD_PATH"')
    assert application.s2itasks("pre_build").succeeded().out == f"{application.upload}\n"


def test_hook_commands_that_go_well_are_silent(application: Application) -> None:
    """A probe's output is the hook's and nothing else."""
    for command in ("verify", "ready", "alive", "setup", "migrate"):
        application.hook(command, f"echo {command} >&2")
        application.env_script("deploy_env", "A=1")
        done = application.s2itasks(command).succeeded()
        assert (done.out, done.err) == ("", f"{command}\n")


def test_a_hook_command_becomes_its_hook(application: Application) -> None:
    """Same PID, so that a probe's timeout kills the hook and nothing is left."""
    application.hook("alive", "echo $$")
    process = application.start("alive")
    out, _ = process.communicate(timeout=30)
    assert int(out) == process.pid


def test_two_hook_commands_both_run(application: Application) -> None:
    """Only the last of a command line may replace the process."""
    application.hook("migrate", "echo migrate")
    application.hook("setup", "echo setup")
    assert application.s2itasks("migrate", "setup").succeeded().out == "migrate\nsetup\n"


def test_builder_scripts_that_are_missing_or_not_executable_are_named(application: Application) -> None:
    """A set S2I_SCRIPTS_PATH is meant: no other builder is taken instead."""
    done = application.s2itasks("run")
    assert done.status == 2
    assert done.error.startswith(f"the builder has no 'run': {application.scripts / 'run'} does not exist")
    application.builder("run", "true").chmod(0o644)
    assert application.s2itasks("run").status == 126


def test_a_builder_script_without_run_bit_is_the_images(application: Application) -> None:
    """No repository can mend it."""
    script = application.builder("run", "true")
    script.chmod(0o644)
    assert application.s2itasks("run").error == f"{script} is not executable; in the image: chmod +x {script}"


def test_the_same_command_twice(application: Application) -> None:
    """Each of them runs; only the last replaces the process."""
    application.hook("migrate", "echo migrate")
    application.hook("verify", "echo verify")
    done = application.s2itasks("migrate", "verify", "migrate").succeeded()
    assert done.out == "migrate\nverify\nmigrate\n"


@pytest.mark.parametrize("phase", ["ready", "deploy"])
def test_a_hook_that_only_says_it_is_a_script(application: Application, phase: str) -> None:
    """``#!`` with nothing behind it is no shebang for the kernel; bash takes the rest."""
    application.hook(phase, "#!\necho hello\n")
    assert application.s2itasks(phase).succeeded().out == "hello\n"


def test_a_hooks_directory_that_may_not_be_entered(application: Application) -> None:
    """That there is a hook cannot be seen, so it must not pass for missing."""
    python = random_user.interpreter()
    if python is None:
        pytest.skip("needs root and a public Python")
    application.hook("ready", "exit 1").parent.chmod(0o700)
    random_user.open_to(application.root)
    argv = [*random_user.prefix(), "sh", "-c", 'exec "$@"', "sh", *random_user.command(python), "ready"]
    done = subprocess.run(argv, env=application.environ(), cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        126,
        (
            "s2itasks: error: .s2i/action_hooks/deploy_env cannot be read: this user may not enter its directory; "
            "look at its owner and mode (ls -ld .s2i/action_hooks/deploy_env)\n"
        ),
    )


def test_a_program_that_nobody_may_read(application: Application) -> None:
    """The kernel starts it all the same, as long as it is a binary."""
    python = random_user.interpreter()
    if python is None:
        pytest.skip("needs root and a public Python")
    application.write(application.source / HOOK, Path("/bin/true").read_bytes(), 0o711)
    random_user.open_to(application.root)
    argv = [*random_user.prefix(), "sh", "-c", 'exec "$@"', "sh", *random_user.command(python), "ready"]
    done = subprocess.run(argv, env=application.environ(), cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
