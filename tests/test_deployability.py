"""What assemble says at its end about the hooks that a pod will use."""

from __future__ import annotations

import pytest
from application import Application

HOOKS = ".s2i/action_hooks"
NOT_EXECUTABLE = f"{HOOKS}/NAME is not executable; in the repository: git update-index --chmod=+x {HOOKS}/NAME"


def warned(application: Application) -> list[str]:
    """Build an application, which has to succeed, and return the warnings."""
    application.builder("assemble", "true")
    (application.source / ".s2i").mkdir(exist_ok=True)
    done = application.s2itasks("assemble").succeeded()
    return [line.partition(": warning: ")[2] for line in done.err.splitlines() if ": warning: " in line]


@pytest.mark.many_cases
@pytest.mark.parametrize("name", ["deploy_env", "deploy", "run"])
@pytest.mark.parametrize("text", ["A=1\r\n", "\ufeffA=1\n", "A=1\nif true\n"], ids=["CRLF", "BOM", "syntax"])
def test_what_keeps_every_pod_from_starting_stops_the_build(application: Application, name: str, text: str) -> None:
    """With the status and the message of the pod; the build hook made it so."""
    application.builder("assemble", "true")
    application.builder("run", "true")
    application.hook("build", f"printf '%s' \"$TEXT\" >{HOOKS}/{name}; chmod +x {HOOKS}/{name}")
    application.variables["TEXT"] = f"#!/bin/bash\n{text}" if name != "deploy_env" and "\ufeff" not in text else text
    done = application.s2itasks("assemble")
    assert done.error.startswith(f"{HOOKS}/{name} ")
    started = application.s2itasks("run")
    assert started.status == done.status
    if (name, text[:2]) != ("run", "A=") or "\r" in text:  # nobody is left to explain what bash says about that
        assert started.error == done.error


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deploy", "run"])
def test_so_does_a_hook_that_lost_its_run_bit(application: Application, name: str) -> None:
    """The cure is in the message."""
    application.builder("assemble", f"chmod -x {HOOKS}/{name}")
    application.hook(name, "true")
    done = application.s2itasks("assemble")
    assert (done.status, done.error) == (126, NOT_EXECUTABLE.replace("NAME", name))
    assert (application.s2itasks("run").status, application.s2itasks("run").error) == (done.status, done.error)


def test_so_does_a_task_file_that_nobody_can_read(application: Application) -> None:
    """Whether there is a deploy task, nobody knows then."""
    application.builder("assemble", "echo 'def x(' >.s2i/tasks.py")
    (application.source / ".s2i").mkdir()
    done = application.s2itasks("assemble")
    assert done.status == 2
    assert done.error.startswith(".s2i/tasks.py, line 1: ")
    assert application.s2itasks("run").error == done.error


def test_other_hooks_and_jobs_are_warned_of(application: Application) -> None:
    """A pod runs without them, for a while."""
    application.hook("ready", "true", mode=0o644)
    application.hook("alive", "true\r\n")
    application.hook("migrate", "if true\n")
    application.job("hourly", "one", "true", mode=0o644)
    application.hook("setup", "true")
    found = warned(application)
    assert sorted(each.partition(" ")[0].rpartition("/")[2] for each in found) == ["alive", "migrate", "one", "ready"]
    assert NOT_EXECUTABLE.replace("NAME", "ready") in found


def test_hooks_that_are_all_right_are_not_mentioned(application: Application) -> None:
    """Nor those that are missing."""
    for name in ("deploy", "run", "ready"):
        application.hook(name, "true")
    application.env_script("deploy_env", "A=1\n# a comment\r\n")
    assert warned(application) == []


APP_SH = (
    "app.sh is not executable, and the builder's run starts it; in the repository: git update-index --chmod=+x app.sh"
)


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["image", "embedded"])
def test_the_script_that_the_builder_starts_needs_a_run_bit(application: Application, builder: str) -> None:
    """A green build and a pod that cannot start, otherwise."""
    application.write(application.source / "app.sh", "#!/bin/bash\n")
    application.write(application.source / "web" / "start.sh", "#!/bin/bash\n")
    if builder == "image":
        application.builder("run", 'exec "./${APP_SCRIPT:-app.sh}"')
    else:
        application.variables["S2I_SCRIPTS_PATH"] = ""
        application.variables["STI_SCRIPTS_PATH"] = "/nowhere"
    assert warned(application) == [APP_SH]
    application.write(application.source / ".s2i" / "environment", "APP_SCRIPT=start.sh\nAPP_HOME=web\n")
    assert warned(application) == [APP_SH.replace("app.sh", "web/start.sh")]


@pytest.mark.many_cases
@pytest.mark.parametrize("reason", ["run bit", "run hook", "APP_FILE", "deploy_env", "gunicorn", "builder"])
def test_a_script_that_the_builder_does_not_start_is_nobodys_business(application: Application, reason: str) -> None:
    """Something else is started, or nobody knows before there is a pod."""
    script = application.write(application.source / "app.sh", "#!/bin/bash\n")
    application.builder("run", "true" if reason == "builder" else 'exec "./${APP_SCRIPT:-app.sh}"')
    if reason == "run bit":
        script.chmod(0o755)
    elif reason == "run hook":
        application.hook("run", "true")
    elif reason == "APP_FILE":
        application.variables["APP_FILE"] = "app.py"
    elif reason == "deploy_env":
        application.env_script("deploy_env", "APP_MODULE=web.wsgi")
    elif reason == "gunicorn":
        application.write(application.source / "gunicorn.conf.py", "wsgi_app = 'web.wsgi'\n")
    assert warned(application) == []


def test_a_dry_run_tells_of_it(application: Application) -> None:
    """Of the files in the upload, as they are before the build."""
    application.builder("assemble", "true")
    application.hook("ready", "true", mode=0o644, uploaded=True)
    dry = application.s2itasks("--dry", "assemble").succeeded()
    assert f"s2itasks: warning: {NOT_EXECUTABLE.replace('NAME', 'ready')}\n" in dry.err
    application.hook("deploy", "true", mode=0o644, uploaded=True)
    dry = application.s2itasks("--dry", "assemble")
    assert (dry.status, dry.error) == (126, NOT_EXECUTABLE.replace("NAME", "deploy"))
