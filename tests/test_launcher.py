"""The launcher: what it does in bash, and when it leaves a command to the pinned runtime."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from application import Application

import s2itasks
from s2itasks.launcher import command_program, pinned, starting
from s2itasks.layout import DECIDING, Layout
from s2itasks.phases import graph

# In the place of the runtime stands a program that says that it was asked.
RUNTIME = "import sys\nprint('runtime', *sys.argv[1:])\n"


def launched(
    application: Application, *words: str, prefix: Sequence[str] = (), said: str = "stdout", **variables: str
) -> str:
    """Run the launcher as it stands, without a terminal, and return its stdout, or stderr."""
    done = subprocess.run(
        [*prefix, application.path / "bin" / "s2itasks", *words],
        env=application.environ(variables),
        cwd=application.source,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    return str(getattr(done, said))


def pin(application: Application) -> Path:
    """Compile the launcher of an application."""
    layout = Layout.from_environment(application.environ())
    place = layout.runtime
    application.write(place / "start.py", RUNTIME)
    if not (place / "s2itasks").exists():
        (place / "s2itasks").symlink_to(Path(s2itasks.__file__).parent)
    pinned.pin(layout, application.environ(), graph)
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


def test_values_that_look_like_blanks_of_our_templates(usual: Application) -> None:
    """They are filled in once."""
    usual.write(usual.source / ".s2i" / "environment", "B=@becomes@\n")
    pin(usual)
    assert launched(usual, "exec", "printenv", "B") == "@becomes@\n"


def test_what_probes_are_called_with_needs_no_runtime(usual: Application) -> None:
    """A limit that is kept, a log that there is nothing for, a limit of a phase that has nothing to do with it."""
    assert launched(usual, "ready", "--timeout", "5") == "ready 1 2 3\n"
    assert launched(usual, "ready", "--timeout=0.0", S2ITASKS_TIMEOUT_DEPLOY="60") == "ready 1 2 3\n"
    usual.hook("alive", 'echo "alive $A" >>"$LOG"')
    pin(usual)
    assert launched(usual, "alive", "--log") == ""
    assert launched(usual, "alive", "--timeout", "5", S2ITASKS_PROBE_LOG="1") == ""
    assert launched(usual, "alive", S2ITASKS_PROBE_LOG="0") == ""
    assert usual.logged == ["alive 1"] * 3


def test_a_hundred_probes_at_once(usual: Application) -> None:
    """What the three shells of each tell one another is never mixed up."""
    command = [str(usual.path / "bin" / "s2itasks"), "ready", "--timeout", "100"]
    probes = [
        subprocess.Popen(command, env=usual.environ(), stdout=subprocess.PIPE, start_new_session=True)
        for _ in range(100)
    ]
    assert {probe.communicate(timeout=100)[0] for probe in probes} == {b"ready 1 2 3\n"}
    assert {probe.returncode for probe in probes} == {0}


def test_run_needs_no_runtime(usual: Application) -> None:
    """Where nothing stands between deploy_env and the builder's run."""
    usual.builder("run", 'echo "run $A"')
    pin(usual)
    assert launched(usual, "run") == "run 1\n"
    usual.hook("run", 'echo "hook $A"')
    assert launched(usual, "run") == "runtime run\n"
    pin(usual)
    assert launched(usual, "run") == "hook 1\n"
    assert launched(usual, "exec", str(usual.path / "bin" / "s2itasks"), "run") == "runtime run\n"
    usual.hook("deploy", "true")
    assert launched(usual, "run") == "runtime run\n"
    pin(usual)
    assert launched(usual, "run") == "runtime run\n"


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "script",
    [
        *("A=$(date)", "date >/dev/null", "A=1 && sleep 1", "export A=`date`", "A=1 /bin/true", 'A="$(date)"'),
        *('if [ "$(date)" ]; then\n:\nfi', "while [[ `date` == x ]]; do\n:\ndone", "A=<(date)", 'A="1" B=2 /bin/true'),
    ],
)
def test_an_env_script_that_starts_processes(usual: Application, script: str) -> None:
    """While bash waits for one, the first process of a container would not hear that it is to stop; all others do."""
    usual.builder("run", 'echo "run $A"')
    usual.hook("alive", 'echo "alive $B"; exit 3')
    usual.env_script("deploy_env", script)
    pin(usual)
    assert launched(usual, "run").startswith("run ")
    assert launched(usual, "exec", "true") == ""
    as_first = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*as_first, "true"], capture_output=True, check=False).returncode == 0:
        assert launched(usual, "run", prefix=as_first) == "runtime run\n"
        assert launched(usual, "exec", "true", prefix=as_first) == "runtime exec true\n"
    alive = subprocess.run(
        [usual.path / "bin" / "s2itasks", "alive"],
        env=usual.environ(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        start_new_session=True,
    )
    assert (alive.returncode, alive.stdout, alive.stderr) == (3, b"alive 2 3\n", b"")


def test_an_env_script_that_starts_none(usual: Application) -> None:
    """Its words are looked at, and not what they are about."""
    usual.builder("run", 'echo "run $A $B"')
    lines = [
        "# $(date)",
        '  export A="1 2"  # date',
        "B=\"${A}3\" C='$(date)' D=/a:/b # date",
    ]
    usual.env_script("deploy_env", "\n".join(lines))
    pin(usual)
    assert launched(usual, "run") == "run 1 2 1 23\n"
    as_first = ["unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*as_first, "true"], capture_output=True, check=False).returncode == 0:
        assert launched(usual, "run", prefix=as_first) == "run 1 2 1 23\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stopped", "TERM"], "stopped by SIGTERM"),
        (["hook", "ready", "1", "3", "", "", "", ""], ".s2i/action_hooks/ready ended with status 3"),
        (["hook", "ready", "999999999", "143", "", "2", "", ""], ".s2i/action_hooks/ready timed out after 2 s"),
        (
            [
                "env-script",
                "/opt/app-root/src/.s2i/action_hooks/deploy_env",
                "1",
                "2",
                "-",
                "/opt/app-root/src/.s2i/action_hooks/deploy_env",
            ],
            ".s2i/action_hooks/deploy_env failed in line 2",
        ),
    ],
)
def test_what_it_leaves_to_the_runtime_is_said_without_invoke(
    application: Application, words: list[str], said: str
) -> None:
    """Nor python-dotenv: a probe that fails does so every few seconds."""
    place = application.write(application.root / "start.py", starting.START.replace("__file__", repr(pinned.__file__)))
    done = subprocess.run(
        [sys.executable, "-X", "importtime", place, "--aftermath", *words], capture_output=True, text=True, check=False
    )
    assert f"s2itasks: error: {said}" in done.stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "s2itasks" in imported
    assert not imported & {"invoke", "dotenv"}


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["ready"], {"SHELLOPTS": "nounset"}),
        (["--list"], {}),
        (["--dry", "ready"], {}),
        (["jobs", "hourly"], {}),
        (["run"], {}),
        (["migrate", "setup"], {}),
        (["ready", "--timeout", "soon"], {}),
        (["ready", "--timeout"], {}),
        (["ready", "--fail-fast"], {}),
        (["ready", "--timeout=50", "--timeout=60"], {}),
        (["ready", "--log", "--timeout=50", "--log"], {}),
        (["ready", "--log=1"], {}),
        (["migrate", "--log"], {}),
        (["shell", "--timeout=5"], {}),
        (["exec"], {}),
        (["exec", "--"], {}),
        (["exec", "--help"], {}),
        (["ready"], {"S2ITASKS_TIMEOUT_READY": "5"}),
        (["ready"], {"S2I_SOURCE_PATH": "/elsewhere"}),
        (["ready"], {"POSIXLY_CORRECT": "1"}),
        (["ready"], {"S2ITASKS_ENVIRONMENT": "build:/opt/app-root/src"}),
    ],
)
def test_what_is_unusual_is_the_runtimes(usual: Application, words: list[str], variables: dict[str, str]) -> None:
    """With the words as they came."""
    assert launched(usual, *words, **variables) == f"runtime {' '.join(words)}\n"


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "script",
    [
        *("exec true", "trap '' TERM", "A=${BASH_SOURCE[0]}", "A=1\r\nB=2", "\ufeffA=1"),
        *(
            ". ./more",
            "[ -f no ] || . ./more",
            "if true; then . ./more; fi",
            "source ./more",
            "builtin() { :; }",
            "A=$0",
            "A=${0%/*}",
        ),
    ],
)
def test_env_scripts_about_the_shell_are_the_runtimes(usual: Application, script: str) -> None:
    """What they do to the shell would reach the command that it becomes."""
    usual.write(usual.source / "more", "")
    usual.env_script("deploy_env", script)
    pin(usual)
    assert launched(usual, "ready") == "runtime ready\n"
    usual.env_script("deploy_env", "# for s2itasks exec and a trap\nA=1\n")
    pin(usual)
    assert launched(usual, "ready") == "ready 1 2 3\n"


@pytest.mark.parametrize("name", ["action_hooks/deploy_env", "action_hooks/ready", "environment"])
def test_what_has_changed_since_is_the_runtimes(usual: Application, name: str) -> None:
    """Somebody edits it in a running container."""
    usual.write(usual.source / ".s2i" / name, "A=changed\n", 0o755)
    assert launched(usual, "ready") == "runtime ready\n"


@pytest.mark.parametrize("name", ["action_hooks/alive", "tasks.py"])
def test_what_has_come_since_is_the_runtimes(usual: Application, name: str) -> None:
    """It may be the hook that there was none of."""
    assert launched(usual, "alive") == ""
    usual.write(usual.source / ".s2i" / name, "")
    assert launched(usual, "alive") == "runtime alive\n"


@pytest.mark.parametrize(
    ("text", "mode"),
    [("true", 0o755), ("#!/bin/bash\r\n", 0o755), ("#!/no/such\n", 0o755), ("#!/bin/bash\n", 0o644)],
    ids=["no shebang", "CRLF", "no interpreter", "no run bit"],
)
def test_a_hook_that_the_kernel_cannot_start_is_the_runtimes(usual: Application, text: str, mode: int) -> None:
    """It says why; the others are none the slower for it."""
    usual.write(usual.source / ".s2i" / "action_hooks" / "alive", text, mode)
    pin(usual)
    assert launched(usual, "alive") == "runtime alive\n"
    assert launched(usual, "ready") == "ready 1 2 3\n"


def test_a_failing_env_script_is_explained_by_the_runtime(usual: Application) -> None:
    """With status, line and file."""
    script = usual.env_script("deploy_env", "A=1\nfalse\n")
    pin(usual)
    assert launched(usual, "ready", said="stderr") == f"runtime --aftermath env-script {script} 1 2 - {script}\n"


def test_a_python_that_is_gone_is_named(usual: Application) -> None:
    """Of a virtual environment that was copied, say, and removed later; what is done in bash needs none."""
    launcher = usual.path / "bin" / "s2itasks"
    interpreter = os.path.realpath(sys.executable)
    launcher.write_text(launcher.read_text().replace(interpreter, "/no/such/python"))
    done = subprocess.run([launcher, "--list"], env=usual.environ(), capture_output=True, text=True, check=False)
    said = "the Python that assemble was run by is gone: /no/such/python; keep it in the image, or build again"
    assert (done.returncode, done.stderr) == (127, f"s2itasks: error: {said}\n")
    assert launched(usual, "ready") == "ready 1 2 3\n"


def test_they_are_programs_that_people_can_read(usual: Application) -> None:
    """And that shellcheck has nothing to say about."""
    (programs,) = (usual.path / "libexec" / "s2itasks").glob("programs.*")
    names = set(command_program.BODIES)
    common = {"environment", "first", "interpreted", "watch", "ending", "forward", "capture", "event"}
    usual.builder("run", "true")
    pin(usual)
    (programs,) = set((usual.path / "libexec" / "s2itasks").glob("programs.*")) - {programs}
    written = [usual.path / "bin" / "s2itasks", *programs.glob("*.bash")]
    assert {path.stem for path in written[1:]} == names | common
    shellcheck = [
        str(Path(sys.executable).parent / "shellcheck"),
        "-s",
        "bash",
        "-e",
        "SC1090,SC1091,SC2034,SC2064,SC2154",
    ]
    done = subprocess.run([*shellcheck, *written], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    for path in written:
        assert '"$S2ITASKS_' not in path.read_text()


@pytest.mark.parametrize("path", ["{here}:{tools}", "{tools}:{here}", "{here}:{tools}:", "{tools}", ":{tools}"])
def test_a_command_in_any_directory_of_path(usual: Application, path: str) -> None:
    """Also in the last one, the launcher finds it and starts no interpreter."""
    usual.write(usual.root / "tools" / "tool", "#!/bin/sh\necho tool\n", 0o755)
    usual.env_script("deploy_env", f"PATH={path.format(here='/usr/bin:/bin', tools=usual.root / 'tools')}")
    pin(usual)
    assert launched(usual, "exec", "--", "tool") == "tool\n"


@pytest.mark.parametrize("path", ["", ":", "/nowhere:", "/nowhere::/nowhere"])
def test_an_empty_directory_of_path_is_the_callers(usual: Application, path: str) -> None:
    """As for a shell, wherever it stands."""
    usual.write(usual.source / "tool", "#!/bin/sh\necho tool\n", 0o755)
    usual.env_script("deploy_env", f"PATH={path}")
    pin(usual)
    assert launched(usual, "exec", "--", "tool") == "tool\n"


def test_what_decides_on_the_layout() -> None:
    """The launcher compares the variables that the layout is made of, all of them."""
    asked: set[str] = set()

    class Recorded(dict[str, str]):
        def get(self, name: str, _: object = None) -> str:
            asked.add(name)
            return ""

    Layout.from_environment(Recorded())
    assert asked == set(DECIDING)
