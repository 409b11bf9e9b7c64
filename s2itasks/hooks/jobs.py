"""The scripts of a job category: which they are, and running them one after another."""

from __future__ import annotations

import fnmatch
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from s2itasks import console
from s2itasks.errors import Failure, Stopped, UsageError, did_you_mean, ended
from s2itasks.layout import Layout
from s2itasks.process import child
from s2itasks.process.errors import CommandNotFound
from s2itasks.process.execution import found
from s2itasks.process.inherited import Environment
from s2itasks.process.limits import Limit
from s2itasks.process.private_file import private_file
from s2itasks.process.verdict import UNPARSABLE, command, syntax_error

# What OpenShift V2's cron passed over, and what editors leave behind.
NOT_JOBS = (
    ".*", "*~", "*,", "#*#", "*.bak", "*.orig", "*.swp", "*.pyc", "__pycache__",
    "*.rpmsave", "*.rpmorig", "*.rpmnew", "*.dpkg-*", "*.cfsaved", "README*", "jobs.allow", "jobs.deny", "chrono.dat",
)  # fmt: skip
SCHEDULE = "schedule"  # in a category: when it is to run on a cluster


class JobsFailed(Failure):
    """Some of a category's jobs failed; the others ran."""

    def __init__(self, category: str, failed: list[str], total: int) -> None:
        self.told = category, failed, total
        super().__init__(
            f"{len(failed)} of {total} jobs of {category!r} failed: {', '.join(failed)}",
            cure="see the output of each above",
            status=1,
        )


class NoSuchCategory(UsageError):
    """There is no directory of a job category's name.

    :param known: those that there are.
    :param directory: where they are.
    """

    def __init__(self, category: str, known: Iterable[str], directory: Path) -> None:
        there_are = list(known)
        cure = did_you_mean(category, there_are) or f"choose one of: {', '.join(there_are)}"
        if not there_are:
            cure = f"put a directory of scripts into {directory}"
        super().__init__(f"there is no job category {category!r}", cure=cure)


def categories(layout: Layout) -> dict[str, list[Path]]:
    """Return the scripts of each category, in the order they run in: those of the older directory first."""
    found: dict[str, list[Path]] = {}
    for directory in layout.jobs:
        for category in _entries(layout, directory):
            if layout.leaves(category):  # it is named as what cannot be run
                found.setdefault(category.name, []).append(category)
            elif category.is_dir():
                entries = (entry for entry in _entries(layout, category) if entry.name != SCHEDULE)
                found.setdefault(category.name, []).extend(entry for entry in entries if not entry.is_dir())
    return dict(sorted(found.items()))


def run(
    layout: Layout, category: str, env: Environment, *, fail_fast: bool = False, limit: Limit | None = None
) -> None:
    """Run every script of a category, each with its name, status and duration on stderr.

    :param env: the application environment.
    :param fail_fast: stop at the first that fails.
    :param limit: how long each script may take.
    :raises NoSuchCategory: says it.
    :raises JobsFailed: when one of them failed, after all of them ran.
    """
    known = categories(layout)
    require(layout, category, known)
    env = _line_buffered(env, layout.source)
    run_each(category, known[category], lambda script: _succeeds(layout, script, env, limit), fail_fast=fail_fast)


def run_each(category: str, scripts: Sequence[Path], succeeds: Callable[[Path], bool], *, fail_fast: bool) -> None:
    """Run some scripts of a category.

    :param succeeds: runs one, and tells whether it succeeded.
    :raises JobsFailed: when one of them did not, after all of them ran.
    """
    if not scripts:
        console.warning(f"the job category {category!r} has no jobs; put scripts into its directory")
    failed: list[str] = []
    for script in scripts:
        if not succeeds(script):
            failed.append(script.name)
            if fail_fast:
                break
    if failed:
        raise JobsFailed(category, failed, len(scripts))


def require(layout: Layout, category: str, known: Mapping[str, object]) -> None:
    """Refuse a category that does not exist.

    :raises NoSuchCategory: with those that do.
    """
    if category not in known:
        raise NoSuchCategory(category, known, layout.jobs[-1])


def _succeeds(layout: Layout, script: Path, env: Environment, limit: Limit | None) -> bool:
    shown = layout.shown(script)
    console.event("jobs", f"running {shown}")
    started = time.monotonic()
    try:
        status = child.run(command(script, shown), env=env, cwd=layout.source, shown=shown, limit=limit)
    except Stopped:
        raise
    except Failure as failure:
        console.error(str(failure))
        return False
    console.event("jobs", f"{shown} {ended(status)} after {console.duration(time.monotonic() - started)}")
    problem = syntax_error(script, shown) if status == UNPARSABLE else None
    if problem:
        console.error(str(problem))
    return status == 0


def _line_buffered(env: Environment, cwd: Path) -> Environment:
    """Return the environment in which stdout is written line by line, so that nothing is lost when a job crashes.

    It is that of the image's ``stdbuf``, which is asked once for all jobs; without one, nothing changes.
    """
    with suppress(CommandNotFound), private_file() as left:
        argv = [found("stdbuf", env), "-oL", found("env", env), "-0"]
        if child.run(argv, env=env, cwd=cwd, stdout=left.fileno()) == 0:
            left.seek(0)
            variables = (entry.partition("=") for entry in os.fsdecode(left.read()).split("\0") if entry)
            return Environment({name: value for name, _, value in variables}, env.umask, env.limits)
    return env


def _entries(layout: Layout, directory: Path) -> list[Path]:
    """List what a directory holds in name order, leaving out what is not meant as a job or category."""
    layout.require_inside(directory)
    try:
        entries = sorted(directory.iterdir(), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [entry for entry in entries if not any(fnmatch.fnmatchcase(entry.name, pattern) for pattern in NOT_JOBS)]
