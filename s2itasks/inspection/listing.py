"""What ``--list`` shows: phases, jobs and the application's tasks, each with what the application has of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from s2itasks.errors import Failure
from s2itasks.graph import Graph, Group, Kind, Phase
from s2itasks.hooks.found import Found
from s2itasks.hooks.inventory import Inventory
from s2itasks.masking.text import masked_text


@dataclass(frozen=True)
class Entry:
    """One line of the list.

    :param kind: what the application can put there, empty where that is nothing.
    :param prerequisites: the names of the entries that run first, in order.
    :param found: what is there, where it is one file.
    :param image: what the image has there, which runs before that.
    :param failures: why it, or a job of a category, would fail before it began.
    :param scripts: those of a job category.
    """

    name: str
    help: str
    group: Group
    prerequisites: tuple[str, ...]
    kind: str = ""
    found: Found | None = None
    image: Found | None = None
    failures: tuple[Failure, ...] = ()
    scripts: tuple[Found, ...] = ()

    @property
    def problem(self) -> str:
        """The failures, in one line."""
        return masked_text("; ".join(map(str, self.failures)))


def entries(graph: Graph, has: Inventory) -> list[Entry]:
    """Return everything that can be asked for, group by group."""
    listed = [_of_phase(phase, has) for phase in graph.listed]
    listed += _of_jobs(graph, has)
    listed += [application_entry(graph, has, name) for name in has.own_tasks]
    order = list(Group)
    return sorted(listed, key=lambda entry: order.index(entry.group))


def application_entry(graph: Graph, has: Inventory, name: str) -> Entry:
    """Return a task of the application's own.

    :raises UsageError: when there is none.
    """
    task = has.own_task(name)
    return Entry(
        name=f"app.{task.name}",
        help=masked_text(task.help),
        group=Group.APPLICATION,
        prerequisites=(*graph["app"].prerequisites, *has.prerequisites(task)),
        kind=Kind.TASK.value,
        found=has.of_task(task),
    )


def _of_phase(phase: Phase, has: Inventory) -> Entry:
    found = has.hook(phase.name) if phase.kind else None
    image = has.image_hook(phase.name) if phase.kind else None
    task = has.tasks.get(phase.name)
    failure = (has.conflict(task) if task else None) or (found.failure if found else None)
    failures = (image.failure if image else None, failure)
    return Entry(
        name=phase.name,
        help=phase.summary,
        group=phase.group,
        prerequisites=phase.prerequisites,
        kind=found.kind.value if found else "",
        found=found,
        image=image,
        failures=tuple(each for each in failures if each),
    )


def _of_jobs(graph: Graph, has: Inventory) -> Iterator[Entry]:
    for category, scripts in has.jobs.items():
        failures = tuple(script.failure for script in scripts if script.failure)
        number = f"{len(scripts)} script{'' if len(scripts) == 1 else 's'}"
        yield Entry(
            name=f"jobs {category}",
            help=f"{number}, of which {len(failures)} would not run" if failures else number,
            group=Group.JOBS,
            prerequisites=graph["jobs"].prerequisites,
            kind="jobs",
            failures=failures,
            scripts=tuple(scripts),
        )
