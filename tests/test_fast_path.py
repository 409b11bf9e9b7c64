"""The pinned runtime: what pods run all day needs neither invoke nor python-dotenv there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from application import Application, Result


def started(application: Application, *words: str, **variables: str) -> tuple[Result, set[str]]:
    """Run the pinned runtime as it stands; give the result, and the packages that were imported."""
    start = application.path / "libexec" / "s2itasks" / "start.py"
    done = subprocess.run(
        [os.path.realpath(sys.executable), "-I", "-S", "-X", "importtime", start, *words],
        env=application.environ(variables),
        cwd=application.source,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    lines = done.stderr.splitlines(keepends=True)
    imports = [line for line in lines if line.startswith(b"import time:")]
    said = b"".join(line for line in lines if line not in imports)
    packages = {line.decode().rpartition("|")[2].strip().partition(".")[0] for line in imports}
    assert "s2itasks" in packages
    return Result(done.returncode, done.stdout, said), packages & {"invoke", "dotenv"}


@pytest.fixture
def usual(application: Application) -> Application:
    """The usual case: an env script, a file, hooks; pinned."""
    application.env_script("deploy_env", "A=1")
    application.write(application.source / ".s2i" / "environment", b"B='2 3'\nC=\xe9\n")
    application.hook("ready", 'echo "ready $A $B"')
    application.builder("run", 'echo "run $A $B"')
    application.job("hourly", "1", 'echo "job $A"')
    application.pin()
    return application


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "out"),
    [
        (["exec", "--", "printenv", "A", "B", "C"], b"1\n2 3\n\xe9\n"),
        (["exec", "printenv", "A"], b"1\n"),
        (["shell"], b""),
        (["ready"], b"ready 1 2 3\n"),
        (["ready", "--timeout", "50"], b"ready 1 2 3\n"),
        (["ready", "--timeout=50", "--log"], b"ready 1 2 3\n"),
        (["alive"], b""),
        (["run"], b"run 1 2 3\n"),
        (["jobs", "hourly"], b"job 1\n"),
        (["jobs", "hourly", "--timeout", "50", "--fail-fast"], b"job 1\n"),
        (["jobs"], b"hourly\n  .s2i/jobs/hourly/1\n"),
    ],
)
def test_what_goes_well(usual: Application, words: list[str], out: bytes) -> None:
    """With the variables of the file all the same."""
    done, imported = started(usual, *words)
    assert (done.status, done.stdout, imported) == (0, out, set())


def test_run_with_a_deploy_hook(usual: Application) -> None:
    """The phases that run before it are those that it declares."""
    usual.hook("deploy", 'echo "deploy $A $B"')
    done, imported = started(usual, "run")
    assert (done.out, imported) == ("deploy 1 2 3\nrun 1 2 3\n", set())
    said = [line for line in done.err.splitlines() if "done in" not in line]
    assert said == [
        "---> deploy_env: sourcing .s2i/action_hooks/deploy_env",
        "---> deploy: running .s2i/action_hooks/deploy",
        f"---> run: becoming {usual.scripts}/run",
    ]


def test_hooks_that_are_not_usual(usual: Application) -> None:
    """Without a shebang, and in Python, where only the application's own interpreter imports invoke."""
    usual.hook("ready", b'echo "$0 $A"\n')
    usual.write(
        usual.source / ".s2i" / "tasks.py", "from invoke import task\n\n@task\ndef alive(c):\n    print('task')\n"
    )
    done, imported = started(usual, "ready")
    assert (done.out, imported) == (f"{usual.source}/.s2i/action_hooks/ready 1\n", set())
    done, imported = started(usual, "alive", "--timeout", "50")
    assert (done.out, imported) == ("task\n", set())


@pytest.mark.parametrize(
    ("words", "variables", "status", "error"),
    [
        (
            ["exec", "no-such-command"],
            {},
            127,
            "'no-such-command': command not found; install it, or add its directory to PATH",
        ),
        (["exec"], {}, 2, "exec needs a command; give it one: s2itasks exec -- CMD ARGS"),
        (
            ["ready"],
            {"S2ITASKS_PROBE_LOG": "1"},
            3,
            ".s2i/action_hooks/ready ended with status 3; see its output above",
        ),
        (
            ["ready", "--timeout", "soon"],
            {},
            2,
            "--timeout is 'soon', which is not a number of seconds; give a number, such as 5 or 0.5, or 0 for no limit",
        ),
        (
            ["run"],
            {"S2I_SOURCE_PATH": "src"},
            2,
            "S2I_SOURCE_PATH is 'src', which is not an absolute path; set it to a path that begins with /",
        ),
    ],
)
def test_what_fails(usual: Application, words: list[str], variables: dict[str, str], status: int, error: str) -> None:
    """It says so as ever."""
    usual.hook("ready", "exit 3")
    done, imported = started(usual, *words, **variables)
    assert (done.status, done.error, imported) == (status, error, set())


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--version"], 0),
        (["--dry", "ready"], 0),
        (["exec", "--help"], 0),
        (["exec", "-l"], 2),
        (["deploy-env"], 0),
        (["ready", "alive"], 0),
        (["ready", "--timeout"], 2),
        (["ready", "--timeout", "--log"], 2),
        (["ready", "--timeout=50", "--timeout=60"], 2),
        (["ready", "--log=1"], 2),
        (["shell", "--timeout=5"], 2),
        ([], 0),
    ],
)
def test_what_is_not_simple_is_invokes(usual: Application, words: list[str], status: int) -> None:
    """Its parser and its order."""
    done, imported = started(usual, *words)
    assert (done.status, "invoke" in imported) == (status, True)


def test_a_file_that_has_changed_counts(usual: Application) -> None:
    """However old it looks: one that is mounted over it may be older than the image."""
    file = usual.write(usual.source / ".s2i" / "environment", "B=changed\n")
    os.utime(file, (0, 0))
    assert started(usual, "ready")[0].out == "ready 1 changed\n"
    assert started(usual, "run")[0].out == "run 1 changed\n"
    file.unlink()
    assert started(usual, "ready")[0].out == "ready 1 \n"


def test_without_the_graph_it_is_invokes(usual: Application) -> None:
    """Nothing depends on it."""
    (usual.path / "libexec" / "s2itasks" / "graph.json").unlink()
    done, imported = started(usual, "ready")
    assert (done.out, imported) == ("ready 1 2 3\n", {"invoke", "dotenv"})


def test_a_file_elsewhere_counts(usual: Application) -> None:
    """That of the layout which this process is given."""
    elsewhere = usual.root / "elsewhere"
    usual.write(elsewhere / ".s2i" / "environment", "B=elsewhere\n")
    done, _ = started(usual, "exec", "printenv", "B", S2I_SOURCE_PATH=str(elsewhere))
    assert done.out == "elsewhere\n"
