"""The launcher: what it does in bash, and when it leaves a command to the pinned runtime."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from application import Application

from s2itasks import pinned
from s2itasks.layout import Layout

# In the place of the runtime stands a program that says that it was asked.
RUNTIME = "import sys\nprint('runtime', *sys.argv[1:])\n"


def launched(application: Application, *words: str, **variables: str) -> str:
    """Run the launcher as it stands, and give its stdout."""
    done = subprocess.run(
        [application.path / "bin" / "s2itasks", *words],
        env=application.environ(variables),
        cwd=application.source,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def pin(application: Application) -> Path:
    """Compile the launcher of an application."""
    layout = Layout.from_environment(application.environ())
    application.write(pinned.location(layout) / "start.py", RUNTIME)
    pinned.pin(layout, application.environ())
    return application.path / "bin" / "s2itasks"


@pytest.fixture
def usual(application: Application) -> Application:
    """The usual case: an env script, a file, hooks; pinned."""
    application.env_script("deploy_env", "A=1")
    application.write(application.source / ".s2i" / "environment", "B='2 3'\nC=it's\n")
    application.hook("ready", 'echo "ready $A $B"')
    pin(application)
    return application


def test_the_usual_case_needs_no_runtime(usual: Application) -> None:
    """exec, shell and the hook commands; a missing hook, and a process tree that has the environment."""
    assert launched(usual, "exec", "--", "printenv", "A", "B", "C") == "1\n2 3\nit's\n"
    assert launched(usual, "ready") == "ready 1 2 3\n"
    assert launched(usual, "shell") == ""
    assert launched(usual, "alive") == ""
    nested = f"{usual.path}/bin/s2itasks ready"
    assert launched(usual, "exec", "bash", "-c", f"A=changed {nested}") == "ready changed 2 3\n"


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["--list"], {}),
        (["jobs", "hourly"], {}),
        (["run"], {}),
        (["migrate", "setup"], {}),
        (["ready", "--timeout", "5"], {}),
        (["exec"], {}),
        (["exec", "--"], {}),
        (["exec", "--help"], {}),
        (["exec", "no-such-command"], {}),
        (["ready"], {"S2ITASKS_PROBE_LOG": "1"}),
        (["ready"], {"S2ITASKS_TIMEOUT_READY": "5"}),
        (["ready"], {"S2I_SOURCE_PATH": "/elsewhere"}),
        (["ready"], {"POSIXLY_CORRECT": "1"}),
        (["ready"], {"SHELLOPTS": "nounset"}),
        (["ready"], {"S2ITASKS_ENVIRONMENT": "build:/opt/app-root/src"}),
    ],
)
def test_what_is_unusual_is_the_runtimes(usual: Application, words: list[str], variables: dict[str, str]) -> None:
    """With the words as they came."""
    assert launched(usual, *words, **variables) == f"runtime {' '.join(words)}\n"


@pytest.mark.parametrize(
    "script", ["exec true", "trap '' TERM", "umask 077", "A=${BASH_SOURCE[0]}", "A=1\r\nB=2", "\ufeffA=1"]
)
def test_env_scripts_about_the_shell_are_the_runtimes(usual: Application, script: str) -> None:
    """What they do to the shell would reach the command that it becomes."""
    usual.env_script("deploy_env", script)
    pin(usual)
    assert launched(usual, "ready") == "runtime ready\n"
    usual.env_script("deploy_env", "# for s2itasks exec and a trap\nA=1\n")
    pin(usual)
    assert launched(usual, "ready") == "ready 1 2 3\n"


@pytest.mark.parametrize("name", ["action_hooks/deploy_env", "environment"])
def test_what_has_changed_since_is_the_runtimes(usual: Application, name: str) -> None:
    """Somebody edits it in a running container."""
    usual.write(usual.source / ".s2i" / name, "A=changed\n")
    assert launched(usual, "ready") == "runtime ready\n"


def test_a_hook_that_the_kernel_cannot_start_is_the_runtimes(usual: Application) -> None:
    """It says why; the environment is not evaluated a second time."""
    for text, mode in (("true", 0o755), ("#!/bin/bash\r\n", 0o755), ("#!/no/such\n", 0o755), ("#!/bin/bash\n", 0o644)):
        usual.write(usual.source / ".s2i" / "action_hooks" / "ready", text, mode)
        assert launched(usual, "ready") == "runtime ready\n"


def test_a_failing_env_script_is_explained_by_the_runtime(usual: Application) -> None:
    """With status, line and file."""
    script = usual.env_script("deploy_env", "A=1\nfalse\n")
    pin(usual)
    assert launched(usual, "ready") == f"runtime --explain {usual.source} 1 1 2 {script}\n"


def test_it_is_a_program_that_people_can_read(usual: Application) -> None:
    """And that shellcheck has nothing to say about."""
    launcher = usual.path / "bin" / "s2itasks"
    done = subprocess.run(
        [Path(sys.executable).parent / "shellcheck", launcher], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    assert max(map(len, launcher.read_text().replace(str(usual.root), "").splitlines())) < 320
