"""docs/commands.md: every phase and command with its options, as ``--help`` explains them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

from s2itasks.cli.arguments import SHOWN
from s2itasks.cli.program import console_script
from s2itasks.graph import Graph, Group, Phase
from s2itasks.inspection.hook_facts import FACTS
from s2itasks.inspection.list_formats import usage
from s2itasks.phases import namespace


def written(graph: Graph) -> str:
    """Return what stands between the page's marks."""
    return "\n".join(_lines(graph)).rstrip("\n") + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    options = {context.name: context.help_tuples() for context in namespace.to_contexts()}
    yield from ("## Options before a phase", "")
    program = console_script().initial_context
    yield from _table([program.help_for(f"--{name}") for name in SHOWN])
    for group in Group:
        phases = [phase for phase in graph if phase.group is group]
        if phases:
            yield from (f"## {group.value}", "")
        for phase in phases:
            yield from _section(phase, options[phase.name])


def _section(phase: Phase, options: list[tuple[str, str | None]]) -> Iterator[str]:
    """Yield the lines about one phase."""
    yield from (f"### {phase.name}", "")
    yield from ("```text", usage(phase), "```", "")
    yield from (inspect.cleandoc(phase.documentation), "")
    before = ", ".join(f"`{name}`" for name in phase.prerequisites)
    facts = f"[What it can rely on](hooks.md#{phase.name})." if phase.name in FACTS else ""
    notes = " ".join(filter(None, [f"Runs after {before}." if before else "", facts]))
    if notes:
        yield from (notes, "")
    if options:
        yield from _table(options)


def _table(options: list[tuple[str, str | None]]) -> Iterator[str]:
    yield from ("| option | meaning |", "| --- | --- |")
    for spelled, meaning in options:
        yield f"| `{_placeholder(spelled)}` | {(meaning or '').replace('|', chr(92) + '|')} |"
    yield ""


def _placeholder(spelled: str) -> str:
    """Return an option as invoke shows it, with a shorter word for its value."""
    return re.sub(r"=STRING", "=VALUE", spelled).replace("[=VALUE]", "[=PHASE]")
