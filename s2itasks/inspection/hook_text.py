"""``--show``: a hook, a job or a task of the application as it is written, below what runs before it.

Repositories of strangers are looked at, too: what is read is a regular file of the source, and not too much of it.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

from s2itasks import console
from s2itasks.errors import UsageError, did_you_mean
from s2itasks.graph import Graph, Group, Kind
from s2itasks.hooks import jobs
from s2itasks.hooks.found import Found
from s2itasks.hooks.inventory import Inventory
from s2itasks.layout import Layout, leads_out
from s2itasks.process import reading
from s2itasks.process.errors import Unreadable
from s2itasks.process.verdict import State

from . import list_formats, listing
from .listing import Entry


class NoFileOfItsOwn(UsageError):
    """A phase is to be shown that no file of the application belongs to."""

    def __init__(self, name: str) -> None:
        cure = f"see s2itasks --help {name}"
        if name == "jobs":
            cure = "name one of its scripts: s2itasks --show jobs CATEGORY/NAME"
        super().__init__(f"{name} is no hook that could be shown", cure=cure)


class NothingThere(UsageError):
    """The application has no such hook."""

    def __init__(self, found: Found, name: str) -> None:
        task = f", or a task {name!r} of .s2i/tasks.py" if found.kind is Kind.HOOK else ""
        super().__init__(f"the application has no {found.kind.value} {name!r}", cure=f"write {found.label}{task}")


class NoSuchJob(UsageError):
    """There is no script of a job's name in its category."""

    def __init__(self, category: str, name: str, known: list[str]) -> None:
        cure = did_you_mean(name, known) or f"choose one of: {', '.join(known)}"
        if not known:
            cure = "put scripts into its directory"
        super().__init__(f"the job category {category!r} has no job {name!r}", cure=cure)


class OutsideSource(UsageError):
    """A link leads out of the source, where a repository has nothing to show."""

    def __init__(self, shown: str) -> None:
        super().__init__(f"{shown} is a link that leads out of the source", cure="put the file itself there")


def show(entry: Entry, has: Inventory) -> None:
    """Print what is known of a hook, and below that its text.

    :raises Failure: when there is none, or it cannot be read.
    """
    found = entry.image if entry.found and entry.found.state is State.MISSING and entry.image else entry.found
    if found is None:
        raise NoFileOfItsOwn(entry.name)
    if found.state is State.UNKNOWN and found.failure:
        raise found.failure
    if found.state is State.MISSING:
        raise NothingThere(found, entry.name)
    if found.state in (State.NOT_A_FILE, State.UNREACHABLE) and found.failure:
        raise found.failure
    content = _content(found.path, found.label, has.layout)
    for line in list_formats.what_runs(entry, has):
        console.show(line)
    console.show("")
    for line in _lines(content[: reading.MOST], found):
        console.show_content(line)
    if len(content) > reading.MOST:
        console.warning(f"{found.label} is longer than the {reading.MOST} bytes that are shown; open it in an editor")


def job_entry(asked: str, graph: Graph, has: Inventory) -> Entry:
    """Return one script of a job category.

    :param asked: ``CATEGORY/NAME``.
    :raises Failure: when there is none, or nobody can tell.
    """
    if has.unlisted_jobs:
        raise has.unlisted_jobs
    category, _, name = asked.partition("/")
    jobs.require(has.layout, category, has.jobs)
    scripts = {script.path.name: script for script in has.jobs[category]}
    if name not in scripts:
        raise NoSuchJob(category, name, list(scripts))
    found = scripts[name]
    return Entry(
        name=f"jobs {asked}",
        help="",
        group=Group.JOBS,
        prerequisites=graph["jobs"].prerequisites,
        kind="job",
        found=found,
        failures=(found.failure,) if found.failure else (),
    )


def entry_of(asked: str, graph: Graph, has: Inventory) -> Entry:
    """Return what is listed under a name: that of a phase, ``app.NAME``, or ``CATEGORY/NAME`` for a job."""
    if "/" in asked:
        return job_entry(asked, graph, has)
    if asked.partition(".")[0] == "app":
        return listing.application_entry(graph, has, asked.partition(".")[2])
    return next(each for each in listing.entries(graph, has) if each.name == asked)


def _content(path: Path, shown: str, layout: Layout) -> bytes:
    """Read a file as far as it is shown, and a byte more if there is one."""
    try:
        image = layout.image is not None and path.is_relative_to(layout.image)
        if leads_out(layout.source, path) and not image:
            raise OutsideSource(shown)
        return reading.head(path, reading.MOST + 1)
    except OSError as problem:
        raise Unreadable(shown, problem) from None


def _lines(content: bytes, found: Found) -> Iterator[str]:
    lines = content.split(b"\n")
    first, last = _task_lines(content, found.task.line) if found.task else (1, len(lines))
    shown = lines[first - 1 : last]
    yield from map(os.fsdecode, shown[:-1] if shown and not shown[-1] else shown)


def _task_lines(content: bytes, line: int) -> tuple[int, int]:
    """Return the first and the last line of the function that begins in a line, its decorators included."""
    for function in ast.parse(content).body:
        if isinstance(function, ast.FunctionDef) and function.lineno == line:
            first = min([line, *(decorator.lineno for decorator in function.decorator_list)])
            return first, function.end_lineno or line
    return line, line
