"""docs/installing.md: its scripts are those that init writes, and they work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import shown
from application import Application

from s2itasks.onefile import archive

PAGE = shown.ROOT / "docs" / "installing.md"
TEXT = PAGE.read_text()
SCRIPTS = [block.text for block in shown.blocks(PAGE) if block.title == ".s2i/bin/assemble"]


@pytest.mark.parametrize(("install", "script"), list(zip(["pip", "wheel"], SCRIPTS)))
def test_other_ways_are_those_of_init(application: Application, install: str, script: str) -> None:
    """``--install pip`` and ``--install wheel``."""
    source = application.root / "repository"
    source.mkdir()
    application.s2itasks("init", str(source), "--install", install).succeeded()
    assert (source / ".s2i/bin/assemble").read_text() == script


def test_its_scripts_work(application: Application) -> None:
    """``.s2i/bin/assemble`` and ``run`` of the one file, as they stand there, with the file beside them."""
    (console,) = (block for block in shown.blocks(PAGE) if "cat .s2i/bin/assemble" in block.text)
    scripts = {command.rpartition("/")[2]: output for command, output in console.commands() if "cat" in command}
    assert list(scripts) == ["assemble", "run"]
    application.builder("assemble", 'echo assembled >>"$LOG"')
    application.builder("run", 'echo started >>"$LOG"')
    (application.upload / ".s2i").mkdir()
    archive.write(application.upload / ".s2i/s2itasks.pyz")
    for name, text in scripts.items():
        script = application.write(application.root / "scripts" / name, text, 0o755)
        application.run(script).succeeded()
        assert application.logged[-1] == {"assemble": "assembled", "run": "started"}[name]


def test_its_dockerfile_starts_commands_where_the_application_is() -> None:
    """It needs no index for s2itasks; exec runs where its caller is, and PATH begins with what assemble writes.

    tests/containers builds it and runs it.
    """
    (dockerfile,) = (block.text for block in shown.blocks(PAGE) if block.title == "Dockerfile")
    assert [tuple(line.split(" ", 1)) for line in dockerfile.splitlines()][1:] == [
        ("COPY", ". /tmp/src"),
        ("RUN", "python -I /tmp/src/.s2i/s2itasks.pyz assemble"),
        ("ENV", "PATH=/opt/app-root/bin:$PATH"),
        ("WORKDIR", "/opt/app-root/src"),
        ("CMD", '["s2itasks", "run"]'),
    ]


@pytest.mark.slow
def test_its_wheels_install_without_an_index(tmp_path: Path) -> None:
    """The two commands as they stand there, but for the Git address."""
    (make,) = re.findall(r"^(pip wheel .*)$", TEXT, re.MULTILINE)
    (install,) = re.findall(r"^(pip install --no-index .*)$", TEXT, re.MULTILINE)
    make = re.sub(r"git\+\S+", str(shown.ROOT), make)
    subprocess.run([sys.executable, "-m", *make.split()], cwd=tmp_path, check=True)
    assert sorted(path.name.partition("-")[0] for path in (tmp_path / ".s2i/wheels").iterdir()) == [
        "invoke",
        "python_dotenv",
        "s2itasks",
    ]
    subprocess.run([sys.executable, "-m", "venv", "venv"], cwd=tmp_path, check=True)
    environ = {"PATH": f"{tmp_path}/venv/bin:{os.defpath}", "S2I_UPLOAD_PATH": str(tmp_path)}
    subprocess.run(["bash", "-c", install], cwd=tmp_path, env=environ, check=True)
    subprocess.run(["s2itasks", "--version"], env=environ, check=True)
