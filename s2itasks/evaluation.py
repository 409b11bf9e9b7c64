"""What a command line knows of its application, and the environments that it has evaluated.

An environment is evaluated by the phase of its env script, once or anew; a phase that needs one declares that phase as
a prerequisite.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from s2itasks.environment import layers
from s2itasks.errors import ConfigurationError, Failure, Stopped
from s2itasks.layout import Layout
from s2itasks.process import limits
from s2itasks.process.errors import TimedOut
from s2itasks.process.inherited import Environment
from s2itasks.process.limits import Limit

from . import console

if TYPE_CHECKING:
    from s2itasks.environment.required import Required


class NotEvaluated(ConfigurationError):
    """A phase needs an environment that none of its prerequisites has evaluated: its declaration is wrong."""

    def __init__(self, env_script: str) -> None:
        super().__init__(
            f"a phase needs the environment of {env_script}, which none of its prerequisites has evaluated",
            cure=f"declare pre=[{env_script}] on it",
        )


class Evaluation:
    """The layout, the environments and the limits of one command line.

    :param environ: the process environment, as it was at the start.
    :param file: the variables of ``.s2i/environment`` where they are known; it is read where they are not.
    """

    def __init__(self, environ: Mapping[str, str], file: Mapping[str, str] | None = None) -> None:
        self.environ = dict(environ)
        self.file = file
        self.quiet = False
        self.limit: Limit | None = None
        self.early_build: Environment | None = None
        self._build: Environment | None = None
        self._application: Environment | None = None

    @cached_property
    def layout(self) -> Layout:
        """The application's directories."""
        return Layout.from_environment(self.environ)

    @cached_property
    def given(self) -> dict[str, str]:
        """What there is before bash comes in. Only asked for once ``.s2i`` is in place."""
        return layers.given(self.layout, self.environ, self.file)

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

    @property
    def application(self) -> Environment:
        """The application environment, as the phase ``deploy_env`` has evaluated it.

        :raises NotEvaluated: when it has not run.
        """
        if self._application is None:
            raise NotEvaluated("deploy_env")
        return self._application

    def limit_of(self, phase: str) -> Limit | None:
        """Return the limit of what a phase runs: the command's, or its own S2ITASKS_TIMEOUT_NAME if that is tighter.

        :raises UsageError: when the variable holds no number.
        """
        variable = f"S2ITASKS_TIMEOUT_{phase.upper()}"
        return limits.tighter(self.limit, limits.parse(self.given.get(variable, ""), variable, each=True))

    def evaluate_early_build(self) -> Environment:
        """Evaluate ``build_env`` ahead of its turn, for the builder; where it cannot be, warn and do without it.

        :raises Stopped, TimedOut: when a signal or its limit ends it.
        """
        try:
            limit = self.limit_of("build_env")
            self.early_build = layers.build(self.layout, self.build_base, quiet=True, limit=limit)
        except (Stopped, TimedOut):
            raise
        except Failure as failure:
            console.warning(f"the builder's assemble runs without build_env, which cannot be evaluated yet: {failure}")
            return self.build_base
        return self.early_build

    def evaluate_build(self) -> None:
        """Evaluate ``build_env`` anew, from the same base as any time before."""
        self._build = layers.build(self.layout, self.build_base, limit=self.limit_of("build_env"))

    def evaluate_application(self) -> None:
        """Evaluate ``deploy_env``, unless this command line has done so."""
        if self._application is None:
            limit = self.limit_of("deploy_env")
            self._application = layers.application(
                self.layout, self.environ, file=self.file, limit=limit, loud=not self.quiet
            )

    @property
    def is_evaluated(self) -> bool:
        """Whether there is an application environment."""
        return self._application is not None

    def missing_variables(self) -> list[Required]:
        """Return the required variables that the application environment has no value for.

        None of a process that found that environment evaluated: whoever evaluated it has asked, or was not to ask.

        :raises NoName, Unreadable: when nobody can tell what is required.
        """
        if layers.is_evaluated(self.layout, self.environ) or not os.path.lexists(self.layout.required):
            return []
        from s2itasks.environment import required  # noqa: PLC0415 - most have no such file

        return required.missing(required.of_application(self.layout), self.application)

    def lost_since_early_build(self) -> list[str]:
        """Return the variables that ``build_env`` gave a value before the builder's assemble, and none after it."""
        given = [
            name for name, value in (self.early_build or {}).items() if value and value != self.build_base.get(name)
        ]
        return sorted(name for name in given if not self.build.get(name))
