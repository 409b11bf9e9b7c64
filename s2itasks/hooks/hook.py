"""Running an application's hooks and the builder's scripts: in place, in the source directory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

from s2itasks.hooks.errors import HookTwice, TaskFileUnreadable
from s2itasks.layout import Layout
from s2itasks.process import child, execution, verdict
from s2itasks.process.errors import HookFailed
from s2itasks.process.limits import Limit
from s2itasks.process.probe_log import Streams
from s2itasks.process.verdict import State, state

from . import task_file


class Hook(NamedTuple):
    """A script, or a task of the application's task file.

    :param path: the script or the task file.
    :param shown: how messages call it.
    :param task: the name of the task, None for a script.
    :param words: the options that the task is given.
    """

    path: Path
    shown: str
    task: str | None = None
    words: tuple[str, ...] = ()

    def command(self, layout: Layout, env: Mapping[str, str]) -> list[str]:
        """Return the argv that starts it.

        :param env: the environment that it will have.
        :raises Failure: when it cannot be started, see `verdict.command` and `task_process.command`.
        """
        if self.task is None:
            return verdict.command(self.path, self.shown)
        from . import task_process  # noqa: PLC0415 - most hooks are scripts

        return task_process.command(layout, self.task, self.words, env)


def of_script(layout: Layout, path: Path) -> Hook:
    """Return the hook that a script is."""
    return Hook(path, layout.shown(path))


def of_task(layout: Layout, name: str, *words: str) -> Hook:
    """Return the hook that a task is, with its options."""
    file = task_file.path(layout)
    return Hook(file, f"{name} of {layout.shown(file)}", name, words)


def present(layout: Layout, name: str) -> list[Hook]:
    """Return the hooks of a name that there are, in the order they run in: the image's first.

    :raises HookTwice, TaskFileUnreadable: see `of_application`.
    """
    *of_image, _ = layout.scripts_of(name)
    own = of_application(layout, name)
    return [
        *(of_script(layout, path) for path in of_image if state(path) is not State.MISSING),
        *([own] if own else []),
    ]


def of_application(layout: Layout, name: str) -> Hook | None:
    """Return a hook of the application, or None where it has none.

    :raises HookTwice: when it is both a script and a task.
    :raises TaskFileUnreadable: when there is no script, and the task file cannot be read.
    """
    path = layout.hooks / name
    if state(path) is State.MISSING:
        return of_task(layout, name) if name in task_file.tasks(layout) else None
    with suppress(TaskFileUnreadable):  # a script needs none
        task = task_file.tasks(layout).get(name)
        if task:
            raise HookTwice(layout.shown(path), task.shown(layout.shown(task_file.path(layout))))
    return of_script(layout, path)


def names_of_image(layout: Layout, phases: Iterable[str]) -> list[str]:
    """Return the phases that the image has a hook or an env script for."""
    return [name for name in phases for path in layout.scripts_of(name)[:-1] if state(path) is not State.MISSING]


def names(layout: Layout, phases: Iterable[str]) -> list[str]:
    """Return the phases that the application has a hook or an env script for."""
    with suppress(TaskFileUnreadable):
        tasks = task_file.tasks(layout)
        return [name for name in phases if name in tasks or state(layout.hooks / name) is not State.MISSING]
    return [name for name in phases if state(layout.hooks / name) is not State.MISSING]


def run(
    layout: Layout,
    hook: Hook,
    env: Mapping[str, str],
    *,
    limit: Limit | None = None,
    streams: Streams | None = None,
) -> None:
    """Run a hook or a builder's script to its end.

    :param limit: how long it may take.
    :param streams: where its output goes instead of our stdout and stderr.
    :raises Failure: when it cannot be started, fails, or is stopped by a signal.
    """
    status = child.run(
        hook.command(layout, env),
        env=env,
        cwd=layout.require_source(),
        stdout=streams.stdout if streams else None,
        stderr=streams.stderr if streams else None,
        shown=hook.shown,
        limit=limit,
    )
    if status:
        raise verdict.failed(hook.path, hook.shown, status) if hook.task is None else HookFailed(hook.shown, status)


def become(layout: Layout, hook: Hook, env: Mapping[str, str]) -> NoReturn:
    """Replace this process with a hook or a builder's script.

    :raises Failure: when it cannot be started.
    """
    execution.become(hook.command(layout, env), env=env, cwd=layout.require_source())
