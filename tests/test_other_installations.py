"""Another s2itasks than the pinned one: who does what, and what a build says about PATH and permissions."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import random_user
from application import Application
from installation import Installation, installed, uploaded
from signals import masks

OLD = "__version__ = '1.0'\n"  # of invoke; what s2itasks needs of it is not there


def ruin(other: Installation) -> None:
    """Install what requirements with ``invoke==1.0`` do, and remove python-dotenv."""
    for name in ("invoke", "dotenv"):
        (other.packages / name).rename(other.packages / f"was_{name}")
    other.application.write(other.packages / "invoke" / "__init__.py", OLD)


@pytest.fixture
def other(application: Application) -> Installation:
    """An image with s2itasks in a virtual environment outside the application root, built with it."""
    uploaded(application)
    return installed(application, application.root / "opt" / "venv")


@pytest.mark.slow
def test_requirements_that_pin_an_old_invoke(other: Installation) -> None:
    """The deployment runs; a build says what is wrong."""
    other.run("assemble").succeeded()
    ruin(other)
    for command in ("verify", "ready", "alive", "setup", "migrate"):
        assert other.run(command).succeeded().out == f"{command} 1\n"
    assert other.run("ready", "--timeout=50", "--log").succeeded().out == "ready 1\n"
    assert other.run("exec", "--", "printenv", "A").succeeded().out == "1\n"
    assert other.run("shell", stdin=b"echo $A\n").succeeded().out == "1\n"
    assert other.run("jobs", "hourly").succeeded().out == "job 1\n"
    assert other.run("env", "A").succeeded().out == "A  1  deploy_env\n"
    assert other.run("deploy-env", "deploy").succeeded().out == "deploy 1\n"
    assert other.run("run").succeeded().out == "deploy 1\nrun 1\n"
    assert other.run("--dry", "run").succeeded()
    assert "ready" in other.run("--list").succeeded().out
    assert other.run("--help", "ready").succeeded()
    said = "invoke and python-dotenv are not as s2itasks needs them: "
    done = other.run("assemble")
    assert (
        done.status,
        done.error.startswith(said),
        done.error.endswith("; install them again: pip install s2itasks"),
    ) == (2, True, True)


@pytest.mark.slow
def test_what_python_changes_is_not_handed_over(other: Installation) -> None:
    """Ignored signals, LC_CTYPE under the C locale; names that are no text arrive as they are."""
    other.run("assemble").succeeded()
    ignored = other.run("exec", "--", "grep", "SigIgn", "/proc/self/status").succeeded().out
    assert masks(ignored) == [0]
    assert other.run("exec", "--", "printenv", "LC_CTYPE", LANG="", LC_ALL="").status == 1
    assert other.run("exec", "--", "printenv", "LC_CTYPE", LC_CTYPE="C").succeeded().out == "C\n"
    assert other.run("exec", "--", "printf", "%s", b"\xff\xc3").succeeded().stdout == b"\xff\xc3"


@pytest.mark.slow
def test_what_the_application_has_of_other_names(other: Installation) -> None:
    """Modules like those of the standard library, on PYTHONPATH, do no harm before the command is handed over."""
    other.run("assemble").succeeded()
    for name in ("signal", "enum", "typing", "contextlib", "pathlib", "gc", "subprocess", "json"):
        other.application.write(other.application.root / "lib" / f"{name}.py", "raise SystemExit(99)\n")
    other.application.write(other.packages / "sitecustomize.py", "")
    assert other.run("ready", PYTHONPATH=str(other.application.root / "lib")).succeeded().out == "ready 1\n"


@pytest.mark.slow
def test_where_nothing_was_built_the_one_that_was_called_does_it(other: Installation) -> None:
    """There is no launcher; and builds and checks are its business in any case."""
    other.application.hook("ready", "echo here")
    assert other.run("ready").succeeded().out == "here\n"
    other.run("assemble").succeeded()
    assert other.run("check", str(other.application.source)).status in (0, 1)
    assert other.run("rehearse", "nowhere").error.startswith("there is no directory nowhere to rehearse; ")


def test_a_console_script_in_the_launchers_place(other: Installation) -> None:
    """As pip writes it when the application installs s2itasks again: no command is handed round in circles."""
    other.run("assemble").succeeded()
    own = other.application.path / "bin" / "s2itasks"
    own.write_bytes(other.script.read_bytes())
    ruin(other)
    other.application.variables["PATH"] = f"{own.parent}:/usr/bin:/bin"
    assert other.run("ready").succeeded().out == "ready 1\n"
    assert other.run("exec", "--", "false").status == 1
    other.application.hook("ready", "exit 3")
    done = other.run("ready", "--timeout=50")
    assert (done.status, done.error) == (3, ".s2i/action_hooks/ready ended with status 3; see its output above")


@pytest.mark.slow
def test_path_finds_another_one_first(other: Installation) -> None:
    """A warning with the line that cures it; with that line there is none."""
    own = other.application.path / "bin" / "s2itasks"
    done = other.run("assemble").succeeded()
    (warning,) = (line for line in done.err.splitlines() if "warning" in line)
    assert warning == (
        f"s2itasks: warning: PATH finds {other.script} before {own}, which starts faster and needs nothing "
        f"that the application could replace; in the Dockerfile: ENV PATH={own.parent}:$PATH"
    )
    other.application.write(other.application.upload / "more", "")
    done = other.run("assemble", PATH=f"{own.parent}:{other.application.variables['PATH']}").succeeded()
    assert "warning" not in done.err


@pytest.mark.slow
def test_the_second_build_of_a_chain_replaces_the_same_launcher(application: Application) -> None:
    """Not only one in the application root: that of a virtual environment below it, say."""
    application.builder("assemble", "true")
    below = installed(application, application.path / "venv")
    for _ in range(2):
        assert "warning: PATH" not in below.run("assemble").succeeded().err
    assert not (application.path / "bin" / "s2itasks").exists()
    programs = {path.name for path in application.path.glob("libexec/s2itasks/programs.*")}
    assert len(programs) == 1
    assert programs.pop() in below.script.read_text()


@pytest.mark.skipif(random_user.interpreter() is None, reason="needs root, and an interpreter that others can start")
def test_a_root_that_cannot_be_written(application: Application) -> None:
    """One message with its cure, and nothing is done: no directory is made, and the upload is as it was."""
    application.hook("pre_build", "echo pre_build >>$LOG", uploaded=True)
    application.builder("assemble", "echo assemble >>$LOG")
    random_user.open_to(application.root)
    application.source.chmod(0o777)
    subprocess.run(["chmod", "-R", "a+rwX", application.upload], check=True)
    before = sorted(application.root.rglob("*"))
    command = [*random_user.prefix(), *random_user.command(random_user.interpreter() or ""), "assemble"]
    done = application.run(*command, cwd=Path("/"))
    root = application.path
    assert done.err == (
        f"s2itasks: error: {root} cannot be written by this user (UID {random_user.UID}), and a build has to; in the "
        f"Dockerfile, as root: RUN mkdir -p {root} && chgrp -R 0 {root} && chmod -R g=u {root}\n"
    )
    assert done.status == 2
    assert sorted(application.root.rglob("*")) == before
    cure = f"mkdir -p {root} && chgrp -R 0 {root} && chmod -R g=u {root}"
    subprocess.run(["sh", "-c", cure], check=True)
    application.root.chmod(0o777)
    done = application.run(*command, cwd=Path("/"))
    assert (done.status, Path(application.log).exists()) == (0, True), done.err
