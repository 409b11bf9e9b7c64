"""What ``--list`` shows: phases, jobs and the application's tasks, each with what the application has of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from invoke.collection import Collection

from .inventory import Found, Inventory
from .layout import Layout
from .phase import Group, Kind, Phase


@dataclass(frozen=True)
class Entry:
    """One line of the list.

    :param kind: what the application can put there, empty where that is nothing.
    :param prerequisites: the names of the entries that run first, in order.
    :param found: what is there, where it is one file.
    :param problem: why it would fail before it began.
    :param scripts: those of a job category.
    """

    name: str
    help: str
    group: Group
    prerequisites: tuple[str, ...]
    kind: str = ""
    found: Found | None = None
    problem: str = ""
    scripts: tuple[Found, ...] = ()


def inspected_layout(environ: Mapping[str, str]) -> Layout:
    """Give the layout to look at: in a developer's checkout, that is the nearest directory with ``.s2i``."""
    layout = Layout.from_environment(environ)
    if environ.get("S2I_SOURCE_PATH") or (layout.source / ".s2i").is_dir():
        return layout
    here = Path(os.path.realpath("."))
    for directory in (here, *here.parents):
        if (directory / ".s2i").is_dir():
            return layout._replace(source=directory)
    return layout


def inventory(namespace: Collection, layout: Layout, *, uploaded: bool = False, syntax: bool = False) -> Inventory:
    """Give what the application has, by what the phases can have."""
    hooks = {phase.name: phase.kind for phase in phases(namespace) if phase.kind}
    return Inventory(layout, hooks, uploaded=uploaded, syntax=syntax)


def phases(namespace: Collection) -> list[Phase]:
    """Give the phases in the order they are declared in, which is that of an application's life."""
    return [
        phase for phase in namespace.tasks.values() if isinstance(phase, Phase) and phase.group is not Group.APPLICATION
    ]


def entries(namespace: Collection, has: Inventory) -> list[Entry]:
    """Give everything that can be asked for, group by group."""
    listed = [_of_phase(phase, has) for phase in phases(namespace)]
    listed += _of_jobs(namespace, has)
    listed += [application_entry(namespace, has, name) for name in has.own_tasks]
    order = list(Group)
    return sorted(listed, key=lambda entry: order.index(entry.group))


def application_entry(namespace: Collection, has: Inventory, name: str) -> Entry:
    """Give a task of the application's own.

    :raises UsageError: when there is none.
    """
    task = has.own_task(name)
    before = (each.name for each in namespace.tasks["app"].prerequisites())
    return Entry(
        name=f"app.{task.name}",
        help=task.help,
        group=Group.APPLICATION,
        prerequisites=(*before, *has.prerequisites(task)),
        kind=Kind.TASK.value,
        found=has.of_task(task),
    )


def _of_phase(phase: Phase, has: Inventory) -> Entry:
    found = has.hook(phase.name) if phase.kind else None
    task = has.tasks.get(phase.name)
    problem = (has.conflict(task) if task else None) or (found.failure if found else None)
    return Entry(
        name=phase.name,
        help=phase.summary(),
        group=phase.group,
        prerequisites=tuple(each.name for each in phase.prerequisites()),
        kind=found.kind.value if found else "",
        found=found,
        problem=str(problem or ""),
    )


def _of_jobs(namespace: Collection, has: Inventory) -> Iterator[Entry]:
    jobs = namespace.tasks["jobs"]
    for category, scripts in has.jobs.items():
        failing = [str(script.failure) for script in scripts if script.failure]
        number = f"{len(scripts)} script{'' if len(scripts) == 1 else 's'}"
        yield Entry(
            name=f"jobs {category}",
            help=f"{number}, of which {len(failing)} would not run" if failing else number,
            group=Group.JOBS,
            prerequisites=tuple(each.name for each in jobs.prerequisites()),
            kind="jobs",
            problem="; ".join(failing),
            scripts=tuple(scripts),
        )
