"""``--dry``: what would be run, in order, and nothing is run."""

from __future__ import annotations

import pytest
from application import Application, Result

from s2itasks.environment.layers import MARKER

SPOIL = 'echo ran >>"$LOG"'
INHERITED = "is the base image's, and goes on running; the source has none"


def dry(application: Application, *words: str, env: dict[str, str] | None = None) -> Result:
    """Ask for it, and see that nothing was run and no file changed."""
    before = sorted(map(str, application.root.rglob("*")))
    done = application.s2itasks("--dry", *words, env=env)
    assert sorted(map(str, application.root.rglob("*"))) == before
    assert application.logged == []
    return done


def known(application: Application, environment: str, *more: str) -> list[str]:
    """Give what is told of an environment."""
    return [
        f"---> environment: the {environment}'s would be that of this process with",
        *(f"     {line}" for line in more if line.startswith(".s2i")),
        f"     s2itasks: S2I_SOURCE_PATH={application.source}",
        *(f"     {line}" for line in more if not line.startswith(".s2i")),
    ]


@pytest.fixture
def uploaded(application: Application) -> Application:
    """Give an application whose source lies in the upload, over the hooks of an older build."""
    application.builder("assemble", SPOIL)
    application.hook("pre_build", "older", mode=0o644)
    application.hook("build", SPOIL)
    application.hook("pre_build", SPOIL, uploaded=True)
    application.env_script("build_env", SPOIL, uploaded=True)
    application.write(application.upload / ".s2i/environment", "LOG=ours\nPORT=80\nAPI_TOKEN=hush\nTWO='a\nb'\n")
    return application


def test_a_build(uploaded: Application) -> None:
    """Hooks are looked for where they will come from; what the phases do themselves is told, too."""
    done = dry(uploaded, "assemble", env={"BASH_ENV": "/etc/activate", "PROMPT_COMMAND": ". x"}).succeeded()
    two, path = done.err.splitlines()
    assert two.startswith("s2itasks: warning: .s2i/environment, line 4: S2I reads 'TWO'")
    assert path.startswith("s2itasks: warning: PATH finds ")
    assert done.out.splitlines() == [
        f"---> upload: would take .s2i from {uploaded.upload} into {uploaded.source}, over an older one",
        "---> upload: .s2i/action_hooks/pre_build of the base image is replaced",
        f"---> upload: .s2i/action_hooks/build {INHERITED}",
        f"---> upload: would set s2itasks aside in {uploaded.path}/libexec/s2itasks",
        *known(
            uploaded,
            "build",
            ".s2i/environment: PORT=80",
            ".s2i/environment: API_TOKEN=***",
            ".s2i/environment: TWO=a\\nb",
            "activation: would source /etc/activate (BASH_ENV)",
            "activation: would remove BASH_ENV",
            "activation: would remove PROMPT_COMMAND",
        ),
        "---> pre_build: would run .s2i/action_hooks/pre_build",
        "---> builder_assemble: would source .s2i/action_hooks/build_env for it, ahead of its turn",
        f"---> builder_assemble: would run {uploaded.scripts}/assemble",
        "---> build_env: would source .s2i/action_hooks/build_env; what it sets is only known then",
        "---> build: would run .s2i/action_hooks/build",
        "---> assemble: would pin s2itasks",
        f"---> assemble: would fix permissions of {uploaded.path}",
    ]


def test_a_build_that_would_fail(uploaded: Application) -> None:
    """It ends where the real one would, with its status and message."""
    uploaded.env_script("build_env", "A=1\r\n", uploaded=True)
    done = dry(uploaded, "assemble")
    assert (done.status, done.out.splitlines()[-3:]) == (
        126,
        [
            f"---> builder_assemble: without build_env, which cannot be evaluated yet: {done.error}",
            f"---> builder_assemble: would run {uploaded.scripts}/assemble",
            "---> build_env: would source .s2i/action_hooks/build_env, and fail",
        ],
    )
    assert done.error.startswith(".s2i/action_hooks/build_env has Windows line endings (CRLF)")


def test_phases_alone_look_into_the_source(uploaded: Application) -> None:
    """The upload counts only once it is taken."""
    done = dry(uploaded, "build_env", "pre_build", "build")
    assert done.succeeded().out.splitlines() == [
        *known(uploaded, "build"),
        "---> build_env: nothing to do, no such env script",
        f"---> upload: would take .s2i from {uploaded.upload} into {uploaded.source}, over an older one",
        "---> upload: .s2i/action_hooks/pre_build of the base image is replaced",
        f"---> upload: .s2i/action_hooks/build {INHERITED}",
        f"---> upload: would set s2itasks aside in {uploaded.path}/libexec/s2itasks",
        "---> pre_build: would run .s2i/action_hooks/pre_build",
        "---> build_env: would source .s2i/action_hooks/build_env; what it sets is only known then",
        "---> build: would run .s2i/action_hooks/build",
    ]


def test_a_deployment(application: Application) -> None:
    """The builder's run at the end, where there is no hook for it."""
    application.env_script("deploy_env", SPOIL)
    application.builder("run", SPOIL)
    application.write(application.path / "etc/generate_container_user", SPOIL)
    done = dry(application, "run").succeeded()
    assert done.out.splitlines() == [
        *known(application, "application", f"activation: would source {application.path}/etc/generate_container_user"),
        "---> deploy_env: would source .s2i/action_hooks/deploy_env; what it sets is only known then",
        "---> deploy: nothing to do, no such hook",
        f"---> run: would become {application.scripts}/run",
    ]
    application.hook("deploy", SPOIL, mode=0o644)
    failing = dry(application, "run")
    assert (failing.status, failing.out.splitlines()[-1]) == (
        126,
        "---> deploy: would run .s2i/action_hooks/deploy, and fail",
    )
    assert failing.error.startswith(".s2i/action_hooks/deploy is not executable")


@pytest.mark.slow
def test_commands(application: Application) -> None:
    """What is waited for, what the process becomes, and that one environment is enough."""
    for name in ("ready", "migrate"):
        application.hook(name, SPOIL)
    application.env_script("deploy_env", SPOIL)
    out = dry(application, "ready", "--log", "--timeout=2", "migrate", "exec", "--", "a b", "c").succeeded().out
    assert [line for line in out.splitlines() if "environment" not in line][1:] == [
        "---> deploy_env: would source .s2i/action_hooks/deploy_env; what it sets is only known then",
        "---> ready: would run .s2i/action_hooks/ready, for 2 s at most (--timeout)",
        "     its output would show in the container's log, too",
        "---> deploy_env: would not be sourced again; once is enough for a process",
        "---> migrate: would run .s2i/action_hooks/migrate",
        "---> deploy_env: would not be sourced again; once is enough for a process",
        "---> exec: would become 'a b' c",
    ]
    environ = {MARKER: f"deploy_env:{application.source}"}
    assert dry(application, "migrate", env=environ).succeeded().out.splitlines() == [
        "---> environment: the application's would be that of this process as it is",
        "---> deploy_env: would not be sourced again; this process already has its environment",
        "---> migrate: would become .s2i/action_hooks/migrate",
    ]


def test_jobs(application: Application) -> None:
    """Every script of the category; one that could not start keeps no other from running."""
    application.job("hourly", "a", SPOIL, mode=0o644)
    application.job("hourly", "b", SPOIL)
    done = dry(application, "jobs", "hourly")
    assert (done.status, done.error) == (
        1,
        "1 of 2 jobs of 'hourly' would fail: a; correct what is said of each above",
    )
    assert done.out.splitlines()[-3:] == [
        "---> jobs: would run .s2i/jobs/hourly/a, and fail",
        "     .s2i/jobs/hourly/a is not executable; in the repository: git update-index --chmod=+x .s2i/jobs/hourly/a",
        "---> jobs: would run .s2i/jobs/hourly/b",
    ]


@pytest.mark.slow
def test_hooks_that_are_tasks(application: Application) -> None:
    """With the tasks before them; one that is a script as well ends the build."""
    tasks = "from invoke import task\n@task\ndef css(c): ...\n@task(pre=[css])\ndef build(c): ...\n"
    application.write(application.source / ".s2i/tasks.py", tasks)
    assert dry(application, "build").succeeded().out.splitlines()[-2:] == [
        "---> build: would run .s2i/tasks.py:5",
        "     after app.css of the same file",
    ]
    assert dry(application, "app.css", "--x", "a b").succeeded().out.splitlines()[-3:] == [
        "---> deploy_env: nothing to do, no such env script",
        "---> app.css: would become .s2i/tasks.py:3",
        "     with the options --x 'a b'",
    ]
    application.hook("build", SPOIL)
    done = dry(application, "assemble")
    said = ".s2i/action_hooks/build and build of .s2i/tasks.py (line 5) are the same hook; remove one of them"
    assert (done.status, done.error, len(done.out.splitlines())) == (2, said, 1)


@pytest.fixture
def flawed(application: Application) -> Application:
    """Return an application in which nearly everything is refused."""
    application.builder("assemble", "mkdir -p $S2I_SOURCE_PATH")
    application.builder("run", SPOIL).chmod(0o644)
    application.hook("verify", "exit 0\r")
    application.hook("ready", SPOIL, mode=0o644)
    (application.source / ".s2i/action_hooks/alive").symlink_to("nowhere")
    (application.source / ".s2i/action_hooks" / "setup").mkdir()
    application.write(application.source / ".s2i/tasks.py", "from invoke import task\n@task\ndef verify(c): ...\n")
    application.job("hourly", "a", SPOIL, mode=0o644)
    return application


@pytest.mark.slow
@pytest.mark.many_cases
@pytest.mark.parametrize(
    "line",
    [
        "run", "verify", "ready", "ready --log", "alive", "setup", "exec", "shell --no", "jobs daily",
        "jobs --fail-fast", "jobs --timeout 5", "jobs hourly --timeout x", "ready --timeout -1", "app.nothing",
        "app.verify", "env --format xml", "rehearse --root=", "upload", "assemble", "run ready",
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_dry(flawed: Application, line: str) -> None:
    """With the same message and status, because the same body says it."""
    told = flawed.s2itasks("--dry", *line.split())
    done = flawed.s2itasks(*line.split())
    assert (told.status, told.error) == (done.status, done.error)
    assert told.status != 0


@pytest.mark.slow
def test_a_hook_that_is_gone(application: Application) -> None:
    """The image was built with it."""
    application.builder("assemble", "true")
    application.hook("ready", "true")
    application.s2itasks("assemble").succeeded()
    (application.source / ".s2i/action_hooks/ready").unlink()
    told, done = dry(application, "ready"), application.s2itasks("ready")
    assert (told.status, told.error) == (done.status, done.error)
    assert "ready" in told.error
