"""Containers as a place of a rehearsal: podman's or docker's, of the image that `image` builds."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from s2itasks.console import detail

from .engine import Engine, EngineFailed
from .pod_environment import SHOWN
from .root import Root
from .this_machine import HOST, USER

OTHER_USER = 54321  # for rootless containers, which have 65,536 UIDs and so not that of a pod
OWN_PORT = "8080"  # that applications of the builder images listen on


class Container:
    """Containers that are a pod's as far as these programs can have them so.

    :param builder: the builder image.
    :param port: the one of this machine that the application is to be asked at.
    :param variables: what each container gets beside what its image sets.
    :param of_services: names of variables that come later.
    :param files: of this machine, to be shown in each by their variables, see `pod_environment.shown`.
    :param inner_port: the one that the application listens on; None where it shares this machine's network.
    :param read_only: the application can write to /tmp alone.
    """

    def __init__(
        self,
        root: Root,
        engine: Engine,
        builder: str,
        port: int,
        variables: Mapping[str, str],
        of_services: Collection[str] = (),
        files: Mapping[str, Path] | None = None,
        *,
        inner_port: str | None = OWN_PORT,
        read_only: bool = False,
    ) -> None:
        self.application = Path("/opt/app-root")
        self.upload = Path("/tmp/src")  # noqa: S108 - where S2I uploads to
        self.s2itasks = "s2itasks"
        self.keeps_user = False
        self.is_first = True
        self.answers_early = inner_port is not None
        self.name = name_of(root)
        self.image = f"localhost/{self.name}:application"
        self.summary = f"in containers of {engine.name}, with the builder image {builder}"
        self._root = root
        self._engine = engine
        self._port = port
        self._variables = variables
        self._of_services = of_services
        self._files = _copied(files or {}, root.path / "files")
        self._inner_port = inner_port
        self._read_only = read_only

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as in a pod."""
        network = (
            f"port {self._inner_port} is port {self._port} of this machine" if self._inner_port else "this machine's"
        )
        user = () if self._user == USER else (f"user: {self._user}, since {self._engine.name} has no higher UID here",)
        return (f"network: {network}", *user, "limits of memory and processors: this machine's")

    def container(
        self,
        *command: str,
        init: bool = False,  # noqa: ARG002
        main: bool = False,
        kept: bool = False,  # noqa: ARG002
        writable: Sequence[Path] = (),  # noqa: ARG002
        of_build: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return how a container is run to its end; the main one has the command of its image."""
        run = [self._engine.program, "run", "--rm", f"--name={self.name}"]
        if of_build is not None:
            return [*run, *self._options, *self._given(of_build), self.image, *command]
        options = [*self._options, *self._given(self._variables, self._of_services)]
        if not main:
            return [*run, *options, self.image, *command]
        words = command if self._read_only else ()  # /tmp/scripts/run is not there below a new /tmp
        return [*run, *options, *self._published, self.image, *words]

    def inside(self, *command: str, alone: bool = False, terminal: bool = False) -> list[str]:  # noqa: ARG002
        """Return how a command is executed in the main container."""
        tty = ["--tty"] if terminal and os.isatty(0) and os.isatty(1) else []
        return [self._engine.program, "exec", "--interactive", *tty, self.name, *command]

    def environ(self, pod: Mapping[str, str]) -> dict[str, str]:
        """Return the program's own environment with the values of those variables that it hands on by their names."""
        return {**self.handed_on(pod), **self._engine.environ}

    def handed_on(self, pod: Mapping[str, str]) -> dict[str, str]:
        """Return those of a pod's variables that are not on command lines."""
        literal = self._literal(self._variables)
        return {name: value for name, value in pod.items() if name not in literal}

    def end(self) -> None:
        """Remove the container, and what an interrupted build of podman leaves."""
        self._engine.remove(self.name, f"{self.name}-working-container")

    def script(self) -> str:
        """Return the text of the script that the root keeps."""
        program = shlex.quote(self._engine.program)
        run = shlex.join([*self._options, *self._given(self._variables, self._of_services)])
        return (
            "#!/bin/sh\n"
            f". {shlex.quote(str(self._root.variables))}\n"
            "terminal= published=\n"
            "if [ -t 0 ] && [ -t 1 ]; then terminal=--tty; fi\n"
            f"if [ \"$({program} inspect --format '{{{{.State.Running}}}}' {self.name} 2>/dev/null)\" = true ]; then\n"
            f'    exec {program} exec --interactive $terminal {self.name} s2itasks "$@"\n'
            "fi\n"
            f'if [ "$1" = run ]; then published={shlex.join(self._published)}; fi\n'
            f'exec {program} run --rm --interactive $terminal $published {run} {self.image} s2itasks "$@"\n'
        )

    @property
    def _published(self) -> list[str]:
        return [f"--publish=127.0.0.1:{self._port}:{self._inner_port}"] if self._inner_port else []

    @cached_property
    def _options(self) -> list[str]:
        """What all containers have, but for builds; as restricted-v2 of OpenShift lets pods have it."""
        without_copy = ",notmpcopyup" if self._engine.is_podman else ""
        read_only = [*(["--read-only-tmpfs=false"] if self._engine.is_podman else []), "--read-only"]
        return [
            *(f"--user={self._user}:0", f"--hostname={HOST}", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
            *([] if self._inner_port else ["--network=host"]),
            *(f"--volume={path}:{SHOWN}/{name}:ro,z" for name, path in self._files.items()),
            *([*read_only, f"--tmpfs=/tmp:rw,mode=1777{without_copy}"] if self._read_only else []),
        ]

    def _given(self, variables: Mapping[str, str], later: Collection[str] = ()) -> list[str]:
        """Return how a container gets variables beside what its image sets.

        :param later: names of more.
        """
        literal, names = self._literal(variables), dict.fromkeys([*variables, *later])
        return [f"--env={name}={literal[name]}" if name in literal else f"--env={name}" for name in names]

    def _literal(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return those that the program has with another value itself, or would not run with."""
        own = self._engine.environ
        return {
            name: value for name, value in variables.items() if own.get(name, value) != value or name.startswith("LD_")
        }

    @cached_property
    def _user(self) -> int:
        """The UID of a pod, where a container can have it, which is found out by doing it."""
        try:
            tried = f"--user={USER}:0"
            self._engine.call(
                "run", "--rm", f"--name={self.name}", tried, "--network=none", "--entrypoint=true", self.image
            )
        except EngineFailed as failed:
            detail(f"as UID {OTHER_USER}: {failed.problem}")
            return OTHER_USER
        return USER


def name_of(root: Root) -> str:
    """Return what containers and images of a root are named after: two roots have two names."""
    readable = re.sub(r"[^a-z0-9]+", "-", root.path.name.lower()).strip("-")[:40]
    digest = hashlib.sha256(os.fsencode(root.path)).hexdigest()[:8]
    return "-".join(filter(None, ("s2itasks", readable, digest)))


def _copied(files: Mapping[str, Path], directory: Path) -> dict[str, Path]:
    """Copy files, since a container may be shown only what is labelled for it, and return the copies."""
    shutil.rmtree(directory, ignore_errors=True)
    if files:
        directory.mkdir()
    for name, path in files.items():
        shutil.copyfile(path, directory / name)
        (directory / name).chmod(0o644)
    return {name: directory / name for name in files}
