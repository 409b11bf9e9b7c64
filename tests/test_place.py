"""Action and inspection look at the same application; where there is no application root, acting refuses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import forms
import pytest
from application import Application, Result

TASKS = "from invoke import task\n@task\ndef load(c):\n    print('ran')\n"
HOOKS = ("pre_build", "build", "deploy", "run", "verify", "ready", "alive", "setup", "migrate")
ACTING = (
    *("upload", "pre_build", "builder_assemble", "build_env", "build", "deploy_env", "deploy", "run"),
    *("exec true", "exec -- true", "shell", "verify", "ready --log", "alive", "setup", "migrate --timeout 9"),
    *("jobs hourly", "jobs nothing", "app.load", "app.nothing"),
)


@dataclass
class Laptop:
    """A checkout of an application, and no application root anywhere."""

    application: Application

    @property
    def checkout(self) -> Path:
        """The directory with ``.s2i``."""
        return self.application.root / "checkout"

    @property
    def root(self) -> Path:
        """Where the application root would be."""
        return self.application.root / "nowhere" / "app-root"

    @property
    def upload(self) -> Path:
        """Where an upload would be."""
        return self.application.root / "nowhere" / "upload"

    @property
    def files(self) -> list[str]:
        """Everything that there is."""
        return sorted(map(str, self.application.root.rglob("*")))

    @property
    def environ(self) -> dict[str, str]:
        """The variables of a laptop."""
        return {"S2I_APPLICATION_PATH": str(self.root), "S2I_UPLOAD_PATH": str(self.upload)}

    def s2itasks(self, *words: str) -> Result:
        """Run it below the checkout."""
        return self.application.s2itasks(*words, env=self.environ, cwd=self.checkout / "below")

    def refusal(self, word: str) -> str:
        """What is said of a command."""
        cure = "on a laptop, 's2itasks rehearse' builds and runs an application in a root of its own"
        if word in ("upload", "pre_build", "assemble"):
            missing = f"there is neither an application root {self.root} nor an upload {self.upload}"
            return f"{missing}; {cure}; in an image, set S2I_APPLICATION_PATH or S2I_UPLOAD_PATH"
        return f"there is no application root {self.root}; {cure}; in an image, set S2I_APPLICATION_PATH"


def hooks(application: Application, source: Path, who: str) -> None:
    """Give a directory one of everything, that would log who it is."""
    for name in HOOKS:
        application.write(source / ".s2i/action_hooks" / name, f"#!/bin/bash\necho {name} of {who} >>$LOG\n", 0o755)
    for name in ("build_env", "deploy_env"):
        application.write(source / ".s2i/action_hooks" / name, f"echo {name} of {who} >>$LOG; WHO={who}\n")
    application.write(source / ".s2i/jobs/hourly" / who, f"#!/bin/bash\necho job of {who} >>$LOG\n", 0o755)
    application.write(source / ".s2i/tasks.py", TASKS)


@pytest.fixture
def laptop(application: Application) -> Laptop:
    """Return a laptop."""
    laptop = Laptop(application)
    hooks(application, laptop.checkout, "checkout")
    (laptop.checkout / "below").mkdir()
    application.builder("assemble", "echo builder >>$LOG")
    application.builder("run", "echo builder >>$LOG")
    return laptop


@pytest.mark.slow
@pytest.mark.many_cases
@pytest.mark.parametrize("words", [*ACTING, "assemble"])
def test_acting_refuses_without_an_application_root(laptop: Laptop, words: str) -> None:
    """One message and 2, nothing is run and nothing is made; a dry run says the same."""
    before = laptop.files
    done = laptop.s2itasks(*words.split())
    assert done == Result(2, b"", f"s2itasks: error: {laptop.refusal(words)}\n".encode())
    assert laptop.s2itasks("--dry", *words.split()) == done
    assert (laptop.application.logged, laptop.files) == ([], before)


@pytest.mark.slow
def test_looking_at_a_checkout(laptop: Laptop) -> None:
    """Everything that shows what there is shows the repository that one stands in, and runs nothing."""
    before = laptop.files
    assert laptop.s2itasks("--list").succeeded().out.endswith(f"\nHooks of {laptop.checkout}/.s2i\n")
    assert "Hook: .s2i/action_hooks/run (present)" in laptop.s2itasks("--help", "run").succeeded().out
    assert "Task: .s2i/tasks.py:3 (present)" in laptop.s2itasks("--help", "app.load").succeeded().out
    assert laptop.s2itasks("jobs") == Result(0, b"hourly\n  .s2i/jobs/hourly/checkout\n", b"")
    assert laptop.s2itasks("--dry", "jobs") == Result(0, b"---> jobs: would list the categories\n", b"")
    assert laptop.s2itasks("--complete", "--", "s2itasks", "jobs", "").out == "hourly\n"
    assert "would source .s2i/action_hooks/deploy_env" in laptop.s2itasks("--dry", "env").succeeded().out
    assert (laptop.application.logged, laptop.files) == ([], before)


def test_env_sources_the_env_scripts_of_a_checkout(laptop: Laptop) -> None:
    """Which is its job."""
    assert laptop.s2itasks("env", "WHO").succeeded().out.split() == ["WHO", "checkout", "deploy_env"]
    assert laptop.application.logged == ["deploy_env of checkout"]


def test_assemble_makes_the_application_root(laptop: Laptop) -> None:
    """In a Dockerfile the upload is all there is; the directory that it runs in is not asked."""
    hooks(laptop.application, laptop.upload, "upload")
    before = laptop.files
    dry = laptop.s2itasks("--dry", "assemble", "verify").succeeded()
    assert f"     s2itasks: S2I_SOURCE_PATH={laptop.root}/src\n" in dry.out
    assert dry.out.endswith("---> verify: would become .s2i/action_hooks/verify\n")
    for words in ("build", "run", "--dry run"):
        assert laptop.s2itasks(*words.split()).error == laptop.refusal("run")
    assert (laptop.application.logged, laptop.files) == ([], before)
    laptop.s2itasks("assemble", "verify").succeeded()
    done = [line for line in laptop.application.logged if line != "build_env of upload"]
    assert done == ["pre_build of upload", "builder", "build of upload", "deploy_env of upload", "verify of upload"]


@pytest.mark.slow
def test_an_upload_without_hooks_is_one(laptop: Laptop) -> None:
    """assemble warns that there are none, and does not take those of another directory."""
    laptop.application.write(laptop.upload / "app.py", "")
    laptop.s2itasks("--dry", "assemble").succeeded()
    done = laptop.s2itasks("assemble").succeeded()
    assert f"there is no .s2i, neither in {laptop.upload} nor in {laptop.root}/src" in done.err
    assert laptop.application.logged == ["builder"]


def test_a_container_started_in_another_repository(laptop: Laptop) -> None:
    """Its application is the one of the application root, whatever is where it was started."""
    application = laptop.application
    here = laptop.checkout

    def inspected() -> list[str]:
        listed = application.s2itasks("--list", cwd=here).succeeded().out.splitlines()[-1]
        helped = application.s2itasks("--help", "ready", cwd=here).succeeded().out.partition("  Hook: ")[2]
        dry = application.s2itasks("--dry", "ready", cwd=here).succeeded().out.splitlines()[-1]
        completed = application.s2itasks("--complete", "--", "s2itasks", "jobs", "", cwd=here).succeeded().out
        return [listed, helped.partition("\n")[0], dry, completed]

    assert inspected() == [
        f"There is no .s2i in {application.source}",
        ".s2i/action_hooks/ready (missing)",
        "---> ready: nothing to do, no such hook",
        "",
    ]
    assert application.s2itasks("ready", cwd=here).succeeded().out == ""
    assert application.logged == []
    hooks(application, application.source, "application")
    assert inspected() == [
        f"Hooks of {application.source}/.s2i",
        ".s2i/action_hooks/ready (present)",
        "---> ready: would become .s2i/action_hooks/ready",
        "hourly\n",
    ]
    assert application.s2itasks("jobs", cwd=here).succeeded().out == "hourly\n  .s2i/jobs/hourly/application\n"
    assert application.s2itasks("env", "WHO", cwd=here).succeeded().out.split()[1] == "application"
    application.s2itasks("ready", cwd=here).succeeded()
    assert application.logged == ["deploy_env of application", "deploy_env of application", "ready of application"]


@pytest.mark.many_cases
@forms.in_every_form
def test_every_form_refuses(laptop: Laptop, form: str) -> None:
    """Where the variables say that the application is elsewhere, and nothing is there."""
    application = laptop.application
    hooks(application, application.source, "application")
    environ = application.environ(laptop.environ)
    for words in ("ready", "exec true", "run", "jobs hourly", "migrate --timeout 9", "deploy"):
        done = forms.run(application, form, *words.split(), environ=environ)
        assert done == Result(2, b"", f"s2itasks: error: {laptop.refusal(words)}\n".encode())
    assert application.logged == []
    listed = forms.run(application, form, "jobs", environ=environ, cwd=laptop.checkout).succeeded()
    assert (listed.out, application.logged) == ("hourly\n  .s2i/jobs/hourly/checkout\n", [])


@forms.in_every_form
def test_listing_jobs_runs_nothing(application: Application, form: str) -> None:
    """Neither in a container; no environment is needed for it."""
    hooks(application, application.source, "application")
    listed = forms.run(application, form, "jobs").succeeded()
    assert (listed.out, application.logged) == ("hourly\n  .s2i/jobs/hourly/application\n", [])


def test_an_app_root_that_does_not_count(application: Application) -> None:
    """Where S2I_APPLICATION_PATH says where the application is, nobody looks at what the image has."""
    application.hook("ready", "echo ran")
    assert application.s2itasks("ready", env={"APP_ROOT": "relative"}).succeeded().out == "ran\n"
