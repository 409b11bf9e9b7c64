"""What the bodies of phases do besides running a hook, as ``--dry`` tells it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from s2itasks.build import deployability
from s2itasks.build.building import BuilderCallsItself
from s2itasks.deployment.commands import CategoryMissing, CommandMissing
from s2itasks.environment import layers
from s2itasks.errors import Failure
from s2itasks.graph import Group, Kind
from s2itasks.hooks import jobs as job_scripts
from s2itasks.hooks.inventory import Found

if TYPE_CHECKING:
    from .dry_run import DryRun


class JobsWouldFail(Failure):
    """Some of a category's jobs could not be started."""

    def __init__(self, category: str, failed: list[str], total: int) -> None:
        super().__init__(
            f"{len(failed)} of {total} jobs of {category!r} would fail: {', '.join(failed)}",
            cure="correct what is said of each above",
            status=1,
        )


def upload(dry: DryRun) -> None:
    """Print what `upload` would do, after which ``.s2i`` would be that of the upload."""
    layout = dry.layout
    there = (layout.source / ".s2i").is_dir()
    if dry.is_uploaded:
        over = ", over an older one" if there else ""
        dry.step("upload", f"would take .s2i from {layout.upload} into {layout.source}{over}")
        dry.look(uploaded=True)
    else:
        where = f"is in {layout.source} already" if there else f"is neither there nor in {layout.source}"
        dry.step("upload", f"nothing to take from {layout.upload}; .s2i {where}")
    dry.has.require_no_conflict()
    dry.detail(f"would set s2itasks aside in {layout.runtime}")


def builder_assemble(dry: DryRun) -> None:
    """Print what `builder_assemble` would do."""
    if layers.in_build(dry.layout, dry.session.environ):
        raise BuilderCallsItself(dry.layout.scripts)
    dry.environment(Group.BUILD)
    dry.start("builder_assemble", "run", _builder(dry, "assemble"))
    early = dry.has.hook("build_env")
    if early.failure:
        dry.detail(f"without build_env, which cannot be evaluated yet: {early.failure}")
    elif early.is_there:
        dry.detail(f"in the environment of {early.label}, sourced for it ahead of its turn")


def assemble(dry: DryRun) -> None:
    """Print what `assemble` would do."""
    root = dry.layout.application
    dry.step("assemble", f"would pin s2itasks, fix permissions of {root}, and show how long each phase took")
    for warning in deployability.warnings(dry.graph, dry.has, dry.session.given):
        dry.detail(f"would warn: {warning}")
    failure = deployability.fatal(dry.graph, dry.has)
    if failure:
        raise failure


def run(dry: DryRun) -> None:
    """Print what `run` would do."""
    found = dry.has.hook("run")
    hook = found.is_there or found.failure
    dry.start("run", "become", found if hook else _builder(dry, "run"))


def exec_(dry: DryRun) -> None:
    """Print what `exec` would do."""
    if not dry.session.command:
        raise CommandMissing
    dry.step("exec", f"would become {shlex.join(dry.session.command)}")


def shell(dry: DryRun) -> None:
    """Print what `shell` would do."""
    dry.step("shell", "would become a bash")


def app(dry: DryRun) -> None:
    """Print that a task of the application's own would run."""
    name, *words = dry.session.command or [""]
    found = dry.has.of_task(dry.has.own_task(name))
    dry.start(f"app.{name}", "become", found)
    if words:
        dry.detail(f"with the options {shlex.join(words)}")


def jobs(dry: DryRun, category: str | None = None, fail_fast: bool = False) -> None:  # noqa: FBT001, FBT002 - as of the phase
    """Print what `jobs` would do; a script that could not be started keeps no other from running."""
    if category is None:
        if fail_fast or dry.session.limit:
            raise CategoryMissing
        dry.step("jobs", "would list the categories")
        return
    if dry.has.unlisted_jobs:
        raise dry.has.unlisted_jobs
    job_scripts.require(dry.layout, category, dry.has.jobs)
    scripts = dry.has.jobs[category]
    failed = []
    if not scripts:
        dry.step("jobs", f"nothing to run, the category {category!r} has no jobs")
    for each in scripts:
        try:
            dry.start("jobs", "run", each)
        except Failure as failure:  # noqa: PERF203 - the others run all the same
            dry.detail(str(failure))
            failed.append(each.path.name)
            if fail_fast:
                break
    if failed:
        raise JobsWouldFail(category, failed, len(scripts))


def env(dry: DryRun, *, build: bool = False, **_: object) -> None:
    """Print what `env` would do."""
    name = "build_env" if build else "deploy_env"
    dry.env_script(name, Group.BUILD if build else Group.DEPLOYMENT)
    dry.step("env", f"would show the {'build' if build else 'application'} environment")


def _builder(dry: DryRun, name: str) -> Found:
    return dry.has.script(Kind.HOOK, dry.layout.builder_script(name))
