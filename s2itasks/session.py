"""What the phases of one command line share: layout, environments, and the time each phase took."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

from . import console, environment, limits
from .failures import ConfigurationError
from .inherited import Environment
from .layout import Layout
from .limits import Limit
from .summary import Step


class NotEvaluated(ConfigurationError):
    """A phase needs an environment that none of its prerequisites has evaluated: its declaration is wrong."""

    def __init__(self, env_script: str) -> None:
        super().__init__(
            f"a phase needs the environment of {env_script}, which none of its prerequisites has evaluated; declare "
            f"pre=[{env_script}] on it"
        )


class Session:
    """One command line's way through its phases.

    :param environ: the process environment, as it was at the start.
    :param file: the variables of ``.s2i/environment`` where they are known; it is read where they are not.
    """

    def __init__(self, environ: Mapping[str, str], file: Mapping[str, str] | None = None) -> None:
        self.environ = dict(environ)
        self.file = file
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

    @cached_property
    def build_base(self) -> Environment:
        """The environment of a build before ``build_env``. Only asked for once ``.s2i`` is in place."""
        return environment.build_base(self.layout, self.environ)

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
        self._build = environment.build(self.layout, self.build_base, limit=self.limit_of("build_env"))

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
            self._application = environment.application(
                self.layout, self.environ, file=self.file, limit=limit, loud=not self.quiet
            )

    def limit_of(self, phase: str) -> Limit | None:
        """Give the limit of what a phase runs: the command's, or its own S2ITASKS_TIMEOUT_NAME if that is tighter.

        :raises UsageError: when the variable holds no number.
        """
        variable = f"S2ITASKS_TIMEOUT_{phase.upper()}"
        return limits.tighter(self.limit, limits.parse(self.given.get(variable, ""), variable, each=True))

    @cached_property
    def given(self) -> dict[str, str]:
        """What there is before bash comes in. Only asked for once ``.s2i`` is in place."""
        return environment.given(self.layout, self.environ, self.file)

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
