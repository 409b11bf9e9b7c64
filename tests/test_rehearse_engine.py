"""``rehearse --container`` where it cannot be had, and where it is asked for together with what excludes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from test_rehearse import SERVER, rehearse, write

from s2itasks.errors import UsageError
from s2itasks.rehearse import engine
from s2itasks.rehearse.engine import EngineSilent, NoEngine
from s2itasks.rehearse.wishes import Wishes


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(image="builder"), "--image is the builder image of --container; give --container, too"),
        (Wishes(container=True, image=""), "--image '' is not the name of an image; give it one, or leave it out"),
        (
            Wishes(container=True, image="--privileged"),
            "--image '--privileged' is not the name of an image; give it one",
        ),
        (
            Wishes(container=True, namespace=False),
            "--no-namespace and --container exclude each other; leave one of them",
        ),
        (
            Wishes(container=True, python="3.12"),
            "--python: with --container, the Python is that of the builder image; ",
        ),
    ],
    ids=str,
)
def test_what_does_not_go_together(wishes: Wishes, said: str) -> None:
    """It is refused before anything else is looked at."""
    with pytest.raises(UsageError) as refused:
        wishes.require_consistent()
    assert str(refused.value).startswith(said)


def test_a_machine_without_containers(tmp_path: Path) -> None:
    """Nothing is made in vain, and the cure is named."""
    write(tmp_path / "source" / "app.py", SERVER)
    done = rehearse("source", "--container", "--root", "root", cwd=tmp_path, PATH=str(tmp_path))
    problem = "--container: there is neither podman nor docker in PATH"
    cure = "install one of them, or rehearse without --container"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"s2itasks: error: {problem}; {cure}\n")
    assert not (tmp_path / "root").exists()


def answering(directory: Path, **programs: str) -> Mapping[str, str]:
    """Return an environment with programs that are bash."""
    for name, text in programs.items():
        write(directory / name, f"#!/bin/bash\n{text}\n", 0o755)
    return {"PATH": str(directory), "HOME": "/home/somebody", "SECRET": "not the program's"}


def test_the_first_that_answers(tmp_path: Path) -> None:
    """With an environment of its own; some have a podman that is called docker."""
    silent, version = "echo trying >&2; echo no machine runs >&2; exit 125", '[[ $1 = ps ]] || echo "docker version 27"'
    found = engine.found(answering(tmp_path, podman=silent, docker=version))
    assert (found.program, found.name) == (str(tmp_path / "docker"), "docker")
    assert found.environ == {"PATH": str(tmp_path), "HOME": "/home/somebody"}
    emulation = answering(tmp_path, docker='[[ $1 = ps ]] || echo "podman version 5.2"')
    assert engine.found(emulation).name == "podman"
    silence = "docker: cannot connect to the daemon"
    with pytest.raises(EngineSilent) as refused:
        engine.found(answering(tmp_path, podman=f"echo {silence} >&2; exit 1", docker="exit 1"))
    assert silence in str(refused.value)
    with pytest.raises(NoEngine):
        engine.found({"PATH": str(tmp_path / "nowhere")})
