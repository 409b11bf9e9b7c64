"""``rehearse --container``, by podman as a developer has it, with the builder image of the other tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from application import S2ITASKS
from rehearsed import eventually

from . import wheels
from .conftest import Built, Workshop
from .podman import Podman
from .wheels import Wheels

pytestmark = pytest.mark.e2e

SERVER = """\
import http.server, os, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
http.server.HTTPServer(("", int(os.environ.get("PORT", "8080"))), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
FLASK = wheels.PROJECT / "examples" / "flask"


@dataclass(frozen=True)
class Laptop:
    """A developer's machine.

    :param environ: the environment of a shell, with which podman finds its images.
    :param builder: the name of the builder image.
    """

    directory: Path
    environ: Mapping[str, str]
    builder: str

    def argv(self, source: Path, *words: str) -> list[str]:
        """Return the command line of a rehearsal."""
        return [S2ITASKS, "rehearse", str(source), "--container", "--image", self.builder, *words]

    def rehearse(self, source: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Rehearse until it is ready."""
        return self.run(*self.argv(source, "--check", *words), **variables)

    def run(self, *argv: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            argv,
            env={**self.environ, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def script(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the kept script of the only root."""
        (script,) = (self.directory / "cache" / "s2itasks").glob("*/s2itasks")
        return self.run(str(script), *words)

    def podman(self, *words: str) -> list[str]:
        """Return the lines that podman prints."""
        done = self.run("podman", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def containers(self) -> list[str]:
        """Return the names of all containers, those of builds, too."""
        return self.podman("ps", "--all", "--external", "--format={{.Names}}")


@pytest.fixture
def laptop(workshop: Workshop, builder: Built, tmp_path: Path) -> Laptop:
    """One whose podman has the builder image, and can publish ports."""
    if not isinstance(workshop.engine, Podman):
        pytest.skip(f"podman is needed, and this is {workshop.engine.name}")
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), **workshop.engine.configured(tmp_path)}
    made = Laptop(tmp_path, environ, builder.image)
    tried = made.run("podman", "run", "--rm", "--publish=127.0.0.1::8080", builder.image, "true")
    if tried.returncode:
        pytest.skip(f"podman cannot publish ports here: {tried.stderr}")
    return made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A server without a .s2i/bin."""
    directory = tmp_path / "shop"
    hooks = directory / ".s2i" / "action_hooks"
    hooks.mkdir(parents=True)
    (directory / "app.py").write_text(SERVER)
    (directory / ".s2i" / "environment").write_text('BAKED="a $HOME \\b\n')
    return directory


def hook(source: Path, name: str, text: str) -> None:
    """Write a hook."""
    path = source / ".s2i" / "action_hooks" / name
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def required(workshop: Workshop) -> Wheels:
    """What the Flask example requires, and s2itasks."""
    own = wheels.own(workshop.scratch / "rehearsed-own")
    requirements = f"--requirement={FLASK / 'requirements.txt'}"
    return wheels.fetch(workshop.scratch / "rehearsed", workshop.python, *wheels.CONDITIONAL, str(own), requirements)


def test_the_flask_example(laptop: Laptop, required: Wheels) -> None:
    """It is built with pip's settings, of which nothing stays; it answers, and ends by SIGTERM as in a pod."""
    settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(required.directory), "SECRET": "not asked for"}
    source = laptop.directory / "hello"
    shutil.copytree(FLASK, source)
    done = laptop.rehearse(source, "--stop-test", "--env", "FLASK_GREETING=Moin", **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stderr
    assert f"in containers of podman, with the builder image {laptop.builder}" in said
    assert " answers 200\n" in said
    assert "---> rehearse: SIGTERM while serving: status 0 after " in said
    assert laptop.containers() == []
    (image,) = laptop.podman("images", "--quiet", "--filter=reference=localhost/s2itasks-hello-*:application")
    kept = "\n".join(laptop.podman("run", "--rm", image, "find", "/run/s2itasks", "/tmp/src", "-type", "f"))  # noqa: S108
    for lines in (laptop.podman("image", "inspect", image), laptop.podman("run", "--rm", image, "env"), [kept]):
        text = "\n".join(lines)
        assert not any(word in text for word in ("NO_INDEX", str(required.directory), "Moin", "not asked for"))
    asked = laptop.script("exec", "--", "sh", "-c", "id -u; id -g; printenv FLASK_GREETING SECRET")
    assert asked.stdout.split() == ["1000650000", "0", "Moin"]
    again = laptop.rehearse(source, "--env", "FLASK_GREETING=Moin", **settings)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "with the image of the last rehearsal" in again.stderr
    assert "STEP" not in again.stdout
    cleaned = laptop.run(S2ITASKS, "rehearse", "--clean")
    assert cleaned.returncode == 0
    assert laptop.podman("images", "--quiet", "--filter=reference=localhost/s2itasks-hello-*") == []
    assert laptop.podman("images", "--quiet", "--filter=reference=" + laptop.builder)


def test_a_source_without_entry_points(laptop: Laptop, source: Path) -> None:
    """It gets those of init; variables are what they are anywhere else, on a root that cannot be written to."""
    hook(source, "deploy", "exec sleep 600")
    command = 'printenv BAKED NAME LANG; touch /tmp/mine && ! touch /opt/app-root/mine 2>/dev/null && exit "$NUMBER"'
    variables = ("--env", "NAME=two\nlines", "--env", "LANG=C", "--env", "NUMBER=4", "--env", "PORT=5000")
    done = laptop.rehearse(source, "--read-only", "--stop-test", *variables, "--wait", "1")
    assert "did not answer within 1 s" in done.stderr
    assert "---> rehearse: SIGTERM in deploy: status 143 after 0." in done.stderr
    hook(source, "deploy", "true")
    done = laptop.rehearse(source, "--read-only", *variables, "--exec", "--", "sh", "-c", command)
    assert done.returncode == 4, done.stdout + done.stderr
    assert '"a $HOME \\b\ntwo\nlines\nC\n' in done.stdout
    assert "built with .s2i/bin/assemble, .s2i/bin/run, .s2i/s2itasks.pyz as s2itasks init writes them" in done.stderr
    assert "network: port 5000 is port " in done.stderr
    assert not (source / ".s2i" / "bin").exists()
    assert laptop.containers() == []


def test_a_failing_build(laptop: Laptop, source: Path) -> None:
    """Its log is shown, and nothing is left but what makes the next one fast."""
    hook(source, "build", "echo the bricks are missing; exit 5")
    done = laptop.rehearse(source)
    assert done.returncode != 0
    assert "the bricks are missing" in done.stdout + done.stderr
    assert "s2itasks: error: .s2i/action_hooks/build" in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1].startswith("s2itasks: error: s2itasks assemble ended with status ")
    assert laptop.containers() == []


@pytest.mark.parametrize(("phase", "times"), [("build", 1), ("verify", 1), ("deploy", 1), ("deploy", 2), ("", 1)])
def test_ctrl_c(laptop: Laptop, source: Path, phase: str, times: int) -> None:
    """It leaves no container, whenever it comes; while the application serves, the kept script joins that."""
    if phase:
        hook(source, phase, "echo here I am; exec sleep 600")
    log = laptop.directory / "log"
    with log.open("wb") as output:
        rehearsal = subprocess.Popen(
            laptop.argv(source), env=laptop.environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    awaited = b"here I am" if phase else b"Ctrl-C ends it"
    eventually(lambda: awaited in log.read_bytes() or rehearsal.poll() is not None, 120)
    assert rehearsal.poll() is None, log.read_text()
    if not phase:
        assert laptop.script("exec", "--", "cat", "/proc/1/cmdline").stdout.split("\0")[:2] == ["python", "app.py"]
    for _ in range(times):
        rehearsal.send_signal(signal.SIGINT)
    assert rehearsal.wait(timeout=60) == (130 if phase else 0), log.read_text()
    assert laptop.containers() == []
