"""What the commands of a container do that people and probes call all day; they are declared in `phases`.

It is mostly run without invoke (see `fast_path`), so nothing here imports it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from s2itasks import console
from s2itasks.errors import UsageError
from s2itasks.process import execution, limits
from s2itasks.process.limits import Limit
from s2itasks.session import Session

from .demands import demand
from .waiting import until_ready

if TYPE_CHECKING:
    from s2itasks.hooks.inventory import Inventory


class CommandMissing(UsageError):
    """``exec`` is asked to become nothing."""

    def __init__(self) -> None:
        super().__init__("exec needs a command", cure="give it one: s2itasks exec -- CMD ARGS")


class CategoryMissing(UsageError):
    """``jobs`` is told how to run, but not what."""

    def __init__(self) -> None:
        super().__init__("jobs needs a category to run", cure="name one (s2itasks jobs alone lists them)")


def exec_(session: Session) -> None:
    """Become a command in the application environment: s2itasks exec -- CMD ARGS.

    The arguments reach it exactly as they are, it runs where the caller is, and its status is the command's.
    """
    argv = session.command if session.command is not None else _split(session.remainder)
    if not argv:
        raise CommandMissing
    demand(session, "exec")
    session.become_command("exec", argv, session.application)


def shell(session: Session) -> None:
    """Become a bash in the application environment.

    It is interactive on a terminal; without one it reads commands from stdin.
    """
    demand(session, "shell")
    session.become_command("shell", [execution.bash()], session.application)


def verify(session: Session) -> None:
    """Run the hook that tests an image before it is used; for a build's postCommit."""
    _run_hook(session, "verify")


def ready(session: Session, log: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Run the hook that tells whether the application takes requests; for a readiness probe."""
    _probe(session, "ready", log=log)


def alive(session: Session, log: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Run the hook that tells whether the application still works; for a liveness probe."""
    _probe(session, "alive", log=log)


def setup(session: Session, once: str | None = None) -> None:
    """Run the hook that sets an application's data up once: a superuser, the first rows."""
    _run_hook_once(session, "setup", once)


def migrate(session: Session, once: str | None = None) -> None:
    """Run the hook that migrates an application's data."""
    _run_hook_once(session, "migrate", once)


def post_deploy(session: Session, wait: str | None = None, once: str | None = None) -> None:
    """Run the hook for what needs the application to be running: the first request, a notification.

    Nobody calls it by itself; let a lifecycle hook (postStart), a Job or a pipeline do so.
    """
    _run_hook_once(session, "post_deploy", once, wait)


def jobs(session: Session, category: str | None = None, fail_fast: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Run every script of one job category, or list the categories.

    The scripts of .s2i/jobs/CATEGORY (and before them of .s2i/cron_jobs/CATEGORY) run one after another, in the order
    of their names. One that fails does not keep the others from running; the status is 1 then.
    """
    if category is not None:
        demand(session, "jobs")
        session.run_jobs(category, fail_fast=fail_fast)
        return
    if fail_fast or session.limit:
        raise CategoryMissing
    session.do("jobs", "list the categories", partial(_show_jobs, session.inventory()))


def _show_jobs(has: Inventory) -> None:
    """Print each category with its scripts; where there is none, say where to put them."""
    if not has.jobs and not has.unlisted_jobs:
        console.warning(f"there are no job categories; put scripts into {has.layout.jobs[-1]}/CATEGORY")
    for category, scripts in has.jobs.items():
        console.show(category)
        for each in scripts:
            note = f"would not run: {each.failure}" if each.failure else ""
            if each.state.value != "present":
                note = each.state.value
            console.show(f"  {each.label}  ({note})" if note else f"  {each.label}")
    if has.unlisted_jobs:
        raise has.unlisted_jobs


def _probe(session: Session, name: str, *, log: bool) -> None:
    """Run a hook command whose output the container's log is to show as well, if that is asked for."""
    _run_hook(session, name, log=log or session.given.get("S2ITASKS_PROBE_LOG", "") not in ("", "0"))


def _run_hook(session: Session, name: str, *, log: bool = False) -> None:
    """Run a hook command; where nothing follows its last hook and nothing limits it, simply become that."""
    demand(session, name)
    hooks = session.deployed_hooks(name)
    if hooks and session.becomes == name and not log and session.limit_of(name) is None:
        *before, last = hooks
        if before:
            session.run(name, before, session.application)
        session.become(name, last, session.application)
    else:
        session.run(name, hooks, session.application, log=log)


def _run_hook_once(session: Session, name: str, once: str | None, wait: str | None = None) -> None:
    """Run a hook command that somebody may have asked to run once, or when the application takes requests."""
    if once is not None and (not once or once.startswith("-")):
        raise UsageError("--once needs the name of a file", cure="give it one, such as data/.setup-is-done")
    if wait == "":
        raise UsageError("--wait needs a number of seconds", cure="give it one, such as 120, or 0 to wait for nothing")
    waiting = limits.parse(wait or "", "--wait")
    if once is None and waiting is None:
        _run_hook(session, name)
        return
    demand(session, name)
    hooks = session.deployed_hooks(name)
    if not hooks:
        session.run(name, hooks, session.application)
        return
    with session.once(name, once) as has_to:
        if has_to and waiting:
            _wait_until_ready(session, name, waiting)
        if has_to:
            session.run(name, hooks, session.application)


def _wait_until_ready(session: Session, name: str, wait: Limit) -> None:
    hooks = session.deployed_hooks("ready")
    if not hooks:
        console.warning("there is no ready hook to wait for; add one, or leave out --wait")
        return
    what = f"wait until {' and '.join(hook.shown for hook in hooks)} succeeds, for {wait.seconds:g} s at most"
    limit, each = limits.tighter(wait, session.limit) or wait, session.limit_of("ready")
    session.do(name, what, partial(until_ready, session.layout, hooks, session.application, limit, each))


def _split(remainder: str) -> list[str]:
    """Split what invoke's own program makes of the words after ``--``: one string, their quotes lost."""
    import shlex  # noqa: PLC0415 - our own program needs none

    try:
        return shlex.split(remainder)
    except ValueError as problem:
        message = f"{remainder!r} cannot be split into a command ({problem})"
        raise UsageError(message, cure="use s2itasks exec, which takes it as it is") from None
