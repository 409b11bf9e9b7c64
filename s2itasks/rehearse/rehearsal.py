"""The whole life of an application without an image or a cluster: build it, verify it, run it, see it answer."""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.console import detail, event
from s2itasks.errors import UsageError, did_you_mean
from s2itasks.graph import Graph
from s2itasks.process import child
from s2itasks.process.errors import HookFailed

from . import containment, foresight, kept, pod_environment, postgresql, report, stopping, venue
from .installation import Installation
from .machine_pythons import Interpreter
from .probing import Probes
from .progress import PAUSE, Progress
from .root import Root, free_port, locked, made, require_own
from .serving import Serving, serving
from .venue import Directories, Venue

SERVICES = {"postgresql": ("DATABASE_URL", postgresql.server)}


@dataclass(frozen=True)
class Wishes:
    """What a rehearsal is asked for.

    :param root: where to do it; a place in the user's cache that is the same each time where it is None.
    :param fresh: begin with an empty root.
    :param check: end when the application is ready instead of staying until Ctrl-C.
    :param wait: seconds that it has to become ready in.
    :param namespace: use one where that can be had.
    :param read_only: with a read-only root file system.
    :param probes: ask its probes as Kubernetes does.
    :param stop_test: stop it in ``deploy``, too, and say how that went.
    :param command: to run when it is ready, which is then the end.
    :param services: of `SERVICES`.
    :param env: variables for it, ``NAME`` or ``NAME=VALUE``; likewise ``env_files``, files of such variables.
    :param inherit: let it have all variables of the shell.
    :param python: the Python for it, a version or a path; None for what its files want.
    """

    root: Path | None = None
    fresh: bool = False
    check: bool = False
    wait: float = 120.0
    namespace: bool = True
    read_only: bool = False
    probes: bool = False
    stop_test: bool = False
    command: Sequence[str] = ()
    services: Sequence[str] = ()
    env: Sequence[str] = ()
    env_files: Sequence[Path] = ()
    inherit: bool = False
    python: str | None = None


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
    own = pod_environment.given(environ, wishes.env, wishes.env_files)
    _require_services(wishes.services, own)
    if wishes.root is not None:
        require_own(wishes.root, source)
    file = pod_environment.of_file(source / ".s2i" / "environment")
    python = foresight.foresee(source, {**file, **own}, wishes.python, environ)
    root = made(wishes.root or kept.root_of(source, environ), source)
    with locked(root), containment.contained():
        if wishes.root is None:
            kept.forget(environ, root)
        _Rehearsal(source, root, graph, environ, file, own, python, wishes).go()


def _require_services(services: Sequence[str], own: Mapping[str, str]) -> None:
    """Refuse services that there are none of, or that --env names another one for."""
    for each in services:
        if each not in SERVICES:
            cure = did_you_mean(each, SERVICES) or f"choose one of: {', '.join(SERVICES)}"
            raise UsageError(f"--with {each}: there is no such service", cure=cure)
        variable = SERVICES[each][0]
        if variable in own:
            raise UsageError(f"--with {each} sets {variable}, and so does --env", cure="leave one of them out")


class _Rehearsal:
    """One rehearsal in a root that nobody else uses."""

    def __init__(
        self,
        source: Path,
        root: Root,
        graph: Graph,
        environ: Mapping[str, str],
        file: Mapping[str, str],
        own: Mapping[str, str],
        python: Interpreter,
        wishes: Wishes,
    ) -> None:
        self.source, self.root, self.graph, self.environ, self.wishes = source, root, graph, environ, wishes
        self.progress = Progress()
        self.port = free_port()
        of_pip = pod_environment.of_pip(environ)
        self.cache = Path(of_pip["PIP_CACHE_DIR"])
        self.venue: Venue = venue.chosen(
            root, self.cache, python.executable, namespace=wishes.namespace, read_only=wishes.read_only
        )
        self.bin = self.venue.application / "bin"
        builder = self.venue.application / "libexec" / "s2itasks" / "s2itasks" / "builder" / "bin"
        image = pod_environment.of_image(self.venue.application, self.venue.upload, builder, self.port, python)
        self.pod = pod_environment.of_pod(image, file, environ, own, inherit=wishes.inherit)
        self.build = {**of_pip, **self.pod}
        self.installation = Installation(root, self.venue, python)
        self.variables = [*pod_environment.passed(environ, inherit=wishes.inherit), *own]

    def go(self) -> None:
        """Do it all."""
        with contextlib.ExitStack() as services:
            self._begin()
            self._phase("assemble", self.build, [self.bin / "python", "-I", self.root.packages], writable=(self.cache,))
            self.installation.is_built()
            for each in self.wishes.services:
                variable, server = SERVICES[each]
                self.pod[variable] = services.enter_context(server(self.root, self.venue, self.pod))
            self.installation.write_script(self.pod)
            self._phase("verify", self.pod, [self.bin / "s2itasks"])
            if self.wishes.stop_test and self.root.has_hook("deploy"):
                with self._serving() as application:
                    stopping.stop_in_deploy(application, self.wishes.wait)
            with self._serving() as application:
                application.wait_until_ready(self.wishes.wait)
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
        self.installation.upload(self.source)
        if self.installation.prepare(self.build, self.progress, self.cache, fresh=self.wishes.fresh):
            detail("with the packages of the last rehearsal, since it would install the same (--fresh starts anew)")

    def _phase(
        self, name: str, environ: Mapping[str, str], s2itasks: Sequence[Path | str], writable: Sequence[Path] = ()
    ) -> None:
        argv = self.venue.container(*map(str, s2itasks), name, writable=writable)
        cwd, log = self.root.application / "src", self.root.log(name)
        self.progress.run(f"s2itasks {name}", argv, env=environ, cwd=cwd, log=log)

    def _serving(self) -> contextlib.AbstractContextManager[Serving]:
        return serving(self.root, self.venue, self.port, self.pod, self.progress)

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
                time.sleep(PAUSE)
        if probes:
            probes.report()

    def _run(self, command: Sequence[str]) -> None:
        """Run a command as ``oc rsh POD s2itasks exec`` does.

        :raises HookFailed: when it fails.
        """
        argv = self.venue.inside(str(self.bin / "s2itasks"), "exec", "--", *command)
        if status := child.run(argv, env=self.pod, cwd=self.root.application / "src"):
            raise HookFailed(shlex.join(command), status)

    def _report(self, application: Serving) -> None:
        report.show_durations(self.progress.took)
        report.show_script(self.root.script)
        report.show_findings(self.source, self.graph, self.environ)
        report.show_warnings(application.warnings())
        report.show_differences(
            [
                *self.venue.differences,
                "network: this machine's; builder: the embedded one",
                f"variables of this shell or of --env: {', '.join(dict.fromkeys(self.variables)) or 'none'}",
            ]
        )
