"""docs/hooks.md: what each hook can rely on, as ``--help`` says it, with a starter hook as an example."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from s2itasks.graph import Graph, Kind
from s2itasks.init import starters
from s2itasks.inspection.hook_facts import FACTS, told


def written(graph: Graph) -> str:
    """Return what stands between the page's marks."""
    return "\n".join(_lines(graph)).rstrip("\n") + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    for name in FACTS:
        phase = graph[name]
        yield from (f"## {name}", "", inspect.cleandoc(phase.documentation), "", "| | |", "| --- | --- |")
        if phase.kind is Kind.ENV_SCRIPT:
            yield "| Kind | An env script: bash, sourced and never executed; it needs no run bit |"
        yield from (f"| {label} | {text} |" for label, text in told(name))
        yield ""
        if phase.kind:
            example = starters.starter(name, "any").decode()
            yield from (f'```bash title=".s2i/action_hooks/{name}"', example.rstrip("\n"), "```", "")
