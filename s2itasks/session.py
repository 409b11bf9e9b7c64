"""All that the phases of one command line do: run, become, change, skip.

The body of a phase decides what there is to do, and has the session do it. A dry run is another session, which does
nothing and tells: so nobody has to write down a second time what a phase does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from s2itasks.environment import built, layers
from s2itasks.errors import ConfigurationError
from s2itasks.graph import Graph, Phase
from s2itasks.hooks import hook as hooks
from s2itasks.hooks.hook import Hook
from s2itasks.layout import Layout, inspected_layout
from s2itasks.process import execution
from s2itasks.process.limits import Limit

from . import console
from .evaluation import Evaluation

if TYPE_CHECKING:
    from s2itasks.hooks.inventory import Inventory

Outcome = TypeVar("Outcome")


class NoApplicationRoot(ConfigurationError):
    """What acts on an application is asked for where there is none, as on a laptop.

    :param upload: what the root would be made of, for a phase that does so; it is not there, either.
    """

    def __init__(self, root: Path, upload: Path | None) -> None:
        missing, variables = f"no application root {root}", "S2I_APPLICATION_PATH"
        if upload:
            missing = f"neither an application root {root} nor an upload {upload}"
            variables = f"{variables} or S2I_UPLOAD_PATH"
        super().__init__(
            f"there is {missing}",
            cure=f"on a laptop, 's2itasks rehearse' builds and runs an application in a root of its own; in an image, "
            f"set {variables}",
        )


class Step(NamedTuple):
    """What one phase did.

    :param seconds: how long it took, or None when it was skipped.
    :param note: why it was skipped.
    """

    phase: str
    seconds: float | None
    note: str = ""


class Session(Evaluation):
    """One command line's way through its phases; its parameters are those of `Evaluation`."""

    def __init__(self, environ: Mapping[str, str], file: Mapping[str, str] | None = None) -> None:
        super().__init__(environ, file)
        self.graph = Graph(())  # that of the phase which runs; see `phase`
        self.steps: list[Step] = []
        self.command: list[str] | None = None
        self.remainder = ""
        self.becomes: str | None = None

    # What there is.

    def hooks_of(self, phase: str) -> list[Hook]:
        """Return the hooks of a phase, the image's first; see `hooks.present`."""
        return hooks.present(self.layout, phase)

    def deployed_hooks(self, phase: str) -> list[Hook]:
        """Return the hooks of a deployment, which are those of its build.

        :raises HookGone: when one is missing that there was.
        """
        found = self.hooks_of(phase)
        there = [self.layout.hooks / phase if hook.task else hook.path for hook in found]
        built.require_not_gone(self.layout, phase, there)
        return found

    def inventory(self, *, syntax: bool = False, uploaded: bool = False) -> Inventory:
        """Look at all that the application has in ``.s2i``.

        :param syntax: ask bash whether it can parse the scripts, as well.
        :param uploaded: look into the upload, too, which the builder has not moved yet.
        """
        from s2itasks.hooks.inventory import Inventory  # noqa: PLC0415 - probes need none

        return Inventory(self.layout, self.graph.hooks, syntax=syntax, uploaded=uploaded)

    def place(self, path: Path) -> Path:
        """Return where a file of the source directory is."""
        return path

    # What is done.

    def enter(self, phase: Phase, options: Mapping[str, Any]) -> None:
        """Begin a phase, in the application that it is for.

        :raises NoApplicationRoot: when it acts and there is no application root; names what there could be.
        """
        if not phase.acts(options):
            self.layout = inspected_layout(self.environ)
            return
        self.layout = layout = Layout.from_environment(self.environ)
        if not layout.has_root and not (phase.makes_root and layout.upload.is_dir()):
            raise NoApplicationRoot(layout.application, layout.upload if phase.makes_root else None)

    def do(self, phase: str, what: str, action: Callable[[], Outcome]) -> Outcome | None:
        """Do something that is more than to run a hook.

        :param what: that, beginning with a verb: ``take .s2i from /tmp/src``.
        :return: what the action returns; nothing where it is not done.
        """
        with self._step(phase, what):
            return action()

    def tidy(self, action: Callable[[], object]) -> None:
        """Do something that nobody has to hear of."""
        action()

    def note(self, phase: str, what: str) -> None:
        """Say something about what a phase has done."""
        console.event(phase, what)

    def skip(self, phase: str, why: str) -> None:
        """Note that a phase had nothing to do."""
        self.steps.append(Step(phase, None, why))

    def hooks_are_in_place(self) -> None:
        """Hear that ``.s2i`` is where it belongs from now on; a dry run has to look for it elsewhere then."""

    def source_env_script(self, phase: str, evaluate: Callable[[], object]) -> None:
        """Evaluate an environment, which sources the env script of a phase if the application has it."""
        scripts = layers.env_scripts(self.layout, phase)
        if not scripts:
            self.skip(phase, "no such env script")
            evaluate()
            return
        with self._step(phase, f"source {' and '.join(map(self.layout.shown, scripts))}"):
            evaluate()

    def run(self, phase: str, found: Sequence[Hook], env: Mapping[str, str], *, log: bool = False) -> None:
        """Run hooks or a builder's script, one after another; skip the phase where there are none.

        They have one limit, and the first that fails is the last.

        :param log: show their output in the container's log, too.
        :raises Failure: when one cannot be started, fails, takes too long, or is stopped by a signal.
        """
        if not found:
            self.skip(phase, "no such hook")
            return
        limit = self.limit_of(phase)
        limit = limit.from_now() if limit and len(found) > 1 else limit
        for hook in found:
            with self._step(phase, f"run {hook.shown}"):
                self._run(phase, hook, env, limit, log=log)

    def require_variables(self, phase: str, *, only_warn: bool) -> None:
        """Refuse to go on where required variables are missing, or warn of it.

        :param phase: the one that needs them.
        :raises Missing: names them.
        """
        del phase
        if missing := self.missing_variables():
            from s2itasks.environment.required import Missing  # noqa: PLC0415 - mostly, none is

            failure = Missing(missing, self.layout.shown(self.layout.required))
            if not only_warn:
                raise failure
            console.warning(f"{failure}")

    @contextmanager
    def once(self, phase: str, file: str | None) -> Iterator[bool]:
        """Tell whether a phase has still to be done, and write its marker when it has gone well; see `marker.once`.

        :param file: the marker, from the source directory; without one, it has.
        """
        if file is None:
            yield True
            return
        from s2itasks.hooks import marker  # noqa: PLC0415 - most commands need none

        with marker.once(self.layout.require_source() / file, phase, self.limit_of(phase)) as has_to:
            if not has_to:
                self.skip(phase, f"{file} is there")
            yield has_to

    def run_jobs(self, category: str, *, fail_fast: bool) -> None:
        """Run every script of a job category, see `jobs.run`."""
        from s2itasks.hooks import jobs  # noqa: PLC0415 - probes need none

        jobs.run(self.layout, category, self.application, fail_fast=fail_fast, limit=self.limit_of("jobs"))

    def become(self, phase: str, hook: Hook, env: Mapping[str, str]) -> None:
        """Replace this process with a hook or a builder's script.

        :raises Failure: when it cannot be started.
        """
        if not self.quiet:
            console.event(phase, console.doing(f"become {hook.shown}"))
        hooks.become(self.layout, hook, env)

    def become_command(self, phase: str, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Replace this process with a command, in the caller's directory.

        :param phase: the one that is asked for, which says nothing.
        :raises Failure: when it cannot be started.
        """
        del phase
        execution.become(argv, env=env)

    def _run(self, phase: str, hook: Hook, env: Mapping[str, str], limit: Limit | None, *, log: bool) -> None:
        if not log:
            hooks.run(self.layout, hook, env, limit=limit)
            return
        from s2itasks.process import probe_log  # noqa: PLC0415 - most probes need none

        with probe_log.captured(phase) as streams:
            hooks.run(self.layout, hook, env, limit=limit, streams=streams)

    @contextmanager
    def _step(self, phase: str, what: str) -> Iterator[None]:
        """Announce what a phase does, and say how long it took; a quiet command only keeps the time."""
        if not self.quiet:
            console.event(phase, console.doing(what))
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        before = self.steps.pop().seconds if self.steps and self.steps[-1].phase == phase else None
        self.steps.append(Step(phase, seconds + (before or 0)))
        if not self.quiet:
            console.event(phase, f"done in {console.duration(seconds)}")
