"""docs/hooks.md and what it is made of say what is so."""

from __future__ import annotations

import re
import subprocess

import pytest
import shown

from s2itasks.graph import Kind
from s2itasks.init import starters
from s2itasks.inspection.hook_facts import FACTS
from s2itasks.phases import graph

PAGE = (shown.ROOT / "docs" / "hooks.md").read_text()
WITH_FACTS = [*graph.hooks, "jobs"]


def test_its_tables_are_the_task_graph() -> None:
    """Every phase of a build and a deployment with its prerequisites, and every command."""
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*?)\|", PAGE, re.MULTILINE))
    documented = {name: re.findall(r"`(\w+)`", before) for name, before in rows.items()}
    declared = {phase.name: list(phase.prerequisites) for phase in graph if phase.group.name in ("BUILD", "DEPLOYMENT")}
    assert {name: documented.get(name) for name in declared} == declared
    commands = PAGE.partition("| command, each after `deploy_env`")[2].partition("\n\n")[0]
    for phase in graph:
        if phase.group.name == "COMMANDS":
            assert phase.prerequisites == ("deploy_env",)
            assert re.search(rf"`{phase.name}[` ]", commands), phase.name


def test_there_are_facts_about_every_hook() -> None:
    """In the order of an application's life."""
    assert list(FACTS) == WITH_FACTS


def test_there_is_a_starter_for_every_hook() -> None:
    """The example of the page."""
    assert {path.name for path in (starters.HOOKS / "any").iterdir()} == set(graph.hooks)


@pytest.mark.parametrize("name", WITH_FACTS)
def test_facts_that_are_declared_elsewhere(name: str) -> None:
    """What depends on the phase's group, prerequisites and options."""
    facts, phase = FACTS[name], graph[name]
    is_of_build = phase.group.name == "BUILD"
    assert ("UID 1001" in facts.user) == (is_of_build or name == "verify")
    assert ("and build_env." in facts.variables) == ("build_env" in phase.prerequisites)
    assert ("and deploy_env." in facts.variables) == ("deploy_env" in phase.prerequisites)
    assert ("--timeout" in facts.limit) == (phase.group.name == "COMMANDS")
    assert (f"S2ITASKS_TIMEOUT_{name.upper()}" in facts.limit) == (phase.group.name != "COMMANDS" and not phase.becomes)


@pytest.mark.parametrize("name", sorted(graph.hooks))
def test_examples_are_valid(name: str) -> None:
    """Bash, with a shebang unless they are sourced."""
    path = starters.HOOKS / "any" / name
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert path.read_text().startswith("#!/bin/bash\n") == (graph[name].kind is Kind.HOOK)
