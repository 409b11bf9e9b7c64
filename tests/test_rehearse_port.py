"""The port of a rehearsal, which is any free one, and applications that have one written down."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from test_rehearse import SERVER, VENUES, rehearse, write

from s2itasks.phases import graph
from s2itasks.rehearse import literal_port

BASH = "#!/bin/bash\n"
READY = ".s2i/action_hooks/ready"
OF_BASH = "8080 is not the port of a rehearsal, which tells the application a free one; use ${PORT:-8080}"
OF_PYTHON = OF_BASH.replace("${PORT:-8080}", 'os.environ.get("PORT", "8080")')


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({READY: f"{BASH}curl -f http://127.0.0.1:8080/\n"}, [f"{READY}:2: {OF_BASH}"]),
        ({READY: f"{BASH}# not 8080\ncurl -f http://127.0.0.1:${{PORT:-8080}}/\n"}, []),
        ({READY: f"{BASH}port=${{1:-8080}}; : ${{PORT:=8080}}\nsleep 18080; cat v1.8080 8080.txt\n"}, []),
        (
            {READY: f'{BASH}exec python "$(dirname "$0")/ask.py"\n', ".s2i/action_hooks/ask.py": "a = ('::1', 8080)\n"},
            [f".s2i/action_hooks/ask.py:1: {OF_PYTHON}"],
        ),
        (
            {READY: f"{BASH}.s2i/ask\n", ".s2i/ask": f"{BASH}./probe.sh\n", "probe.sh": f"{BASH}nc ::1 8080\n"},
            [f"probe.sh:2: {OF_BASH}"],
        ),
        ({READY: f"{BASH}nc ::1 8080\n", ".s2i/action_hooks/deploy_env": "export PORT=8080\n"}, []),
        ({READY: f"{BASH}exec true\n", ".s2i/action_hooks/deploy": f"{BASH}nc ::1 8080\n"}, []),
        (
            {".s2i/tasks.py": "from invoke import task\n\n\n@task\ndef ready(c):\n    ask('::1', 8080)\n"},
            [f".s2i/tasks.py:6: {OF_PYTHON}"],
        ),
        ({"app.py": "8080"}, []),
    ],
)
def test_probes_with_a_port_of_their_own(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    """The lines of the hook, and of what it names; a number that PORT goes before is right."""
    for path, text in files.items():
        write(tmp_path / path, text, 0o755 if text.startswith("#!") else 0o644)
    assert [*literal_port.warnings(tmp_path, graph, os.environ, ["ready", "alive"])] == expected


@pytest.mark.slow
def test_a_ready_hook_that_waits_for_8080(tmp_path: Path) -> None:
    """It is named before the build, and again where it has been waited for in vain."""
    write(tmp_path / "source" / "app.py", SERVER)
    write(tmp_path / "source" / READY, f"{BASH}false http://127.0.0.1:8080/\n", 0o755)
    done = rehearse("source", "--check", "--root", "root", "--wait", "1", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.partition("preparing")[0].count(f"warning: {READY}:2: {OF_BASH}\n") == 1
    assert _last_but_one(done.stderr) == f"s2itasks: warning: {READY}:2: {OF_BASH}"
    assert "the ready hook did not succeed within 1 s" in done.stderr.splitlines()[-1]


@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_a_port_of_the_environment_file(tmp_path: Path, venue: str) -> None:
    """A rehearsal uses its own, and says so in a line."""
    write(tmp_path / "source" / "app.py", SERVER)
    write(tmp_path / "source" / ".s2i" / "environment", "PORT=9000\n")
    done = rehearse("source", "--check", "--root", "root", venue, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = "warning: .s2i/environment: PORT=9000 is not used here: the application is told a free port; try it with "
    assert done.stderr.partition("preparing")[0].count(told) == 1
    assert "     port: a free one, for 9000\n" in done.stderr.partition("not as in a pod:")[2]


def _last_but_one(said: str) -> str:
    """Return the line before the error; a slow machine says between the two that the application has not ended yet."""
    lines = [line for line in said.splitlines() if "has not ended at SIGTERM" not in line]
    return lines[-2]
