"""What an application is, as far as its objects depend on it: read from its hooks, and nothing of it is run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from s2itasks import console
from s2itasks.check import cron_schedule, variables
from s2itasks.check.cron_schedule import NotASchedule, Schedule
from s2itasks.check.rules import django
from s2itasks.check.source import Source
from s2itasks.environment import required
from s2itasks.errors import ConfigurationError, UsageError
from s2itasks.graph import Graph, Kind
from s2itasks.hooks import jobs
from s2itasks.hooks.inventory import Inventory
from s2itasks.layout import Layout
from s2itasks.masking.text import masked_text
from s2itasks.process import reading
from s2itasks.process.errors import Unreadable

from . import local_request
from .local_request import LocalRequest


class BadSchedule(ConfigurationError):
    """The schedule of a job category is none."""

    def __init__(self, shown: str, problem: NotASchedule) -> None:
        super().__init__(
            f"{shown}:{problem.line}: {problem}", cure="write minute, hour, day, month and weekday: 30 3 * * *"
        )


@dataclass(frozen=True)
class Category:
    """The jobs of a category."""

    name: str
    schedule: Schedule


@dataclass(frozen=True)
class Wanted:
    """A variable that a Secret is to have.

    :param purpose: what it is for, without secrets.
    :param optional: whether ``deploy_env`` sets it where the Secret has none.
    """

    name: str
    purpose: str
    optional: bool


@dataclass(frozen=True)
class Application:
    """What is known of it.

    :param hooks: the names of the hooks that there are.
    :param categories: the job categories with a schedule, by their names.
    :param wanted: the required variables that ``.s2i/environment`` does not set, by their names.
    :param deploy_migrates: whether its ``deploy`` hook does what ``migrate`` is for.
    :param builder_migrates: whether the builder's ``run`` would.
    :param asks: the one request that its ``ready`` hook makes, if that is all it does.
    :param port: the value that ``.s2i/environment`` has for PORT; empty where it has none.
    :param layout: where it is in a container.
    """

    hooks: frozenset[str]
    categories: tuple[Category, ...]
    wanted: tuple[Wanted, ...]
    deploy_migrates: bool
    builder_migrates: bool
    asks: LocalRequest | None
    port: str
    layout: Layout


def read(root: Path, graph: Graph, environ: Mapping[str, str]) -> Application:
    """Read a repository.

    :param graph: the phases that there are.
    :param environ: the environment for git, which is asked for run bits.
    :raises UsageError: when there is no ``.s2i``, or a name in it that Helm would evaluate.
    :raises TaskFileUnreadable: when nobody can tell which hooks there are.
    :raises BadSchedule, NoName, Unreadable: when a file that counts cannot be read or is none.
    """
    if not root.is_dir():
        raise UsageError(f"{root} is no directory", cure="give the directory of the application's repository")
    _require_readable(root)
    source = Source.read(root, graph, environ)
    layout = source.layout
    has = Inventory(layout, graph.hooks)
    if has.broken:
        raise has.broken
    if has.unlisted_jobs:
        raise has.unlisted_jobs
    hooks = frozenset(name for name, kind in graph.hooks.items() if kind is Kind.HOOK and _is_there(has, name))
    return Application(
        hooks=hooks,
        categories=tuple(_categories(has)),
        wanted=tuple(_wanted(source, layout)),
        deploy_migrates=deploy_migrates(source, has),
        builder_migrates=source.django and django.builder_migrates(source),
        asks=local_request.of_hook(source.hook("ready")),
        port=source.variables.get("PORT", ""),
        layout=Layout.from_environment(source.variables),
    )


def deploy_migrates(source: Source, has: Inventory) -> bool:
    """Whether the ``deploy`` hook does what ``migrate`` is for, so that nothing else has to call that."""
    hook, task = source.hook("deploy"), None
    with suppress(KeyError):
        task = has.tasks["deploy"]
    return (hook is not None and bool(django.migrations(hook))) or (
        task is not None and "migrate" in task.prerequisites
    )


def _require_readable(root: Path) -> None:
    """Refuse hooks of which nobody knows whether they are there: what cannot be looked at would count as present."""
    for directory in (".s2i", ".s2i/action_hooks"):
        _require_list(root, directory)


def _require_list(root: Path, directory: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        try:
            any((root / directory).iterdir())
            (root / directory / "ready").lstat()  # needs more rights than a list of names
        except PermissionError as problem:
            raise Unreadable(directory, problem) from None


def _is_there(has: Inventory, name: str) -> bool:
    """Whether there is a hook; say what is wrong with it where something is."""
    found = has.hook(name)
    if found.failure:
        console.warning(f"{found.failure}")
    return found.is_there


def _categories(has: Inventory) -> Iterator[Category]:
    for category, scripts in has.jobs.items():
        shown, content = _schedule_file(has.layout, category)
        if not scripts:
            if content is not None:
                nothing = f"the job category {category!r} has a schedule and no jobs, so it gets no CronJob"
                console.warning(f"{nothing}; put scripts into {shown.rpartition('/')[0]}")
            continue
        if "{{" in category:
            evaluated = f"Helm would evaluate the {{{{ in the name of the job category {category!r}"
            raise UsageError(evaluated, cure="give it another name")
        try:
            schedule = cron_schedule.of_category(category, content)
        except NotASchedule as problem:
            raise BadSchedule(shown, problem) from None
        if schedule is None:
            console.warning(f"nothing says when the jobs of {category!r} run, so they get no CronJob; write {shown}")
        else:
            yield Category(category, schedule)


def _schedule_file(layout: Layout, category: str) -> tuple[str, str | None]:
    """Return how messages call the schedule of a category, and its content; None where it has none."""
    places = [directory / category / jobs.SCHEDULE for directory in reversed(layout.jobs)]
    for path in places:
        if os.path.lexists(path):
            try:
                layout.require_inside(path)
                return layout.shown(path), reading.content(path).decode("utf-8", "replace")
            except OSError as problem:
                raise Unreadable(layout.shown(path), problem) from None
    return layout.shown(places[0]), None


def _wanted(source: Source, layout: Layout) -> Iterator[Wanted]:
    derived = variables.set_by(source, "deploy_env")
    for each in sorted(required.of_application(layout)):
        if not source.variables.get(each.name):
            yield Wanted(each.name, masked_text(each.purpose), each.name in derived)
