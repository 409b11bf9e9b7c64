"""What the phases of one command line share: layout, environments, and the time each phase took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from s2itasks.environment import layers
from s2itasks.errors import ConfigurationError
from s2itasks.graph import Graph, Phase
from s2itasks.hooks import hook as hooks
from s2itasks.hooks.hook import Hook
from s2itasks.layout import Layout
from s2itasks.process import limits
from s2itasks.process.inherited import Environment
from s2itasks.process.limits import Limit
from s2itasks.process.verdict import State, state

from . import console


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


class NotEvaluated(ConfigurationError):
    """A phase needs an environment that none of its prerequisites has evaluated: its declaration is wrong."""

    def __init__(self, env_script: str) -> None:
        super().__init__(
            f"a phase needs the environment of {env_script}, which none of its prerequisites has evaluated",
            cure=f"declare pre=[{env_script}] on it",
        )


class Step(NamedTuple):
    """What one phase did.

    :param seconds: how long it took, or None when it was skipped.
    :param note: why it was skipped.
    """

    phase: str
    seconds: float | None
    note: str = ""


class Session:
    """One command line's way through its phases.

    :param environ: the process environment, as it was at the start.
    :param file: the variables of ``.s2i/environment`` where they are known; it is read where they are not.
    """

    def __init__(self, environ: Mapping[str, str], file: Mapping[str, str] | None = None) -> None:
        self.environ = dict(environ)
        self.file = file
        self.graph = Graph(())  # that of the phase which runs; see `phase`
        self.steps: list[Step] = []
        self.quiet = False
        self.command: list[str] | None = None
        self.remainder = ""
        self.limit: Limit | None = None
        self.becomes: str | None = None
        self.early_build: Environment | None = None
        self._build: Environment | None = None
        self._application: Environment | None = None

    @cached_property
    def layout(self) -> Layout:
        """The application's directories."""
        return Layout.from_environment(self.environ)

    def require_root(self, phase: Phase, options: Mapping[str, Any]) -> None:
        """Refuse a phase that acts, where there is no application root.

        :raises NoApplicationRoot: names what there could be.
        """
        layout = self.layout
        if not phase.acts(options) or layout.has_root or (phase.makes_root and layout.upload.is_dir()):
            return
        raise NoApplicationRoot(layout.application, layout.upload if phase.makes_root else None)

    @cached_property
    def build_base(self) -> Environment:
        """The environment of a build before ``build_env``. Only asked for once ``.s2i`` is in place."""
        return layers.build_base(self.layout, self.environ)

    @property
    def build(self) -> Environment:
        """The build environment, as the phase ``build_env`` has evaluated it.

        :raises NotEvaluated: when it has not run.
        """
        if self._build is None:
            raise NotEvaluated("build_env")
        return self._build

    def evaluate_build(self) -> None:
        """Evaluate ``build_env`` anew, from the same base as any time before."""
        self._build = layers.build(self.layout, self.build_base, limit=self.limit_of("build_env"))

    def lost_since_early_build(self) -> list[str]:
        """Return the variables that ``build_env`` gave a value before the builder's assemble, and none after it."""
        given = [
            name for name, value in (self.early_build or {}).items() if value and value != self.build_base.get(name)
        ]
        return sorted(name for name in given if not self.build.get(name))

    @property
    def application(self) -> Environment:
        """The application environment, as the phase ``deploy_env`` has evaluated it.

        :raises NotEvaluated: when it has not run.
        """
        if self._application is None:
            raise NotEvaluated("deploy_env")
        return self._application

    def evaluate_application(self) -> None:
        """Evaluate ``deploy_env``, unless this command line has done so."""
        if self._application is None:
            limit = self.limit_of("deploy_env")
            self._application = layers.application(
                self.layout, self.environ, file=self.file, limit=limit, loud=not self.quiet
            )

    def limit_of(self, phase: str) -> Limit | None:
        """Return the limit of what a phase runs: the command's, or its own S2ITASKS_TIMEOUT_NAME if that is tighter.

        :raises UsageError: when the variable holds no number.
        """
        variable = f"S2ITASKS_TIMEOUT_{phase.upper()}"
        return limits.tighter(self.limit, limits.parse(self.given.get(variable, ""), variable, each=True))

    @cached_property
    def given(self) -> dict[str, str]:
        """What there is before bash comes in. Only asked for once ``.s2i`` is in place."""
        return layers.given(self.layout, self.environ, self.file)

    def run_hook(self, phase: str, hook: Hook | None, env: Mapping[str, str]) -> None:
        """Run the hook of a phase, if the application has it."""
        if hook is None:
            self.skip(phase, "no such hook")
            return
        with self.step(phase, f"running {hook.shown}"):
            hooks.run(self.layout, hook, env, limit=self.limit_of(phase))

    def source_env_script(self, phase: str, evaluate: Callable[[], object]) -> None:
        """Evaluate an environment, which sources the env script of a phase if the application has it."""
        script = self.layout.hooks / phase
        if state(script, sourced=True) is State.MISSING:
            self.skip(phase, "no such env script")
            evaluate()
            return
        with self.step(phase, f"sourcing {self.layout.shown(script)}"):
            evaluate()

    @contextmanager
    def step(self, phase: str, doing: str) -> Iterator[None]:
        """Announce what a phase does, and say how long it took; a quiet command only keeps the time."""
        if not self.quiet:
            console.event(phase, doing)
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.steps.append(Step(phase, seconds))
        if not self.quiet:
            console.event(phase, f"done in {console.duration(seconds)}")

    def skip(self, phase: str, why: str) -> None:
        """Note that a phase had nothing to do."""
        self.steps.append(Step(phase, None, why))
