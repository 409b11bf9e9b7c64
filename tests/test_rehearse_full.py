"""A file system that is full when a rehearsal wants to write to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS
from test_rehearse import SERVER, VENUES, write
from test_rehearse_namespace import needs_namespaces

pytestmark = [pytest.mark.slow, needs_namespaces]


def rehearse(directory: Path, *words: str) -> str:
    """Return the last line of a rehearsal that fails in a root with 4 MiB."""
    small = directory / "small"
    small.mkdir(exist_ok=True)
    script = f'mount -t tmpfs -o size=4m tmpfs {small} && exec "$@"'
    argv = [str(S2ITASKS), "rehearse", str(directory / "source"), "--check", "--root", str(small / "root"), *words]
    entered = ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", script, "bash", *argv]
    done = subprocess.run(entered, cwd=directory, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("venue", VENUES)
def test_the_virtual_environment(tmp_path: Path, venue: str) -> None:
    """It says so, and what to do; venv itself only says that ensurepip has failed."""
    write(tmp_path / "source" / "app.py", SERVER)
    last = rehearse(tmp_path, venue)
    full = f"no space left for {tmp_path}/small/root/app-root; free some, or give a --root somewhere else"
    assert last.endswith(f" ended with status 1: {full}"), last


def test_the_source(tmp_path: Path) -> None:
    """Nobody is told to leave the file out that the space did not suffice for."""
    write(tmp_path / "source" / "app.py", SERVER)
    (tmp_path / "source" / "data").write_bytes(bytes(5 * 1024 * 1024))
    last = rehearse(tmp_path)
    assert last.startswith(f"s2itasks: error: {tmp_path}/source/data cannot be copied: "), last
    assert "No space left on device" in last, last
    assert last.endswith("; free some, or give a --root somewhere else"), last
