"""The task graph as the pinned runtime runs it without invoke, compiled from what the phases declare."""

from __future__ import annotations

import json
import sys
from typing import Any

from invoke.collection import Collection

from . import environment_file, hooks
from .layout import Layout
from .phase import Group, Kind, Phase, Timeout


def compiled(collection: Collection, layout: Layout) -> str:
    """Give the text of the file that `fast_path.run` reads.

    ``.s2i/environment`` is in it, and what python-dotenv makes of that: importing it takes longer than the rest.
    """
    content = environment_file.text(layout.environment_file, layout.shown(layout.environment_file))
    graph = {
        "hooks": hooks.names(layout, [phase.name for phase in collection.tasks.values() if isinstance(phase, Phase)]),
        "phases": {
            phase.name: _described(phase) for phase in fast(collection) if all(map(_is_found, flattened(phase)))
        },
        "environment": {"content": content, "variables": environment_file.variables(content)},
    }
    return json.dumps(graph, ensure_ascii=False, indent=1) + "\n"


def fast(collection: Collection) -> list[Phase]:
    """Give the phases that pods run all day, and that need no more than their own options."""
    return [
        phase
        for phase in collection.tasks.values()
        if isinstance(phase, Phase)
        and phase.kind is not Kind.TASK
        and (phase.becomes or (phase.quiet and phase.group is Group.COMMANDS))
    ]


def flattened(phase: Phase) -> list[Phase]:
    """Give a phase behind all that runs before it, each once."""
    prerequisites = [each for each in phase.prerequisites() if isinstance(each, Phase)]
    before = [step for each in prerequisites for step in flattened(each)]
    return list(dict.fromkeys([*before, phase]))


def _is_found(phase: Phase) -> bool:
    """Whether its body has a name to import it by; one that is declared where it stands has not, and needs invoke."""
    return getattr(sys.modules[phase.body.__module__], phase.body.__name__, None) is phase.body


def _described(phase: Phase) -> dict[str, Any]:
    return {
        "bodies": [f"{each.body.__module__}.{each.body.__name__}" for each in flattened(phase)],
        "flags": phase.flags(),
        "operand": phase.operands,
        "limits_each": phase.timeout is Timeout.EACH,
        "takes_command": phase.takes_command,
        "quiet": phase.quiet,
    }
