"""OpenShift V2's cron jobs: which of them ran, and what they become."""

from __future__ import annotations

import fnmatch
import shlex
from collections.abc import Mapping

from s2itasks.check.file import File
from s2itasks.hooks.jobs import NOT_JOBS

from .conversion import Conversion
from .entry import Fate
from .originals import as_it_is, runs, unreadable
from .v2_hooks import Hooks, converted

DIRECTORY = ".openshift/cron"
SCHEDULES = {
    "minutely": "* * * * *",
    "hourly": "@hourly",
    "daily": "@daily",
    "weekly": "@weekly",
    "monthly": "@monthly",
}
# Why a file is no job.
SAMPLE = (Fate.DROPPED, "V2's sample job")
LIST = (Fate.DROPPED, "it said which jobs ran, and those alone are copied")
BELOW = (Fate.LEFT, "V2 ran nothing in directories below; copy it by hand if a job needs it")
PASSED_OVER = (Fate.DROPPED, "V2 passed over such names, and s2itasks does")
KEPT_OUT = (Fate.LEFT, "jobs.allow or jobs.deny kept V2 from running it; copy it by hand if it is to run")
NO_RUN_BIT = (Fate.LEFT, "it has no run bit, and V2 did not run it; give it one, and run this again, if it is a job")
COMMENTS = (Fate.DROPPED, "it has comments only")
CALLED = (
    "a CronJob has to call it: schedule: '{}', command: s2itasks jobs {} --timeout 1200 (V2 ended a category after 20 "
)
CALLED += "minutes), concurrencyPolicy: Forbid (V2 skipped what overlapped)"


def jobs(made: Conversion, files: Mapping[str, File], hooks: Hooks) -> list[str]:
    """Convert the jobs that V2 ran, and say what becomes of the others; return the texts of those that are kept."""
    texts: list[str] = []
    for category in sorted({path.split("/")[2] for path in files if path.startswith(f"{DIRECTORY}/")}):
        directory = f"{DIRECTORY}/{category}"
        inside = {path: file for path, file in files.items() if path.startswith(f"{directory}/")}
        allowed, denied = (_listed(files.get(f"{directory}/{name}")) for name in ("jobs.allow", "jobs.deny"))
        kept = []
        for path, file in inside.items():
            why = _why_not(path.removeprefix(f"{directory}/"), file, inside, allowed, denied)
            if why:
                fate, reason = why
                made.say(path, fate, reason)
                continue
            draft = converted(file, hooks, phase="jobs")
            text = f"{draft.text.rstrip()}\n" if file.is_shell else as_it_is(file)
            target = f".s2i/jobs/{category}/{file.name}"
            made.write(target, text, executable=True)
            made.entries += draft.entries
            made.say(path, Fate.WRITTEN, f"it is now {target}")
            kept.append(text)
        if kept:
            made.say(directory, Fate.LEFT, CALLED.format(SCHEDULES.get(category, "…"), shlex.quote(category)))
        texts += kept
    return texts


def _why_not(
    name: str, file: File, inside: Mapping[str, File], allowed: set[str] | None, denied: set[str] | None
) -> tuple[Fate, str] | None:
    """Return why a file is no job: what becomes of it, and the reason."""
    sample = inside.get(f"{file.path.rpartition('/')[0]}/chronograph")
    is_sample = sample is not None and "chrono.dat" in sample.text
    kept_out = (allowed is not None and name not in allowed) or name in (denied or ())
    passed_over = any(fnmatch.fnmatchcase(name, pattern) for pattern in NOT_JOBS)
    reasons = {
        SAMPLE: name == "chrono.dat" or (name == "chronograph" and is_sample),
        LIST: name in ("jobs.allow", "jobs.deny"),
        BELOW: "/" in name,
        PASSED_OVER: passed_over,
        KEPT_OUT: kept_out,
        (Fate.LEFT, f"{unreadable(file)}; copy it by hand"): bool(unreadable(file)),
        NO_RUN_BIT: not runs(file),
        COMMENTS: not file.has_code,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _listed(file: File | None) -> set[str] | None:
    """Return the names in a list of jobs; None where there is no list."""
    if file is None:
        return None
    return {line.strip() for line in file.lines if line.strip() and not line.lstrip().startswith("#")}
