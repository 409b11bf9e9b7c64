"""What the tests share: one engine, one builder image, the application's image, and a summary of what ran where."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from . import builder_image, choice, machine, s2i, wheels
from .engine import Container, Engine, Unavailable, running
from .recipe import Recipe
from .wheels import Wheels

EXAMPLE = wheels.PROJECT / "examples" / "django"
NOT_UPLOADED = shutil.ignore_patterns("__pycache__", "db.sqlite3", "staticfiles")
REMARKS = pytest.StashKey[list[str]]()
Remark = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """An image, and what its build printed."""

    image: str
    log: str


@dataclass(frozen=True)
class Workshop:
    """Where images are made.

    :param root: the image of the bare root filesystem.
    :param python: the version of its Python, as in ``3.11``.
    :param wheels: what the example requires, and s2itasks.
    :param source: the example, keeping a wheel of s2itasks.
    """

    engine: Engine
    root: str
    python: str
    wheels: Wheels
    source: Path
    scratch: Path

    def image(self, name: str, recipe: Recipe) -> Built:
        """Make an image of a recipe."""
        return Built(name, self.engine.build(name, recipe))

    def s2i(self, name: str, builder: Built, source: Path, wheels: Wheels | None = None) -> Built:
        """Make an application's image as S2I does.

        :param wheels: all that pip can have in the build, instead of what the example requires.
        """
        scratch = self.scratch / f"s2i-{name}"
        usable = wheels or self.wheels
        given = s2i.recipe(builder.image, source, scratch, environment=usable.environment, mounts=usable.mounts)
        return self.image(name, given)


def pytest_configure(config: pytest.Config) -> None:
    """Make a place for remarks."""
    config.stash[REMARKS] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print them, whatever the verbosity."""
    for remark in config.stash[REMARKS]:
        terminalreporter.write_line(f"containers: {remark}")


@pytest.fixture(scope="session")
def remark(pytestconfig: pytest.Config) -> Remark:
    """Return what adds a line to the summary."""
    return pytestconfig.stash[REMARKS].append


@pytest.fixture(scope="session")
def directory() -> Iterator[Path]:
    """A directory of our own: pytest's stay behind for a while, and sockets in it need a short path."""
    made = Path(tempfile.mkdtemp(prefix="s2itasks-e2e-"))
    try:
        yield made
    finally:
        machine.remove(made)


@pytest.fixture(scope="session")
def workshop(directory: Path, remark: Remark) -> Iterator[Workshop]:
    """The engine with what every image needs; skips where no engine can be had, unless one was asked for by name."""
    try:
        engine, root = choice.choose(directory, remark)
    except Unavailable as reason:
        if os.environ.get(choice.VARIABLE):
            raise
        pytest.skip(f"no containers here: {reason}")
    remark(f"running in {engine.name}")
    try:
        source = directory / "guestbook"
        shutil.copytree(EXAMPLE, source, ignore=NOT_UPLOADED)
        own = wheels.own(source / "vendor")
        requirements = f"--requirement={source / 'requirements.txt'}"
        fetched = wheels.fetch(directory / "wheels", root.python, *wheels.CONDITIONAL, str(own), requirements)
        install = f"pip install /tmp/src/vendor/{own.name}"
        (source / ".s2i/bin/assemble").write_text(f"#!/bin/bash\nset -e\n{install}\nexec s2itasks assemble\n")
        yield Workshop(engine, root.image, root.python, fetched, source, directory)
    finally:
        engine.close()


@pytest.fixture(scope="session")
def builder(workshop: Workshop) -> Built:
    """The full builder image."""
    return workshop.image("builder", builder_image.full(workshop.root))


@pytest.fixture(scope="session")
def application(workshop: Workshop, builder: Built) -> Built:
    """The example's image."""
    return workshop.s2i("application", builder, workshop.source)


@pytest.fixture(scope="module")
def pod(workshop: Workshop, application: Built) -> Iterator[Container]:
    """The example, running and ready, for tests that leave it so."""
    with running(workshop.engine, application.image) as container:
        container.until_ready()
        yield container
