"""What a command line would do, in order, without doing any of it: ``--dry``.

The order is invoke's own, out of the declared prerequisites. What is known beforehand is told: the files, what is wrong
with them, and what the environment is given before a script of the application has its say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from s2itasks.environment import environment_file, layers, masking
from s2itasks.environment.provenance import Layer
from s2itasks.errors import Failure
from s2itasks.graph import Graph, Group, Kind, Phase
from s2itasks.hooks.inventory import Found, Inventory
from s2itasks.layout import Layout, SourceMissing, inspected_layout
from s2itasks.session import Session

UNSET = ("BASH_ENV", "ENV", "PROMPT_COMMAND")


class DryRun:
    """One command line that is told and not done.

    :param session: what its phases share; it is given the layout that is looked at, and nothing evaluates it.
    """

    def __init__(self, session: Session, graph: Graph) -> None:
        self.session = session
        self.graph = graph
        self.plain = self.layout = session.layout
        self.is_uploaded = (self.plain.upload / ".s2i").is_dir() and self.plain.upload != self.plain.source
        self.has: Inventory
        self.look(uploaded=False)
        self._makes_root = False
        self._told: set[Group] = set()
        self._sourced: set[str] = set()

    def look(self, *, uploaded: bool) -> None:
        """Look at the application's files where they lie: in the upload first, once they are taken from there."""
        self.has = Inventory(self.layout, self.graph.hooks, uploaded=uploaded, syntax=True)
        file = self.layout.environment_file
        self.filled = {
            name: value
            for name, value in environment_file.read(self.has.lies(file), self.layout.shown(file)).items()
            if name not in self.session.environ
        }
        self.session.given = {**self.filled, **self.session.environ, **self.layout.variables}

    def _look_at(self, layout: Layout) -> None:
        if layout != self.layout:
            self.layout = self.session.layout = layout
            self.look(uploaded=False)

    def tell(self, name: str, options: Mapping[str, Any]) -> None:
        """Print what a phase would do.

        :raises Failure: the one that the real run would end with, as far as that is known.
        """
        phase = self.graph[name]
        arguments = {name: value for name, value in options.items() if name != "timeout"}
        if not self._makes_root:
            self.session.require_root(phase, arguments)
            self._look_at(self.plain if phase.acts(arguments) else inspected_layout(self.session.environ))
            self._makes_root = phase.makes_root and not self.plain.has_root
        if phase.describe:
            phase.describe(self, **arguments)
        elif phase.kind is Kind.ENV_SCRIPT:
            self.env_script(phase.name, phase.group)
        elif phase.kind is Kind.HOOK:
            self._hook(phase, arguments)
        else:
            self.step(phase.name, f"would {_lower(phase.summary)}")

    def step(self, phase: str, text: str) -> None:
        """Print what a phase would do."""
        print(f"---> {phase}: {text}", flush=True)

    def detail(self, text: str) -> None:
        """Print a line that belongs to the step before it."""
        print(f"     {text}", flush=True)

    def start(self, phase: str, verb: str, found: Found) -> None:
        """Print that a script or a task would be run or become the process.

        :raises Failure: when it cannot be started.
        """
        limit = self.session.limit_of(phase)
        limited = f", for {limit.seconds:g} s at most ({limit.origin})" if limit and verb == "run" else ""
        failure = found.failure
        if not self.has.uploaded and not self._makes_root and not self.layout.source.is_dir():
            failure = failure or SourceMissing(self.layout.source)
        self._begin(phase, f"would {verb} {found.label}{limited}", failure)
        before = ", ".join(self.has.prerequisites(found.task)) if found.task else ""
        if before:
            self.detail(f"after {before} of the same file")

    def env_script(self, name: str, group: Group) -> None:
        """Print that an env script would be sourced, and what the environment is before that.

        :raises Failure: when it cannot be sourced.
        """
        self.environment(group)
        found = self.has.hook(name)
        if self._has_it_already(group):
            self.step(name, "would not be sourced again; this process already has its environment")
        elif not found.is_there:
            self.step(name, "nothing to source, no such env script")
        elif name in self._sourced and group is not Group.BUILD:
            self.step(name, "would not be sourced again; once is enough for a process")
        else:
            self._sourced.add(name)
            known = "" if found.failure else "; what it sets is only known then"
            self._begin(name, f"would source {found.label}{known}", found.failure)

    def environment(self, group: Group) -> None:
        """Print once what is known of an environment: that of the build, or else that of the application."""
        environ, layout = self.session.environ, self.layout
        group = Group.BUILD if group is Group.BUILD else Group.DEPLOYMENT
        if group in self._told:
            return
        self._told.add(group)
        building = group is Group.BUILD
        has_it = layers.in_build if building else layers.is_evaluated
        changes = [] if has_it(layout, environ) else list(self._changes(building=building))
        how = "with" if changes else "as it is"
        self.step("environment", f"the {'build' if building else 'application'}'s would be that of this process {how}")
        for layer, change in changes:
            self.detail(f"{layer.value}: {change}")

    def _changes(self, *, building: bool) -> Iterator[tuple[Layer, str]]:
        """Return what is done to the environment of the process before an env script, as far as it is known."""
        given = self.session.given
        for name, value in self.filled.items():
            yield Layer.FILE, _assignment(name, value)
        for name, value in self.layout.variables.items():
            if self.session.environ.get(name) != value:
                yield Layer.S2ITASKS, _assignment(name, value)
        if given.get("BASH_ENV"):
            yield Layer.ACTIVATION, f"would source {given['BASH_ENV']} (BASH_ENV)"
        activation = None if building else layers.container_user(self.layout)
        if activation:
            yield Layer.ACTIVATION, f"would source {activation}"
        for name in UNSET:
            if name in given:
                yield Layer.ACTIVATION, f"would remove {name}"

    def _hook(self, phase: Phase, arguments: Mapping[str, Any]) -> None:
        self.environment(phase.group)
        found = self.has.hook(phase.name)
        if not found.is_there and not found.failure:
            self.step(phase.name, "nothing to run, no such hook")
            return
        logged = "log" in arguments and (
            arguments["log"] or self.session.given.get("S2ITASKS_PROBE_LOG", "") not in ("", "0")
        )
        alone = phase.quiet and self.session.becomes == phase.name and not self.session.limit_of(phase.name)
        self.start(phase.name, "become" if alone and not logged else "run", found)
        if logged:
            self.detail("its output would show in the container's log, too")

    def _begin(self, phase: str, text: str, failure: Failure | None) -> None:
        self.step(phase, f"{text}, and fail" if failure else text)
        if failure:
            raise failure

    def _has_it_already(self, group: Group) -> bool:
        if group is Group.BUILD:
            return layers.has_build_env(self.layout, self.session.environ)
        return layers.is_evaluated(self.layout, self.session.environ)


def _assignment(name: str, value: str) -> str:
    shown = masking.masked(name, value)
    return f"{name}={shown if shown.isprintable() else repr(shown)}"


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
