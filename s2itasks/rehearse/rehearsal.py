"""The whole life of an application without an image or a cluster: build it, verify it, run it, see it answer."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks.console import detail, event, warning
from s2itasks.errors import Failure, UsageError
from s2itasks.graph import Graph
from s2itasks.process import child
from s2itasks.process.errors import HookFailed

from . import (
    containment,
    demanded,
    engine,
    foresight,
    kept,
    literal_port,
    migrating,
    pod_environment,
    postgresql,
    report,
    stopping,
    ways,
)
from .probing import Probes
from .progress import Progress, pause
from .root import Root, locked, made, require_own
from .serving import NotReady, Serving, serving
from .this_machine import Directories
from .ways import Way
from .wishes import Wishes

SERVICES = {"postgresql": ("DATABASE_URL", postgresql.server)}


def rehearse(source: Path, graph: Graph, environ: Mapping[str, str], wishes: Wishes) -> None:
    """Take an application through ``assemble``, ``verify`` and ``run`` until it is ready.

    :param source: the application's repository.
    :param graph: the phases that there are, for `check`.
    :param environ: the shell's environment.
    :raises Failure: when a phase fails or the application does not become ready.
    """
    if not source.is_dir():
        raise UsageError(f"there is no directory {source} to rehearse", cure="give that of an application's source")
    source = source.resolve()
    wishes.require_consistent()
    own = pod_environment.given(environ, wishes.env, wishes.env_files)
    if "PORT" in own and not wishes.container:
        raise UsageError("--env PORT: a rehearsal tells the application a free port", cure="leave it out")
    wishes.require_services({name: variable for name, (variable, _) in SERVICES.items()}, own)
    if wishes.root is not None:
        require_own(wishes.root, source)
    file = pod_environment.of_file(source / ".s2i" / "environment")
    known = {**file, **own}
    by = engine.found(environ) if wishes.container else foresight.python(source, known, wishes.python, environ)
    foresight.foresee(source, known)
    not_tried = [] if wishes.container else foresight.not_tried(source, graph, environ, known)
    root = made(wishes.root or kept.root_of(source, environ), source)
    with locked(root), containment.contained() as afterwards:
        if wishes.root is None:
            kept.forget(environ, root)
        later = [SERVICES[each][0] for each in wishes.services]
        way = ways.chosen(root, by, ways.Variables(environ, file, own), wishes, later)
        afterwards.append(way.venue.end)
        of_services = dict.fromkeys(later, "later")
        demanded.require(source, graph, environ, {**way.pod, **of_services}, certain=not wishes.container)
        _Rehearsal(source, root, graph, environ, way, wishes, not_tried).go()


class VerifyFailed(Failure):
    """The ``verify`` hook failed, perhaps because it wants variables of the deployment."""

    def __init__(self, failed: HookFailed) -> None:
        super().__init__(
            f"{failed.problem}; verify has no variables of the deployment, as in a build's postCommit",
            cure="give it what it needs in the hook itself",
            status=failed.status,
        )


class _Rehearsal:
    """One rehearsal in a root that nobody else uses."""

    def __init__(
        self,
        source: Path,
        root: Root,
        graph: Graph,
        environ: Mapping[str, str],
        way: Way,
        wishes: Wishes,
        not_tried: Sequence[str],
    ) -> None:
        self.source, self.root, self.graph, self.environ, self.wishes = source, root, graph, environ, wishes
        self.not_tried = not_tried
        self.progress = Progress()
        self.way, self.venue, self.pod = way, way.venue, way.pod
        self.migrated = False

    def go(self) -> None:
        """Do it all."""
        with contextlib.ExitStack() as services:
            self._begin()
            self.way.building.assemble(self.progress)
            for each in self.wishes.services:
                variable, server = SERVICES[each]
                self.pod[variable] = services.enter_context(server(self.root, self.way.services, self.pod))
            self.way.building.write_script(self.pod)
            self._verify()
            self._migrate()
            if self.wishes.stop_test and self.root.has_hook("deploy"):
                with self._serving() as application:
                    stopping.stop_in_deploy(application, self.wishes.wait)
            with self._serving() as application:
                self._wait_until_ready(application)
                self._report(application)
                self._use(application)
                if self.wishes.stop_test:
                    stopping.stop(application, "while serving")

    def _begin(self) -> None:
        event("rehearse", self.venue.summary)
        if isinstance(self.venue, Directories):
            report.show_places_written_out(self.source, self.graph, self.environ)
            if self.wishes.read_only:
                raise UsageError("--read-only needs the namespace, which is not to be had", cure="leave it out")
        event("rehearse", f"preparing {self.root.path}")
        begins_with = self.way.building.prepare(self.source, self.progress, fresh=self.wishes.fresh)
        if begins_with:
            detail(f"with {begins_with} (--fresh starts anew)")

    def _verify(self) -> None:
        """Verify in a container of the build, as ``postCommit`` does.

        :raises VerifyFailed, HookFailed: when that fails.
        """
        of_build = self.way.of_build
        argv = self.venue.container(self.venue.s2itasks, "verify", of_build=of_build)
        cwd, log = self.root.application / "src", self.root.log("verify")
        try:
            self.progress.run("s2itasks verify", argv, env=self.venue.environ(of_build), cwd=cwd, log=log)
        except HookFailed as failed:
            if any(of_build.get(name) != value for name, value in self.pod.items()):
                raise VerifyFailed(failed) from None
            raise

    def _migrate(self) -> None:
        """Migrate in a container of its own, as the Job does that `s2itasks manifests` makes.

        :raises HookFailed: when that fails.
        """
        self.migrated = migrating.is_of_job(self.source, self.root, self.graph, self.environ)
        if self.migrated:
            event("rehearse", "migrating, as a Job does before the roll-out")
            argv, environ = self.venue.container(self.venue.s2itasks, "migrate"), self.venue.environ(self.pod)
            cwd, log = self.root.application / "src", self.root.log("migrate")
            self.progress.run("s2itasks migrate", argv, env=environ, cwd=cwd, log=log)

    def _serving(self) -> contextlib.AbstractContextManager[Serving]:
        return serving(self.root, self.venue, self.way.port, self.pod, self.progress)

    def _wait_until_ready(self, application: Serving) -> None:
        """Wait for it; a hook that asks a port of its own is named once more where that is in vain."""
        try:
            application.wait_until_ready(self.wishes.wait)
        except NotReady:
            if application.runs and not self.wishes.container:
                for each in literal_port.warnings(self.source, self.graph, self.environ, ["ready"]):
                    warning(each)
            raise

    def _use(self, application: Serving) -> None:
        """Do with an application that is ready what is asked for."""
        probes = Probes(self.root, application) if self.wishes.probes else None
        if self.wishes.command:
            self._run(self.wishes.command)
        elif not self.wishes.check:
            application.stay(probes.ask_when_due if probes else lambda: None)
        elif probes:
            while not probes.is_enough:
                probes.ask_when_due()
                pause()
        if probes:
            probes.report()

    def _run(self, command: Sequence[str]) -> None:
        """Run a command as ``oc rsh POD s2itasks exec`` does.

        :raises HookFailed: when it fails.
        """
        argv = self.venue.inside(self.venue.s2itasks, "exec", "--", *command, terminal=True)
        if status := child.run(argv, env=self.venue.environ(self.pod), cwd=self.root.application / "src"):
            raise HookFailed(shlex.join(command), status)

    def _report(self, application: Serving) -> None:
        report.show_durations(self.progress.took)
        report.show_script(self.root.script)
        report.show_findings(self.source, self.graph, self.environ)
        report.show_warnings(application.warnings())
        report.show_differences(
            [
                *self.venue.differences,
                *self.not_tried,
                *([migrating.STAYS] if self.migrated and not self.wishes.container else []),
                f"variables of this shell or of --env: {', '.join(dict.fromkeys(self.way.brought)) or 'none'}",
            ]
        )
