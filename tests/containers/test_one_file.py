"""The one file in real containers: a repository that ``init`` made ready, and images that have no s2itasks otherwise.

The builder image has none, and pip has no index, but only a directory with what the application requires. So whatever
runs in these builds and pods has come out of ``.s2i/s2itasks.pyz``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from application import S2ITASKS
from checked import git

from s2itasks import __version__
from s2itasks.launcher import packages

from . import wheels
from .conftest import Built, Workshop
from .engine import Container, running
from .recipe import RANDOM_UID, Start
from .wheels import Wheels

pytestmark = pytest.mark.e2e

FLASK = """\
import os

from flask import Flask

application = Flask(__name__)


@application.get("/")
def hello():
    return f"{os.environ['LOG_LEVEL']}: hello\\n"
"""
REQUIRED = ("flask", "gunicorn")
ONE_FILE = ".s2i/s2itasks.pyz"
OTHER = "0.0.1+other"


@pytest.fixture(scope="module")
def required(workshop: Workshop) -> Wheels:
    """What the application requires, and no s2itasks."""
    found = wheels.fetch(workshop.scratch / "flask-wheels", workshop.python, *REQUIRED)
    assert not list(found.directory.glob("s2itasks*"))
    return found


@pytest.fixture(scope="module")
def image(workshop: Workshop, builder: Built, required: Wheels) -> Built:
    """A fresh Flask application, built."""
    repository = workshop.scratch / "flask"
    repository.mkdir()
    (repository / "wsgi.py").write_text(FLASK)
    (repository / "requirements.txt").write_text("".join(f"{name}\n" for name in REQUIRED))
    source = made_ready(repository, [S2ITASKS, "init", "--hooks=deploy_env,ready"], workshop.scratch / "flask-source")
    return workshop.s2i("flask", builder, source, required)


@pytest.fixture(scope="module")
def pod(workshop: Workshop, image: Built) -> Iterator[Container]:
    """It runs as a random user, on a root that nobody can write to."""
    start = Start(["s2itasks", "run"], read_only=True, tmpfs=["/tmp"])  # noqa: S108 - a pod's
    with running(workshop.engine, image.image, start) as container:
        container.until_ready()
        yield container


def made_ready(repository: Path, init: Sequence[str], target: Path) -> Path:
    """Make a repository of a directory, run ``init`` in it, and return what a clone would then have of it."""
    environ = dict(os.environ)
    git(repository, environ, "init", "-q")
    git(repository, environ, "add", "--all")
    subprocess.run(init, cwd=repository, check=True)
    git(repository, environ, "checkout-index", "--all", f"--prefix={target}/")
    return target


def test_the_build(image: Built, pod: Container) -> None:
    """The builder installs what is required, the phases run around it, and no s2itasks is among the packages."""
    assert "---> Installing requirements.txt" in image.log
    assert "---> assemble: done in" in image.log
    find = (
        "import importlib.util; print(importlib.util.find_spec('flask') and not importlib.util.find_spec('s2itasks'))"
    )
    assert pod.output("s2itasks", "exec", "--", "python", "-c", find) == "True\n"


def test_the_pod(pod: Container) -> None:
    """It answers, as what the random user's PID 1 has become; hooks and commands have the application environment."""
    assert pod.get() == (200, "info: hello\n")
    assert pod.init_command()[1:3] == ["/opt/app-root/bin/gunicorn", "wsgi"]
    assert pod.init_status("Uid") == [str(RANDOM_UID)] * 4
    assert pod.init_status("Gid") == ["0"] * 4
    assert pod.exec("touch", "/opt/app-root/src/x").returncode != 0
    assert pod.exec("s2itasks", "ready", "--timeout", "20").returncode == 0
    assert pod.output("s2itasks", "exec", "--", "printenv", "LOG_LEVEL", "VIRTUAL_ENV") == "info\n/opt/app-root\n"
    assert pod.output("s2itasks", "shell", stdin="echo $LOG_LEVEL\n") == "info\n"
    assert pod.output("s2itasks", "--version") == f"s2itasks {__version__}\n"


def test_the_file_in_a_pod(pod: Container) -> None:
    """It hands over what pods run, and unpacks itself for all else, where nothing of that stays."""
    file = ("python", "-I", ONE_FILE)
    assert pod.output(*file, "exec", "--", "printenv", "LOG_LEVEL") == "info\n"
    assert pod.output(*file, "check", "--explain", "S2I503").startswith("# S2I503: ")
    assert pod.output("find", "/tmp", "-mindepth", "1") == ""  # noqa: S108 - the only place that it could write to


def test_a_chained_build(workshop: Workshop, image: Built, required: Wheels, directory: Path) -> None:
    """The file of the application is the one that builds and is pinned, not the one in the image it is built on."""
    repository = directory / "flask-chained"
    repository.mkdir()
    other = other_s2itasks(directory / "other")
    source = made_ready(
        repository,
        ["env", f"PYTHONPATH={other}", sys.executable, "-S", "-m", "s2itasks", "init"],
        directory / "flask-chained-source",
    )
    chained = workshop.s2i("flask-chained", image, source, required)
    with running(workshop.engine, chained.image) as container:
        container.until_ready()
        assert container.get() == (200, "info: hello\n")  # by the source and the hooks of the first image
        assert container.output("s2itasks", "--version") == f"s2itasks {OTHER}\n"
        assert container.output("python", "-I", ONE_FILE, "--version") == f"s2itasks {OTHER}\n"
        assert container.output("s2itasks", "exec", "--", "printenv", "LOG_LEVEL") == "info\n"


def other_s2itasks(directory: Path) -> Path:
    """Return a directory of packages with an s2itasks of another version."""
    directory.mkdir()
    packages.copy_for_one_file(directory)
    package = directory / "s2itasks/__init__.py"
    package.write_text(package.read_text().replace(f'"{__version__}"', f'"{OTHER}"'))
    return directory
