"""``--show``: a hook, a task or a job as it is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import terminal_screen
from application import S2ITASKS, Application

from s2itasks.process.reading import MOST

TASKS = '''\
from invoke import task

@task
def collect(c):
    """Collect static files."""


@task(
    pre=[collect],
)
def build(c):
    """Build the front end."""
    if c:
\t    pass

OTHER = 1

@task
def report(c): ...
'''


@pytest.fixture
def written(application: Application) -> Application:
    """Give an application with one of everything."""
    application.write(application.source / ".s2i/tasks.py", TASKS)
    application.env_script("deploy_env", "A=1\n\tB=2")
    application.hook("pre_build", "echo hello")
    application.hook("ready", "true", mode=0o644)
    application.job("hourly", "clear", "rm x")
    return application


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("deploy_env", "Runs first: nothing\nEnv script: .s2i/action_hooks/deploy_env (present)\n\nA=1\n\tB=2\n"),
        (
            "pre-build",
            "Runs first: upload\nHook: .s2i/action_hooks/pre_build (present)\n\n#!/bin/bash\necho hello\n",
        ),
        (
            "build",
            (
                "Runs first: build_env\nTask: .s2i/tasks.py:11 (present)\nIts own prerequisites: app.collect\n"
                "\n@task(\n    pre=[collect],\n)\ndef build(c):\n"
                '    """Build the front end."""\n    if c:\n\t    pass\n'
            ),
        ),
        (
            "app.report",
            "Runs first: deploy_env\nTask: .s2i/tasks.py:19 (present)\n\n@task\ndef report(c): ...\n",
        ),
        *(
            (
                line,
                "Runs first: deploy_env\nJob: .s2i/jobs/hourly/clear (present)\n\n#!/bin/bash\nrm x\n",
            )
            for line in ("jobs hourly/clear", "hourly/clear")
        ),
        (
            "ready",
            (
                "Runs first: deploy_env\nHook: .s2i/action_hooks/ready (not executable)\n"
                "It would fail: .s2i/action_hooks/ready is not executable; in the repository: "
                "git update-index --chmod=+x .s2i/action_hooks/ready\n\n#!/bin/bash\ntrue\n"
            ),
        ),
    ],
)
def test_what_is_shown(written: Application, line: str, shown: str) -> None:
    """What runs before it, its path and state, and below that its text."""
    assert written.s2itasks("--show", *line.split()).succeeded().out == shown


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "deploy",
            "the application has no hook 'deploy'; write .s2i/action_hooks/deploy, or a task 'deploy' of .s2i/tasks.py",
        ),
        ("build_env", "the application has no env script 'build_env'; write .s2i/action_hooks/build_env"),
        ("assemble", "assemble is no hook that could be shown; see s2itasks --help assemble"),
        ("jobs", "jobs is no hook that could be shown; name one of its scripts: s2itasks --show jobs CATEGORY/NAME"),
        ("jobs hourly", "'hourly' is no job; name one of its scripts: s2itasks --show jobs hourly/NAME"),
        ("jobs hourly/x", "the job category 'hourly' has no job 'x'; choose one of: clear"),
        ("jobs hourly/claer", "the job category 'hourly' has no job 'claer'; did you mean 'clear'?"),
        ("jobs hourly/../../tasks.py", "the job category 'hourly' has no job '../../tasks.py'; choose one of: clear"),
        ("jobs daily/x", "there is no job category 'daily'; choose one of: hourly"),
        ("app.nothing", "the application has no task 'nothing'; choose one of: app.collect, app.report"),
        ("app.build", "'build' is a hook, not a task of its own; run s2itasks build"),
        ("deploy build", "--show takes one name, and 'build' is one too many; leave it out"),
        ("collect", "there is no phase or command 'collect'; did you mean 'app.collect'?"),
    ],
)
def test_what_is_not_there(written: Application, line: str, said: str) -> None:
    """Status 2, and what to do about it."""
    done = written.s2itasks("--show", *line.split())
    assert (done.status, done.out, done.error) == (2, "", said)


@pytest.mark.slow
def test_a_broken_task_file(written: Application) -> None:
    """Scripts can be shown all the same."""
    written.write(written.source / ".s2i/tasks.py", "def x(:\n")
    assert written.s2itasks("--show", "build").error.startswith(".s2i/tasks.py, line 1: ")
    assert "echo hello" in written.s2itasks("--show", "pre_build").succeeded().out


def test_what_would_write_on_the_terminal(written: Application) -> None:
    """It is spelled out, wherever it is printed: a log of a CI is a pipe."""
    written.hook(
        "ready", "echo '\x1b[31mred\u202e'\n::error::x\n\t::set-output\r\n##vso[task]\ncaf".encode() + b"\xe9\n"
    )
    shown = "echo '\\x1b[31mred\\u202e'\n\\x3a:error::x\n\t\\x3a:set-output\\r\n#\\x23vso[task]\ncaf\\udce9\n"
    assert written.s2itasks("--show", "ready").out.endswith(f"\n\n{shown}")
    screen = terminal_screen.shown(
        [S2ITASKS, "--show", "ready"], (80, 24), written.environ(), cwd=written.source, colours=False
    )
    assert screen.text.endswith(f"\n\n{shown.expandtabs()}")


@pytest.mark.many_cases
@pytest.mark.parametrize("kind", ["link", "link to nothing", "fifo"])
def test_what_is_no_file_of_the_source(written: Application, tmp_path: Path, kind: str) -> None:
    """A repository of somebody else's could name anything."""
    hook = written.source / ".s2i/action_hooks/deploy"
    if kind == "fifo":
        os.mkfifo(hook)
    else:
        written.write(tmp_path / "secret", "secret", 0o755)
        hook.symlink_to(tmp_path / ("secret" if kind == "link" else "nothing"))
    done = written.s2itasks("--show", "deploy")
    assert (done.status, done.out) == (2 if kind == "link" else 126, "")
    assert done.error.startswith(".s2i/action_hooks/deploy is ")


@pytest.mark.slow
def test_a_large_file(written: Application) -> None:
    """Its beginning, and a line that says so."""
    written.hook("ready", "#!/bin/bash\n" + "x" * MOST)
    done = written.s2itasks("--show", "ready").succeeded()
    assert MOST < len(done.out) < MOST + 1000
    said = f"{MOST} bytes that are shown; open it in an editor"
    assert done.err == f"s2itasks: warning: .s2i/action_hooks/ready is longer than the {said}\n"
