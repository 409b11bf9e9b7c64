"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from application import Application

from s2itasks import namespace
from s2itasks.phase import Phase

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_its_tables_are_the_task_graph() -> None:
    """Every phase of a build and a deployment with its prerequisites, and every command."""
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*?)\|", README, re.MULTILINE))
    documented = {name: re.findall(r"`(\w+)`", before) for name, before in rows.items()}
    declared = {
        phase.name: [each.name for each in phase.prerequisites()]
        for phase in namespace.tasks.values()
        if isinstance(phase, Phase) and phase.group.name in ("BUILD", "DEPLOYMENT")
    }
    assert {name: documented.get(name) for name in declared} == declared
    commands = README.partition("| command, each after `deploy_env`")[2].partition("\n\n")[0]
    for phase in namespace.tasks.values():
        if isinstance(phase, Phase) and phase.group.name == "COMMANDS":
            assert [each.name for each in phase.prerequisites()] == ["deploy_env"]
            assert re.search(rf"`{phase.name}[` ]", commands), phase.name


def test_its_commands_are_tasks_of_the_project() -> None:
    """What a newcomer types first."""
    tasks = (ROOT / "tasks.py").read_text()
    for name in re.findall(r"\./inv (\w+)", README):
        assert re.search(rf'@task(\(name="{name}".*|.*)\n(.*\n)?def {name}_?\(', tasks), name


def test_its_scripts_work(application: Application) -> None:
    """``.s2i/bin/assemble`` and ``run``, as they stand there, but for the installation."""
    blocks = re.findall(r"^    \.s2i/bin/(\w+) +(#!.*(?:\n {20,}.*)*)", README, re.MULTILINE)
    assert [name for name, _ in blocks] == ["assemble", "run"]
    application.builder("assemble", 'echo assembled >>"$LOG"')
    application.builder("run", 'echo started >>"$LOG"')
    for name, block in blocks:
        text = "\n".join(line.strip() for line in block.splitlines()).replace("pip install s2itasks", "true")
        application.hook("ready", text)  # any place to put it: S2I starts it as it is
        application.s2itasks("exec", str(application.source / ".s2i/action_hooks/ready")).succeeded()
        assert application.logged[-1] == {"assemble": "assembled", "run": "started"}[name]
