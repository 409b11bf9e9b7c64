"""The task graph as the pinned runtime runs it without invoke, compiled from what the phases declare."""

from __future__ import annotations

import json
import sys
from typing import Any

from s2itasks.environment import environment_file
from s2itasks.graph import Graph, Phase, Timeout
from s2itasks.hooks import hook as hooks
from s2itasks.layout import Layout


def compiled(graph: Graph, layout: Layout) -> str:
    """Return the text of the file that `fast_path.run` reads.

    ``.s2i/environment`` is in it, and what python-dotenv makes of that: importing it takes longer than the rest.
    """
    content = environment_file.text(layout.environment_file, layout.shown(layout.environment_file))
    described = {
        "hooks": hooks.names(layout, [phase.name for phase in graph]),
        "image_hooks": hooks.names_of_image(layout, [phase.name for phase in graph]),
        "phases": {
            phase.name: _described(graph, phase) for phase in graph.pods if all(map(_is_found, graph.flattened(phase)))
        },
        "environment": {"content": content, "variables": environment_file.variables(content)},
    }
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _is_found(phase: Phase) -> bool:
    """Whether its body has a name to import it by; one that is declared where it stands has not, and needs invoke."""
    return getattr(sys.modules[phase.body.__module__], phase.body.__name__, None) is phase.body


def _described(graph: Graph, phase: Phase) -> dict[str, Any]:
    return {
        "bodies": [f"{each.body.__module__}.{each.body.__name__}" for each in graph.flattened(phase)],
        "flags": phase.flags,
        "operand": phase.operands,
        "limits_each": phase.timeout is Timeout.EACH,
        "takes_command": phase.takes_command,
        "quiet": phase.quiet,
    }
