"""``--list`` and ``--help PHASE``: the phases in the order of an application's life, and the state of its hooks."""

from __future__ import annotations

import inspect
import os
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from invoke.collection import Collection

from .layout import Layout
from .phase import Group, Kind, Phase
from .script import State, state


def inspected_layout(environ: Mapping[str, str]) -> Layout:
    """Give the layout to look at: in a developer's checkout, that is the nearest directory with ``.s2i``."""
    layout = Layout.from_environment(environ)
    if environ.get("S2I_SOURCE_PATH") or (layout.source / ".s2i").is_dir():
        return layout
    here = Path(os.path.realpath("."))
    for directory in (here, *here.parents):
        if (directory / ".s2i").is_dir():
            return replace(layout, source=directory)
    return layout


def phases(namespace: Collection) -> list[Phase]:
    """Give the phases in the order they are declared in, which is that of an application's life."""
    return [each for each in namespace.tasks.values() if isinstance(each, Phase) and each.kind is not Kind.TASK]


def lines(namespace: Collection, layout: Layout) -> Iterator[str]:
    """Draw ``--list``: grouped, with each phase's help, prerequisites and hook."""
    listed = phases(namespace)
    names = max(len(phase.name) for phase in listed)
    for group in Group:
        yield f"{group.value}:"
        for phase in listed:
            if phase.group is group:
                hook = hook_state(phase, layout).value if phase.kind else ""
                before = ", ".join(each.name for each in phase.prerequisites())
                after = f" (after {before})" if before else ""
                yield f"  {phase.name:<{names}}  {hook:<14}  {phase.summary()}{after}"
        yield ""
    yield f"Hooks of {layout.source / '.s2i'}"


def serialized(namespace: Collection, layout: Layout) -> list[dict[str, Any]]:
    """Give ``--list -F json``."""
    return [
        {
            "name": phase.name,
            "help": phase.summary(),
            "group": phase.group.name.lower(),
            "prerequisites": [each.name for each in phase.prerequisites()],
            "kind": phase.kind.value if phase.kind else None,
            "path": str(layout.hooks / phase.name) if phase.kind else None,
            "state": hook_state(phase, layout).value if phase.kind else None,
        }
        for phase in phases(namespace)
    ]


def explanation(phase: Phase, layout: Layout) -> Iterator[str]:
    """Draw ``--help PHASE``, without its options."""
    takes = " -- CMD ARGS..." if phase.takes_command else f" [{phase.operands.upper()}]" if phase.operands else ""
    takes += "..." if phase.many_operands else ""
    yield f"Usage: s2itasks {phase.name}{' [--options]' if phase.flags() else ''}{takes}"
    yield ""
    yield from textwrap.indent(inspect.getdoc(phase) or "", "  ").splitlines()
    yield ""
    before = phase.prerequisites()
    yield f"  Runs first: {', '.join(each.name for each in before) if before else 'nothing'}"
    if phase.kind:
        path = layout.hooks / phase.name
        yield f"  {phase.kind.value.capitalize()}: {layout.shown(path)} ({hook_state(phase, layout).value})"


def hook_state(phase: Phase, layout: Layout) -> State:
    """Tell what the application has in the place of a phase's hook."""
    return state(layout.hooks / phase.name, sourced=phase.kind is Kind.ENV_SCRIPT)
