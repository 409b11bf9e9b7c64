"""Stopping a pod, at the moments when that used to be hard."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Built, Remark, Workshop
from .engine import running
from .recipe import Start

pytestmark = pytest.mark.e2e

HOOK = "/opt/app-root/src/.s2i/action_hooks"


def hook(directory: Path, text: str) -> Path:
    """Write a hook that a container can be given instead of its own."""
    path = directory / "hook"
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("waiting", "last_words"),
    [
        ("sleep 600", ""),
        ("exec sleep 600", ""),
        ("trap 'echo cleaned up; exit 0' TERM; sleep 600 & wait", "cleaned up\n"),
    ],
    ids=["foreground", "exec", "trap"],
)
def test_during_deploy(
    workshop: Workshop, application: Built, directory: Path, remark: Remark, waiting: str, last_words: str
) -> None:
    """The hook ends, nothing else starts, and the container ends with 143: at once, and not after its grace period."""
    slow = hook(directory, f"echo waiting\n{waiting}")
    with running(workshop.engine, application.image, Start(mounts={f"{HOOK}/deploy": slow})) as container:
        container.until_logged("waiting\n")
        status, seconds = container.stop()
        assert status == 143, container.log
        assert seconds < 2
        assert last_words in container.log
        assert "gunicorn" not in container.log
        remark(f"stopped during deploy, {waiting!r}: {seconds:.2f} s")


def test_during_deploy_env(workshop: Workshop, application: Built, directory: Path) -> None:
    """An env script that hangs is no different."""
    slow = hook(directory, "echo waiting; sleep 600")
    with running(workshop.engine, application.image, Start(mounts={f"{HOOK}/deploy_env": slow})) as container:
        container.until_logged("waiting\n")
        status, seconds = container.stop()
        assert status == 143, container.log
        assert seconds < 2


def test_while_serving(workshop: Workshop, application: Built, remark: Remark) -> None:
    """gunicorn is PID 1, gets the signal itself, and ends in its own way."""
    with running(workshop.engine, application.image) as container:
        container.until_ready()
        status, seconds = container.stop()
        assert status in (0, 143), container.log
        assert seconds < 5
        remark(f"stopped while serving: {seconds:.2f} s, status {status}")


def test_a_deploy_that_fails(workshop: Workshop, application: Built, directory: Path) -> None:
    """The container ends with the hook's status, and one line says which hook it was."""
    failing = hook(directory, "exit 9")
    with running(workshop.engine, application.image, Start(mounts={f"{HOOK}/deploy": failing})) as container:
        assert container.wait() == 9
        errors = [line for line in container.log.splitlines() if line.startswith("s2itasks: error: ")]
        assert len(errors) == 1, container.log
        assert ".s2i/action_hooks/deploy" in errors[0]


def test_what_deploy_left_behind(workshop: Workshop, application: Built, directory: Path) -> None:
    """A daemon that it started lives on beside the application."""
    daemon = hook(directory, "nohup sleep 600 > /dev/null 2>&1 &\nexec s2itasks migrate")
    with running(workshop.engine, application.image, Start(mounts={f"{HOOK}/deploy": daemon})) as container:
        container.until_ready()
        commands = "cat /proc/[0-9]*/cmdline"
        assert "sleep\x00600" in container.output("bash", "-c", commands)
