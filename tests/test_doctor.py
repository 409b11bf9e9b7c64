"""doctor: what keeps an application from starting and answering, each fault planted and found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from application import Application, Result

from s2itasks import __version__

PROBE = "exit 0"


@pytest.fixture
def built(application: Application) -> Application:
    """Return an application with hooks, jobs and a variable that it requires, as a build has left it."""
    application.env_script("deploy_env", "TOKEN=${TOKEN-}\n")
    application.write(application.source / ".s2i/environment", "MODE=production\n")
    application.write(application.source / ".s2i/required", "SECRET_KEY  # signs sessions\n")
    for name in ("deploy", "ready", "alive"):
        application.hook(name, PROBE)
    application.job("hourly", "tidy", "true")
    application.variables.update({"SECRET_KEY": "x"})
    (application.path / "bin").mkdir(exist_ok=True)
    application.pin()
    return application


def doctor(application: Application, *words: str, **variables: str) -> Result:
    """Ask the s2itasks that a pod finds."""
    return application.run(application.path / "bin/s2itasks", "doctor", *words, environ=application.environ(variables))


def seen(application: Application, **variables: str) -> tuple[int, dict[tuple[str, str], list[dict[str, str]]]]:
    """Return the status, and what is seen by topic and verdict."""
    done = doctor(application, "--format", "json", **variables)
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for each in json.loads(done.out)["symptoms"]:
        found.setdefault((each["topic"], each["verdict"]), []).append(each)
    return done.status, found


def test_a_healthy_application(built: Application) -> None:
    """Everything is as it should be, and named."""
    done = doctor(built).succeeded()
    lines = [line.split(maxsplit=2) for line in done.out.splitlines()]
    assert {line[0] for line in lines} == {"ok"}, done.out
    topics = list(dict.fromkeys(line[1] for line in lines))
    assert topics == [
        *("build", "files", "compiled", "environment", "required", "user", "writable", "PATH", "hooks", "probes"),
    ]
    text = {topic: [line[2] for line in lines if line[1] == topic] for topic in topics}
    assert text["build"][0].startswith(f"s2itasks {__version__} assembled it on 20")
    assert text["files"] == ["7 files of .s2i, as the build left them"]
    assert "ready, alive" in text["compiled"][0]
    assert text["compiled"][1] == "Python is started for run: there is a deploy hook"
    assert text["required"] == ["set: SECRET_KEY"]
    assert text["hooks"] == [
        *("deploy_env: .s2i/action_hooks/deploy_env", "deploy: .s2i/action_hooks/deploy"),
        *("ready: .s2i/action_hooks/ready", "alive: .s2i/action_hooks/alive", "jobs hourly: .s2i/jobs/hourly/tidy"),
    ]
    assert [line.split(" takes ")[0] for line in text["probes"]] == ["ready", "alive"]


Fault = Callable[[Application], Any]


def _write(name: str, text: str, mode: int = 0o755) -> Fault:
    return lambda application: application.write(application.source / ".s2i" / name, text, mode)


# What is done to the application once it is built, and what is to be seen: topic, verdict, and a part of the text.
FAULTS: dict[str, tuple[Fault, str, str, str]] = {
    "changed": (_write("action_hooks/deploy", "#!/bin/bash\n:\n"), "files", "warning", "deploy has changed since"),
    "run bit": (
        lambda app: (app.source / ".s2i/action_hooks/deploy").chmod(0o644),
        *("hooks", "fails", "deploy is not executable; "),
    ),
    "run bit of a job": (
        lambda app: (app.source / ".s2i/jobs/hourly/tidy").chmod(0o644),
        *("hooks", "fails", "jobs/hourly/tidy is not executable; "),
    ),
    "gone": (lambda app: (app.source / ".s2i/action_hooks/alive").unlink(), "hooks", "fails", "alive"),
    "new": (_write("action_hooks/setup", "#!/bin/bash\n"), "files", "warning", "setup is new since the build; "),
    "environment": (_write("environment", "MODE=test\n", 0o644), "files", "warning", ".s2i/environment has changed"),
    "interpreter": (
        _write("action_hooks/deploy", "#!/opt/no/python\n"),
        *("hooks", "fails", "asks for the interpreter"),
    ),
    "syntax": (_write("action_hooks/deploy", "#!/bin/bash\nif\n"), "hooks", "fails", "in line 3"),
    "near miss": (_write("action_hooks/pre-build", "#!/bin/bash\n"), "hooks", "warning", "pre-build: "),
    "env script": (_write("action_hooks/deploy_env", "false\n", 0o644), "environment", "fails", "deploy_env"),
    "required": (
        _write("required", "SECRET_KEY\nDATABASE_URL  # where data is\n", 0o644),
        *("required", "fails", "DATABASE_URL (where data is) is required by .s2i/required and not set; set "),
    ),
    "no list": (_write("required", "SECRET_KEY=x\n", 0o644), "environment", "fails", ".s2i/required:1: "),
    "probe fails": (
        _write("action_hooks/ready", "#!/bin/bash\necho no database >&2\nexit 3\n"),
        *("probes", "fails", "ready ended with status 3: "),
    ),
    "probe is slow": (
        _write("action_hooks/alive", "#!/bin/bash\nsleep 1.1\n"),
        *("probes", "fails", "of timeoutSeconds; make it faster"),
    ),
    "probe does not end": (
        _write("action_hooks/alive", "#!/bin/bash\nsleep 1000\n"),
        *("probes", "fails", "alive timed out after 10 s"),
    ),
    "env script does not end": (
        _write("action_hooks/deploy_env", "sleep 1000\n", 0o644),
        *("environment", "fails", "timed out after 10 s, the limit of doctor"),
    ),
    "no record": (
        lambda app: (app.path / "libexec/s2itasks/build.json").unlink(),
        *("build", "warning", "no build has left its record"),
    ),
    "broken record": (
        lambda app: app.write(app.path / "libexec/s2itasks/build.json", "{}"),
        *("build", "warning", "no build has left its record"),
    ),
}


@pytest.mark.many_cases
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault(built: Application, name: str) -> None:
    """It is found; the status tells whether something fails."""
    plant, topic, verdict, text = FAULTS[name]
    plant(built)
    status, found = seen(built)
    assert [each for each in found.get((topic, verdict), []) if text in f"{each['seen']}; {each['cure']}"], found
    assert status == (1 if any(verdict == "fails" for _, verdict in found) else 0)
    assert status == (1 if verdict == "fails" else 0)


@pytest.mark.slow
def test_what_fails_is_counted(built: Application) -> None:
    """With where to look."""
    for name in ("run bit", "required"):  # without which probes fail, too
        FAULTS[name][0](built)
    done = doctor(built)
    assert (done.status, done.error) == (1, "4 things fail here, or would; see the lines that begin with 'fails'")


@pytest.mark.slow
def test_variables_and_places(built: Application) -> None:
    """What this process has been given."""
    _, found = seen(built, TMPDIR=str(built.path / "none"), SECRET_KEY="")
    assert found["writable", "fails"][0]["seen"] == f"temporary files cannot go to {built.path / 'none'}"
    assert found["required", "fails"][0]["seen"].startswith("SECRET_KEY (signs sessions) is required")
    _, found = seen(built, PATH="/usr/bin:/bin")
    assert "PATH finds no s2itasks" in found["PATH", "fails"][-1]["seen"]
    other = built.root / "other" / "python"
    built.write(other, "#!/bin/bash\n", 0o755)
    (built.path / "bin/python").symlink_to("/usr/bin/env")
    _, found = seen(built, PATH=f"{other.parent}:{built.environ()['PATH']}")
    assert f"python is not {built.path}/bin/python" in found["PATH", "warning"][0]["seen"]


@pytest.mark.slow
def test_in_the_environment_of_a_command(built: Application) -> None:
    """As `rehearse --exec -- s2itasks doctor` has it: nothing is sourced a second time."""
    built.env_script("deploy_env", "echo sourced >>$LOG\n")
    program = str(built.path / "bin/s2itasks")
    done = built.run(program, "exec", "--", program, "doctor").succeeded()
    assert "ok      environment  this process runs in it already\n" in done.out
    assert built.logged == ["sourced"]


@pytest.mark.slow
def test_how_long_probes_may_take(built: Application) -> None:
    """As long as their timeoutSeconds, which manifests writes and somebody may have changed."""
    built.hook("alive", "sleep 0.6")
    assert doctor(built, "--probe-timeout", "0.5").error.startswith("one thing fails here, or would")
    assert "of the 5 s of timeoutSeconds" in doctor(built, "--probe-timeout", "5").succeeded().out
    assert doctor(built, "--probe-timeout", "0").status == 2


def test_why_a_command_is_not_compiled(built: Application) -> None:
    """Which line of what is the reason."""
    built.env_script("deploy_env", "A=1\n\n# exit\ntrap '' USR1\n")
    built.pin()
    _, found = seen(built)
    (one,) = found["compiled", "warning"]
    assert one["seen"].startswith("Python is started for run, exec, shell, verify, ")
    assert one["seen"].endswith(
        "ready, alive, setup, migrate, post_deploy: deploy_env is about its shell: it says 'trap' in line 4"
    )
    assert ("compiled", "ok") not in found


@pytest.mark.slow
def test_the_commit(built: Application) -> None:
    """OpenShift says it to a build; elsewhere the repository does, which may belong to somebody else."""
    built.variables["OPENSHIFT_BUILD_COMMIT"] = "0badc0de"
    built.pin()
    assert "UTC, from commit 0badc0de" in doctor(built).out
    del built.variables["OPENSHIFT_BUILD_COMMIT"]
    git = shutil.which("git")
    assert git is not None
    environ = {"PATH": os.defpath, "HOME": str(built.root), "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    for words in (("init", "--quiet"), ("commit", "--quiet", "--allow-empty", "--message", "x")):
        subprocess.run([git, *who, *words], cwd=built.source, env=environ, check=True)
    asked = [git, "rev-parse", "HEAD"]
    head = subprocess.run(asked, cwd=built.source, env=environ, capture_output=True, text=True, check=True).stdout
    built.pin()
    assert f"from commit {head.strip()}\n" in doctor(built).out


@pytest.mark.slow
def test_secrets_are_masked(built: Application) -> None:
    """In either format."""
    built.hook("ready", "echo PASSWORD=hunter2-hunter2 >&2; exit 1")
    for words in ((), ("--format", "json")):
        done = doctor(built, *words)
        assert "PASSWORD=" in done.out
        assert "hunter2" not in done.out + done.err


def test_where_there_is_nothing_to_look_at(built: Application) -> None:
    """On a laptop, in a format that there is not, and in a dry run, which runs no probe."""
    assert doctor(built, "--format", "xml").error == "doctor has no format 'xml'; choose one of: text, json"
    done = built.s2itasks("doctor", env={"S2I_APPLICATION_PATH": str(built.root / "none")})
    assert (done.status, "there is no application root" in done.error) == (2, True)
    built.hook("ready", "echo ready >>$LOG")
    built.s2itasks("--dry", "doctor").succeeded()
    assert built.logged == []
