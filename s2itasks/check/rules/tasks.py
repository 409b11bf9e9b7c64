"""Rules 213 to 216: hooks in Python, the tasks of .s2i/tasks.py."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from s2itasks.check.rule import Spot, error, warning
from s2itasks.check.source import ACTION_HOOKS, TASKS, Source
from s2itasks.graph import Kind
from s2itasks.hooks import task_file
from s2itasks.hooks.errors import TaskFileUnreadable
from s2itasks.hooks.near_misses import FOREIGN, NEAR


@error(213, "A hook that is both a script and a task")
def twice(source: Source) -> Iterator[Spot]:
    """s2itasks runs neither."""
    for task in source.tasks.values():
        if task.name in source.graph.places(kind=Kind.HOOK) and f"{ACTION_HOOKS}/{task.name}" in source.files:
            message = f"{task.name!r} is a script in {ACTION_HOOKS}, too, so neither runs; remove one of them"
            yield Spot(TASKS, task.line, message)


@error(214, "A task with the name of an env script")
def env_script(source: Source) -> Iterator[Spot]:
    """A process of its own cannot change the environment of others."""
    for task in source.tasks.values():
        if task.name in source.graph.places(kind=Kind.ENV_SCRIPT):
            yield Spot(TASKS, task.line, f"{task.name!r} is sourced by bash; write it in bash, or rename the task")


@error(215, "A task file that is not valid Python")
def unreadable(source: Source) -> Iterator[Spot]:
    """Nothing in it can run."""
    try:
        task_file.tasks(source.layout)
    except TaskFileUnreadable as problem:
        yield Spot(TASKS, problem.line or 1, f"Python cannot read it: {problem.reason}; {problem.cure}")


@warning(216, "A task whose name is almost a hook's")
def misspelt(source: Source) -> Iterator[Spot]:
    """It is a task of the application's own, then, and no phase runs it."""
    for task in source.tasks.values():
        name = task.name.replace("-", "_").lower()
        if task.name in source.graph.places():
            continue
        near = difflib.get_close_matches(name, sorted(source.graph.places(kind=Kind.HOOK)), n=1, cutoff=NEAR)
        cure = f"rename it if it is meant to be {near[0]!r}" if near else FOREIGN.get(name)
        if cure:
            yield Spot(TASKS, task.line, f"no phase runs {task.name!r}, only 's2itasks app.{task.name}'; {cure}")
