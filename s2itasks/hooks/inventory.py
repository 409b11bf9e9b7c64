"""What an application has in ``.s2i``: hooks, tasks and jobs, looked at where they lie and not run."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from s2itasks.errors import Failure, UsageError, did_you_mean
from s2itasks.graph import Kind
from s2itasks.hooks.errors import EnvScriptAsTask, HookTwice, TaskFileUnreadable
from s2itasks.layout import Layout
from s2itasks.process import reading, verdict
from s2itasks.process.errors import InterpreterMissing, Unreadable
from s2itasks.process.verdict import State

from . import jobs, near_misses, task_file
from .found import Found
from .near_misses import NearMiss
from .task_declarations import ApplicationTask


class Inventory:
    """The hooks, tasks and jobs of one application.

    :param hooks: the names that scripts and tasks can be hooks under.
    :param uploaded: look into the upload first, as when ``.s2i`` is about to be taken from there.
    :param syntax: ask bash whether it can parse the scripts, as well.
    """

    def __init__(
        self, layout: Layout, hooks: Mapping[str, Kind], *, uploaded: bool = False, syntax: bool = False
    ) -> None:
        self.layout = layout
        self.hooks = hooks
        self.syntax = syntax
        self.uploaded = uploaded and layout.upload != layout.source

    @property
    def is_empty(self) -> bool:
        """Whether there is no ``.s2i``."""
        return not self.lies(self.layout.source / ".s2i").is_dir()

    def lies(self, path: Path) -> Path:
        """Return the place where a file of the source lies at the moment."""
        if self.uploaded and path.is_relative_to(self.layout.source):
            upload = self.layout.upload / path.relative_to(self.layout.source)
            if os.path.lexists(upload):
                return upload
        return path

    def hook(self, name: str) -> Found:
        """Look at what is in a hook's or an env script's place."""
        kind = self.hooks[name]
        found = self.script(kind, self.layout.hooks / name)
        task = self.tasks.get(name) if kind is Kind.HOOK else None
        if task and found.state is not State.MISSING:
            return replace(found, state=State.SHADOWED, failure=self.conflict(task))
        if task:
            return self.of_task(task)
        if kind is Kind.HOOK and found.state is State.MISSING and self.broken:
            return replace(found, state=State.UNKNOWN, failure=self.broken)
        return found

    def image_hook(self, name: str) -> Found | None:
        """Look at what the image has of that name, which comes before the application's."""
        found = [self.script(self.hooks[name], path) for path in self.layout.scripts_of(name)[:-1]]
        return next((each for each in found if each.is_there), None)

    def every_hook(self, name: str) -> list[Found]:
        """Look at both."""
        image = self.image_hook(name)
        return [*([image] if image else []), self.hook(name)]

    @cached_property
    def near_misses(self) -> list[NearMiss]:
        """What somebody may have meant for a hook or a job, and nothing runs."""
        found = list(near_misses.of_directories(self._names, self.hooks))
        scripts = [name for name in self._names(near_misses.ACTION_HOOKS) if not name.endswith("/")]
        texts = {name: self._text(self.layout.hooks / name) for name in scripts}
        for name in (name for name in scripts if name not in self.hooks):
            others = os.fsdecode(b"\n".join(text for other, text in texts.items() if other != name))
            is_script = texts[name].startswith(b"#!") or os.access(self.lies(self.layout.hooks / name), os.X_OK)
            missed = near_misses.of_hook(
                name, self.hooks, looks_like_script=is_script, is_mentioned=others.__contains__
            )
            found += [missed] if missed else []
        return found

    def _names(self, directory: str) -> list[str]:
        """Return the names in a directory of the source, wherever that lies; those of directories end in a slash."""
        places = [self.layout.source / directory]
        if self.uploaded:
            places.append(self.layout.upload / directory)
        with contextlib.suppress(OSError):
            self.layout.require_inside(places[0])
            return sorted({name for place in places for name in near_misses.entries(place)})
        return []

    def _text(self, path: Path) -> bytes:
        with contextlib.suppress(OSError):
            self.layout.require_inside(self.lies(path))
            return reading.head(self.lies(path), reading.MOST)
        return b""

    def conflict(self, task: ApplicationTask) -> Failure | None:
        """Return why a task cannot have its name."""
        kind, path = self.hooks.get(task.name), self.layout.hooks / task.name
        shown = task.shown(self._task_file)
        if kind is Kind.ENV_SCRIPT:
            return EnvScriptAsTask(shown, task.name)
        if kind is Kind.HOOK and verdict.state(self.lies(path)) is not State.MISSING:
            return HookTwice(self.layout.shown(path), shown)
        return None

    def require_no_conflict(self) -> None:
        """Refuse a task file in which a task cannot have its name, or that nobody can read.

        :raises TaskFileUnreadable, EnvScriptAsTask, HookTwice: says why.
        """
        if self.broken:
            raise self.broken
        for conflict in filter(None, map(self.conflict, self.tasks.values())):
            raise conflict

    def of_task(self, task: ApplicationTask) -> Found:
        """Return the place of a task."""
        path = task_file.path(self.layout)
        return Found(Kind.TASK, path, f"{self._task_file}:{task.line}", State.PRESENT, task=task)

    @cached_property
    def own_tasks(self) -> dict[str, ApplicationTask]:
        """The tasks that are no hooks, by their names."""
        return {name: task for name, task in self.tasks.items() if name not in self.hooks}

    def own_task(self, name: str) -> ApplicationTask:
        """Return one of them, in either spelling.

        :raises UsageError: when there is none.
        :raises TaskFileUnreadable: when nobody can tell.
        """
        if self.broken:
            raise self.broken
        spelled = {each.replace("-", "_"): task for each, task in self.tasks.items()}
        task = spelled.get(name.replace("-", "_"))
        if task and task.name in self.hooks:
            raise UsageError(f"{task.name!r} is a hook, not a task of its own", cure=f"run s2itasks {task.name}")
        if task is None:
            there_are = ", ".join(f"app.{each}" for each in self.own_tasks)
            cure = f"choose one of: {there_are}" if there_are else f"add it to {self._task_file}"
            cure = did_you_mean(f"app.{name}", [f"app.{each}" for each in self.own_tasks]) or cure
            raise UsageError(f"the application has no task {name!r}", cure=cure)
        return task

    def prerequisites(self, task: ApplicationTask) -> Iterator[str]:
        """Return the names under which a task's own prerequisites are listed."""
        for name in task.prerequisites:
            yield f"app.{name}" if name in self.own_tasks else name

    @property
    def tasks(self) -> dict[str, ApplicationTask]:
        """The tasks of the task file by their names; none where it cannot be read."""
        return self._read[0]

    @property
    def broken(self) -> TaskFileUnreadable | None:
        """Why the task file cannot be read."""
        return self._read[1]

    @property
    def jobs(self) -> dict[str, list[Found]]:
        """The scripts of each category, in the order they run in; none where they cannot be listed."""
        return self._jobs[0]

    @property
    def unlisted_jobs(self) -> Failure | None:
        """Why jobs cannot be listed."""
        return self._jobs[1]

    @cached_property
    def _jobs(self) -> tuple[dict[str, list[Found]], Failure | None]:
        try:
            return self._found_jobs(), None
        except OSError as problem:
            return {}, Unreadable(self.layout.shown(Path(problem.filename)), problem)

    def _found_jobs(self) -> dict[str, list[Found]]:
        layouts = [self.layout]
        if self.uploaded:
            layouts.append(self.layout._replace(source=self.layout.upload))
        scripts: dict[str, set[str]] = {}
        for layout in layouts:
            for category, paths in jobs.categories(layout).items():
                scripts.setdefault(category, set()).update(layout.shown(path) for path in paths)
        return {
            category: [
                self.script(Kind.HOOK, self.layout.source / shown)
                for shown in sorted(scripts[category], key=_image_first)
            ]
            for category in sorted(scripts)
        }

    @cached_property
    def _read(self) -> tuple[dict[str, ApplicationTask], TaskFileUnreadable | None]:
        file = task_file.path(self.layout)
        uploaded = self.lies(file) != file
        try:
            return task_file.tasks(self.layout._replace(source=self.layout.upload) if uploaded else self.layout), None
        except TaskFileUnreadable as failure:
            return {}, failure

    @property
    def _task_file(self) -> str:
        return self.layout.shown(task_file.path(self.layout))

    def script(self, kind: Kind, path: Path) -> Found:
        """Look at what is in a script's place."""
        sourced = kind is Kind.ENV_SCRIPT
        shown, lies = self.layout.shown(path), self.lies(path)
        state = verdict.state(lies, sourced=sourced)
        failure: Failure | None = None
        try:
            self.layout.require_inside(lies)
        except OSError as problem:
            return Found(kind, path, shown, State.NOT_A_FILE, Unreadable(shown, problem))
        if state is not State.MISSING:
            failure = verdict.verdict(lies, shown, sourced=sourced, syntax=self.syntax)
        if isinstance(failure, InterpreterMissing) and not self.layout.application.is_dir():
            failure = None  # a laptop need not have the image's
        return Found(kind, path, shown, state, failure)


def _image_first(shown: str) -> tuple[bool, str]:
    return not shown.startswith("/"), shown
