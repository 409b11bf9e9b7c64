"""Where a rehearsal runs: where ``/opt/app-root`` is really there, or in directories that stand in for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from s2itasks.process.replacing import replace

from . import own_namespace
from .root import Root
from .venue import Venue

USER = 1000650000  # the first of a project's own range, as OpenShift hands them out; its group is 0
# What a container has of its own, and what of this machine's it shows: files in /tmp would be in the application's way.
RENEWED = {"/opt": "all", "/tmp": "directories", "/var/tmp": "none", "/dev/shm": "none"}  # noqa: S108
HOST = "rehearsal-0"
LOOKS = "import os, sys; print(os.getuid(), os.getpid(), os.path.isdir(sys.argv[1]))"
PATIENCE = 20  # seconds for an attempt at having namespaces
MACHINE = "network: this machine's; builder: the embedded one"


class _OfMachine:
    """What goes for those whose processes are children of ours."""

    def __init__(self, application: Path, upload: Path) -> None:
        self.application = application
        self.upload = upload
        self.s2itasks = str(application / "bin" / "s2itasks")
        self.is_first = True
        self.answers_early = False
        self._differences: tuple[str, ...] = ()

    @property
    def differences(self) -> Sequence[str]:
        """What each says by itself."""
        return self._differences

    def environ(self, pod: Mapping[str, str]) -> dict[str, str]:
        """Return the pod's itself."""
        return dict(pod)

    def end(self) -> None:
        """Do nothing: `containment` does it."""


class Directories(_OfMachine):
    """Directories of the private root, under names of their own: what can be had everywhere.

    :param why: why there is nothing better.
    """

    def __init__(self, root: Root, why: str) -> None:
        super().__init__(root.application, root.upload)
        self.summary = f"in directories below {root.path}, where /opt/app-root is not: {why}"
        self._differences = (
            f"places: {root.application} for /opt/app-root, {root.upload} for /tmp/src",
            "user: you, for a random UID with group 0; all that you can write to is writable",
            "PID 1: an application without a handler for SIGTERM ends here, and is killed after 30 s in a pod",
            MACHINE,
        )
        self.keeps_user = True
        self.is_first = False

    def container(
        self,
        *command: str,
        init: bool = False,  # noqa: ARG002 - see Venue; likewise the others
        main: bool = False,  # noqa: ARG002
        kept: bool = False,  # noqa: ARG002
        writable: Sequence[Path] = (),  # noqa: ARG002
        of_build: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> list[str]:
        """Return the command itself."""
        return list(command)

    def inside(self, *command: str, alone: bool = False, terminal: bool = False) -> list[str]:  # noqa: ARG002
        """Return the command itself."""
        return list(command)


class OwnNamespace(_OfMachine):
    """Linux namespaces in which the root's directories are where they are in an image, see `own_namespace`.

    :param read_only: the application cannot write to the root file system.
    """

    def __init__(self, root: Root, *, read_only: bool = False) -> None:
        super().__init__(Path("/opt/app-root"), Path("/tmp/src"))  # noqa: S108 - where S2I uploads to
        self.summary = f"in a namespace: /opt/app-root and /tmp/src are there, UID {USER}, the rest is read-only"
        self._differences = (
            "the file system around /opt/app-root: this machine's, read-only",
            MACHINE,
        )
        self.keeps_user = False
        self._root = root
        self._read_only = read_only
        self._program = root.path / "own_namespace"
        self._program.mkdir(exist_ok=True)
        for module in Path(own_namespace.__file__).parent.glob("*.py"):
            replace(self._program / module.name, module.read_bytes(), 0o644)
        self._pod = self._described("pod", ())

    def container(
        self,
        *command: str,
        init: bool = False,
        main: bool = False,
        kept: bool = False,
        writable: Sequence[Path] = (),
        of_build: Mapping[str, str] | None = None,  # noqa: ARG002 - it has what it is started with
    ) -> list[str]:
        """Return the command as PID 1 of new namespaces, or as a child of that."""
        options = {
            "--init": init,
            "--main": main,
            "--with-parent": not kept,
            "--read-only": self._read_only and not writable,
        }
        description = self._described(writable[0].name, writable) if writable else self._pod
        given = (each for each, wanted in options.items() if wanted)
        return self._entered(description, *given, "--", *command)

    def inside(self, *command: str, alone: bool = False, terminal: bool = False) -> list[str]:  # noqa: ARG002
        """Return the command in the namespaces of the main one."""
        return self._entered(self._pod, "--join", *(["--alone"] if alone else []), "--", *command)

    def _described(self, name: str, writable: Sequence[Path]) -> Path:
        path = self._root.path / f"namespace-of-{name}.json"
        replace(path, json.dumps(_description(self._root, writable), indent=2).encode(), 0o600)
        return path

    def _entered(self, description: Path, *words: str) -> list[str]:
        return [sys.executable, "-I", "-B", str(self._program), str(description), *words]


def chosen(root: Root, cache: Path, python: Path, *, namespace: bool, read_only: bool) -> Venue:
    """Return the best venue that can be had; whether it can is found out by doing it.

    :param cache: pip's, which a build writes to.
    :param python: the interpreter that the rehearsal needs.
    :param namespace: whether one is wanted.
    """
    if not namespace:
        return Directories(root, "as asked for (--no-namespace)")
    if sys.platform != "linux":
        return Directories(root, "namespaces are Linux'")
    for directory in (root.application, root.upload, root.scripts):
        directory.mkdir(exist_ok=True)
    cache.mkdir(parents=True, exist_ok=True)
    venue = OwnNamespace(root, read_only=read_only)
    try:
        looked = [str(python), "-I", "-c", LOOKS, str(root.path)]
        tried = subprocess.run(  # noqa: S603 - ours
            venue.container(*looked, writable=(cache,)), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return Directories(root, f"{problem}")
    if tried.stdout.split() == [str(USER), "1", "True"]:
        return venue
    if tried.stdout.split()[2:] == ["False"]:
        return Directories(root, f"{root.path} would be hidden by what has to be there")
    return Directories(root, (tried.stderr.splitlines() or ["the attempt at a namespace came to nothing"])[-1])


def _description(root: Root, writable: Sequence[Path]) -> dict[str, Any]:
    """Return what `own_namespace` is to make."""
    of_machine = {name: Path("/etc", name) for name in ("passwd", "hosts")}
    own = {"passwd": f"{USER}:x:{USER}:0:{USER} user:/opt/app-root/src:/sbin/nologin", "hosts": f"127.0.0.1 {HOST}"}
    for name, file in of_machine.items():
        before = file.read_text(encoding="utf-8", errors="surrogateescape") if file.exists() else ""
        content = f"{before.rstrip()}\n{own[name]}\n".lstrip()
        replace(root.path / name, os.fsencode(content), 0o644)
    binds = [
        [str(root.application), "/opt/app-root", True],
        [str(root.upload), "/tmp/src", True],  # noqa: S108 - S2I's
        [str(root.scripts), "/tmp/scripts", True],  # noqa: S108 - S2I's
        *([str(root.path / name), str(file), False] for name, file in of_machine.items() if file.exists()),
        *([str(path), str(path), True] for path in writable),
    ]
    return {
        "uid": USER,
        "gid": 0,
        "hostname": HOST,
        "cwd": "/opt/app-root/src",
        "application": "/opt/app-root",
        "renewed": {path: kinds for path, kinds in RENEWED.items() if Path(path).is_dir()},
        "binds": binds,
        "main": str(root.path / "main.pid"),
    }
