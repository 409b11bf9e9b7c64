"""What the phases of one command line share: layout, environments, and the time each phase took."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from . import console, environment, limits
from .layout import Layout
from .limits import Limit
from .summary import Step


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
        self._build: dict[str, str] | None = None

    @cached_property
    def layout(self) -> Layout:
        """The application's directories."""
        return Layout.from_environment(self.environ)

    @cached_property
    def build_base(self) -> dict[str, str]:
        """The environment of a build before ``build_env``. Only asked for once ``.s2i`` is in place."""
        return environment.build_base(self.layout, self.environ)

    @property
    def build(self) -> dict[str, str]:
        """The build environment, as ``build_env`` was last evaluated."""
        return self.build_base if self._build is None else self._build

    def evaluate_build_env(self) -> None:
        """Evaluate ``build_env`` anew, from the same base as any time before."""
        self._build = environment.build(self.layout, self.build_base, limit=self.limit_of("build_env"))

    @cached_property
    def application(self) -> dict[str, str]:
        """The application environment; evaluated when it is first asked for."""
        limit = self.limit_of("deploy_env")
        return environment.application(self.layout, self.environ, file=self.file, limit=limit)

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


def process_environment() -> dict[str, str]:
    """Give the environment that this process was started with, without the locale that CPython adds to it.

    Under the C locale it sets LC_CTYPE for itself (PEP 538), and for every child.
    """
    environ = dict(os.environ)
    with suppress(OSError):
        if "LC_CTYPE" in environ and b"\0LC_CTYPE=" not in b"\0" + Path("/proc/self/environ").read_bytes():
            del environ["LC_CTYPE"]
    return environ
