"""What a command line would do, in order, without doing any of it: ``--dry``.

invoke runs the phases as ever, and their bodies are the same; what they are given is a session that tells what it is
asked to do. What is known beforehand is told: the files, what is wrong with them, and what the environment is given
before a script of the application has its say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from s2itasks import console
from s2itasks.errors import Failure
from s2itasks.graph import Graph, Group, Kind, Phase
from s2itasks.hooks import hook as hooks
from s2itasks.hooks import jobs
from s2itasks.hooks.found import Found
from s2itasks.hooks.hook import Hook
from s2itasks.hooks.jobs import JobsFailed
from s2itasks.layout import SourceMissing
from s2itasks.masking import text
from s2itasks.process.inherited import Environment

from . import known_environment
from .foreseen import Foreseen


class JobsWouldFail(Failure):
    """Some of a category's jobs could not be started."""

    def __init__(self, category: str, failed: list[str], total: int) -> None:
        super().__init__(
            f"{len(failed)} of {total} jobs of {category!r} would fail: {', '.join(failed)}",
            cure="correct what is said of each above",
            status=1,
        )


class DryRun(Foreseen):
    """One command line that is told and not done.

    :param environ: the process environment, as it was at the start.
    :param graph: all phases.
    """

    def __init__(self, environ: Mapping[str, str], graph: Graph) -> None:
        super().__init__(environ, graph)
        self._makes_root = False
        self._told: set[Group] = set()
        self._sourced: set[str] = set()

    @property
    def build_base(self) -> Environment:
        """What is known of it."""
        return self._environment(Group.BUILD)

    build = build_base

    @property
    def application(self) -> Environment:
        """What is known of it."""
        return self._environment(Group.DEPLOYMENT)

    def enter(self, phase: Phase, options: Mapping[str, Any]) -> None:
        """Begin a phase in the application that it is for, if only the upload that would become one.

        :raises NoApplicationRoot: as when it is run.
        """
        if self._makes_root:
            return
        before = self.layout
        super().enter(phase, options)
        if self.layout != before:
            self.look_again()
        self._makes_root = phase.acts(options) and not self.layout.has_root

    def do(self, phase: str, what: str, action: Callable[[], Any]) -> None:
        """Tell it."""
        del action
        self._tell(phase, f"would {what}")

    def tidy(self, action: Callable[[], object]) -> None:
        """Do nothing."""

    def note(self, phase: str, what: str) -> None:
        """Tell it, as what would be."""
        self._tell(phase, what)

    def skip(self, phase: str, why: str) -> None:
        """Tell it."""
        self._tell(phase, f"nothing to do, {why}")

    def hooks_are_in_place(self) -> None:
        """Look into the upload from now on, which ``.s2i`` would have been taken from."""
        self.uploaded = True
        self.look_again()

    def evaluate_early_build(self) -> Environment:
        """Tell that ``build_env`` would be sourced for the builder, and whether that can be."""
        environment = self.build_base
        scripts = self._env_scripts("build_env")
        failure = next((each.failure for each in scripts if each.failure), None)
        if failure:
            self._tell("builder_assemble", f"without build_env, which cannot be evaluated yet: {failure}")
        elif scripts:
            self._tell("builder_assemble", f"would source {_labels(scripts)} for it, ahead of its turn")
        return environment

    def source_env_script(self, phase: str, evaluate: Callable[[], object]) -> None:
        """Tell that an env script would be sourced, and what the environment is before that.

        :raises Failure: when it cannot be sourced.
        """
        del evaluate
        group = self.graph[phase].group
        self._environment(group)
        scripts = self._env_scripts(phase)
        if known_environment.is_sourced(self.layout, self.environ, building=group is Group.BUILD):
            self._tell(phase, "would not be sourced again; this process already has its environment")
        elif not scripts:
            self.skip(phase, "no such env script")
        elif phase in self._sourced and group is not Group.BUILD:
            self._tell(phase, "would not be sourced again; once is enough for a process")
        else:
            self._sourced.add(phase)
            failure = next((each.failure for each in scripts if each.failure), None)
            known = "" if failure else "; what it sets is only known then"
            self._tell(phase, f"would source {_labels(scripts)}{known}", failure)

    def _env_scripts(self, phase: str) -> list[Found]:
        return [each for each in self.has.every_hook(phase) if each.is_there]

    def run(self, phase: str, found: Sequence[Hook], env: Mapping[str, str], *, log: bool = False) -> None:
        """Tell that hooks or a builder's script would be run.

        :raises Failure: when one cannot be started.
        """
        del env
        if not found:
            self.skip(phase, "no such hook")
            return
        limit = self.limit_of(phase)
        together = "" if len(found) == 1 else "together "
        limited = f", for {limit.seconds:g} s {together}at most ({limit.origin})" if limit else ""
        for hook in found:
            self._start(phase, "run", hook, limited)
        if log:
            self._detail("its output would show in the container's log, too")

    def require_variables(self, phase: str, *, only_warn: bool) -> None:
        """Tell which required variables there are not; ``deploy_env`` may set them."""
        names = ", ".join(each.shown for each in self.missing_variables())
        if names:
            unless = " unless deploy_env sets them" if self._env_scripts("deploy_env") else ""
            self._tell(phase, f"would {'warn' if only_warn else 'refuse to go on'} without {names}{unless}")

    @contextmanager
    def once(self, phase: str, file: str | None) -> Iterator[bool]:
        """Tell whether a marker keeps a phase from being done, or would be written after it."""
        if file is not None and self.place(self.layout.source / file).exists():
            self.skip(phase, f"{file} is there")
            yield False
            return
        yield True
        if file is not None:
            self._tell(phase, f"would write {file}, so that it is done once")

    def run_jobs(self, category: str, *, fail_fast: bool) -> None:
        """Tell that every script of a job category would be run; one that cannot be started keeps no other from it.

        :raises NoSuchCategory: as when they are run.
        :raises JobsWouldFail: when some cannot be started.
        """
        if self.has.unlisted_jobs:
            raise self.has.unlisted_jobs
        jobs.require(self.layout, category, self.has.jobs)
        scripts = [each.path for each in self.has.jobs[category]]
        try:
            jobs.run_each(category, scripts, self._job_would_start, fail_fast=fail_fast)
        except JobsFailed as failure:
            raise JobsWouldFail(*failure.told) from None

    def become(self, phase: str, hook: Hook, env: Mapping[str, str]) -> None:
        """Tell that the process would become a hook or a builder's script.

        :raises Failure: when it cannot be started.
        """
        del env
        self._start(phase, "become", hook)

    def become_command(self, phase: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Tell that the process would become a command."""
        del env
        self._tell(phase, f"would become {text.masked_command(argv)}")

    def _job_would_start(self, script: Path) -> bool:
        try:
            self.run("jobs", [hooks.of_script(self.layout, script)], self.application)
        except Failure as failure:
            self._detail(str(failure))
            return False
        return True

    def _start(self, phase: str, verb: str, hook: Hook, limited: str = "") -> None:
        found = self._found(hook)
        failure = found.failure
        if not self.uploaded and not self._makes_root and not self.layout.source.is_dir():
            failure = failure or SourceMissing(self.layout.source)
        self._tell(phase, f"would {verb} {found.label}{limited}", failure)
        before = ", ".join(self.has.prerequisites(found.task)) if found.task else ""
        if before:
            self._detail(f"after {before} of the same file")
        if hook.words:
            self._detail(f"with the options {text.masked_command(hook.words)}")

    def _found(self, hook: Hook) -> Found:
        if hook.task is not None:
            return self.has.of_task(self.has.tasks[hook.task])
        return self.has.script(Kind.HOOK, hook.path)

    def _environment(self, group: Group) -> Environment:
        """Tell once what is known of an environment: that of the build, or else that of the application."""
        building = group is Group.BUILD
        group = Group.BUILD if building else Group.DEPLOYMENT
        if group not in self._told:
            self._told.add(group)
            changes = known_environment.changes(self.layout, self.environ, self.filled, building=building)
            how = "with" if changes else "as it is"
            named = "build" if building else "application"
            self._tell("environment", f"the {named}'s would be that of this process {how}")
            for change in changes:
                self._detail(change)
        return Environment(self.given)

    def _tell(self, phase: str, text: str, failure: Failure | None = None) -> None:
        console.show(f"---> {phase}: {text}{', and fail' if failure else ''}")
        if failure:
            raise failure

    def _detail(self, text: str) -> None:
        """Print a line that belongs to the one before it."""
        console.show(f"     {text}")


def _labels(scripts: Sequence[Found]) -> str:
    return " and ".join(each.label for each in scripts)
