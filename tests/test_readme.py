"""The README says what is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from application import Application

from s2itasks.onefile import archive
from s2itasks.phases import graph

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_its_tables_are_the_task_graph() -> None:
    """Every phase of a build and a deployment with its prerequisites, and every command."""
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*?)\|", README, re.MULTILINE))
    documented = {name: re.findall(r"`(\w+)`", before) for name, before in rows.items()}
    declared = {phase.name: list(phase.prerequisites) for phase in graph if phase.group.name in ("BUILD", "DEPLOYMENT")}
    assert {name: documented.get(name) for name in declared} == declared
    commands = README.partition("| command, each after `deploy_env`")[2].partition("\n\n")[0]
    for phase in graph:
        if phase.group.name == "COMMANDS":
            assert phase.prerequisites == ("deploy_env",)
            assert re.search(rf"`{phase.name}[` ]", commands), phase.name


def test_its_commands_are_tasks_of_the_project() -> None:
    """What a newcomer types first."""
    tasks = (ROOT / "tasks.py").read_text()
    for name in re.findall(r"\./inv (\w+)", README):
        assert re.search(rf'@task(\(name="{name}".*|.*)\n(.*\n)?def {name}_?\(', tasks), name


def test_its_scripts_work(application: Application) -> None:
    """``.s2i/bin/assemble`` and ``run``, as they stand there, with the file beside them."""
    blocks = re.findall(r"^    \.s2i/bin/(\w+) +(#!.*(?:\n {20,}.*)*)", README, re.MULTILINE)
    assert [name for name, _ in blocks] == ["assemble", "run"]
    application.builder("assemble", 'echo assembled >>"$LOG"')
    application.builder("run", 'echo started >>"$LOG"')
    (application.upload / ".s2i").mkdir()
    archive.write(application.upload / ".s2i/s2itasks.pyz")
    for name, block in blocks:
        text = "\n".join(line.strip() for line in block.splitlines())
        script = application.write(application.root / "scripts" / name, f"{text}\n", 0o755)
        application.run(script).succeeded()
        assert application.logged[-1] == {"assemble": "assembled", "run": "started"}[name]


def test_its_dockerfile_starts_commands_where_the_application_is() -> None:
    """It needs no index for s2itasks; exec runs where its caller is, and PATH begins with what assemble writes.

    tests/containers builds it and runs it.
    """
    dockerfile = re.findall(r"^    ([A-Z]+) (.*)", README.partition("a plain Dockerfile")[2], re.MULTILINE)[:6]
    assert dockerfile[1:] == [
        ("COPY", ". /tmp/src"),
        ("RUN", "python -I /tmp/src/.s2i/s2itasks.pyz assemble"),
        ("ENV", "PATH=/opt/app-root/bin:$PATH"),
        ("WORKDIR", "/opt/app-root/src"),
        ("CMD", '["s2itasks", "run"]'),
    ]


def test_its_layers_are_a_list() -> None:
    """One item each, in their order."""
    section = README.partition("\n## The environment\n")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d)\. ", section, re.MULTILINE) == ["1", "2", "3", "4"]


@pytest.mark.slow
def test_its_wheels_install_without_an_index(tmp_path: Path) -> None:
    """The two commands as they stand there, but for the Git address."""
    make, install = (line.strip() for line in re.findall(r"^ {6}(pip .*)", README, re.MULTILINE))
    make = re.sub(r"git\+\S+", str(ROOT), make)
    subprocess.run([sys.executable, "-m", *make.split()], cwd=tmp_path, check=True)
    assert sorted(path.name.partition("-")[0] for path in (tmp_path / ".s2i/wheels").iterdir()) == [
        "invoke",
        "python_dotenv",
        "s2itasks",
    ]
    subprocess.run([sys.executable, "-m", "venv", "venv"], cwd=tmp_path, check=True)
    install = install.replace("/tmp/src/", "")  # noqa: S108 - where S2I puts the source
    environ = {"PATH": f"{tmp_path}/venv/bin:{os.defpath}"}
    subprocess.run(install.split(), cwd=tmp_path, env=environ, check=True)
    subprocess.run(["s2itasks", "--version"], env=environ, check=True)
