"""Rules 6xx: jobs, and what S2I does not even upload."""

from __future__ import annotations

from collections.abc import Iterator

from s2itasks.check import calls, cron_schedule
from s2itasks.check.cron_schedule import NotASchedule
from s2itasks.check.file import Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.s2iignore import ignored
from s2itasks.check.source import ACTION_HOOKS, JOBS, TASKS, Source, is_passed_over
from s2itasks.hooks.jobs import SCHEDULE

from .files import lacks_run_bit

OF_V2 = ("jobs.allow", "jobs.deny")


@error(601, "A job is not executable", fixable=True)
def not_executable(source: Source) -> Iterator[Spot]:
    """It fails, each time."""
    for file in source.of(Role.JOB):
        if file.looks_like_script:
            yield from lacks_run_bit(file, "it fails each time")
        else:
            message = (
                f"{file.name} is taken for a job, and fails each time because it has no run bit; keep data elsewhere"
            )
            yield at(file, 1, message)


@warning(602, "A job that its name keeps from running")
def passed_over(source: Source) -> Iterator[Spot]:
    """Hidden files and what editors and package managers leave behind are no jobs."""
    for file in source.strangers:
        category = file.path.rpartition("/")[0].rpartition("/")[0] in JOBS
        if category and is_passed_over(file.path) and file.looks_like_script and file.name not in OF_V2:
            yield at(file, 1, f"jobs skips files with names like {file.name!r}; rename or remove it")


@error(603, "A job without a category")
def no_category(source: Source) -> Iterator[Spot]:
    """Only what lies in a directory of the jobs directory can be asked for."""
    for file in source.strangers:
        directory, _, name = file.path.rpartition("/")
        if directory in JOBS and file.looks_like_script and not is_passed_over(file.path):
            yield at(file, 1, f"no command runs it; move it into a category: {directory}/hourly/{name}")


@error(604, "A job below a category's directory")
def too_deep(source: Source) -> Iterator[Spot]:
    """Categories have no directories."""
    for file in source.strangers:
        above = [directory for directory in JOBS if file.path.startswith(f"{directory}/")]
        depth = file.path.count("/")
        if above and depth > above[0].count("/") + 2 and file.looks_like_script and "/lib/" not in file.path:
            yield at(file, 1, "jobs does not look into directories of a category; move it up, or out of .s2i/jobs")


@warning(605, "A list of jobs that has no effect any more")
def list_of_v2(source: Source) -> Iterator[Spot]:
    """OpenShift V2 ran what jobs.allow names, and not what jobs.deny names."""
    for file in source.strangers:
        if file.name in OF_V2 and file.path.rpartition("/")[0].rpartition("/")[0] in JOBS:
            yield at(file, 1, f"{file.name} means nothing to s2itasks: every executable runs; move the others away")


@error(608, "A schedule that is none")
def bad_schedule(source: Source) -> Iterator[Spot]:
    """The file is no job, and no CronJob can be made of it."""
    for file in source.strangers:
        directory, _, name = file.path.rpartition("/")
        if directory.rpartition("/")[0] not in JOBS or name != SCHEDULE or is_passed_over(file.path):
            continue
        if file.shebang:
            yield at(file, 1, "jobs takes a file of this name for the category's schedule; rename the job")
            continue
        try:
            cron_schedule.parse(file.text)
        except NotASchedule as problem:
            yield at(file, problem.line, f"{problem}; write minute, hour, day, month and weekday: 30 3 * * *")


@error(606, ".s2iignore hides a part of .s2i")
def hidden(source: Source) -> Iterator[Spot]:
    """S2I removes it from the upload, so nothing of it is in the image."""
    important = {file.path for file in source.files.values() if file.role is not Role.OTHER}
    important |= {".s2i", ".s2i/bin", ACTION_HOOKS, *JOBS, TASKS, f".s2i/{calls.ONE_FILE}"}
    important |= {f"{ACTION_HOOKS}/{name}" for name in source.graph.places()}
    hidden_by: dict[int, list[str]] = {}
    for path, line in sorted(ignored(source.root).items()):
        shown = path.relative_to(source.root).as_posix()
        if shown in important:
            hidden_by.setdefault(line, []).append(shown)
    for line, paths in hidden_by.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield Spot(".s2iignore", line, f"the pattern keeps {paths[0]}{more} out of the image; narrow it")
