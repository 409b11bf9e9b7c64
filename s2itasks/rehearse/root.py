"""The private root of a rehearsal: what its image holds, its upload, its logs, and nobody else's files."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from s2itasks.errors import UsageError
from s2itasks.hooks import hook as hooks
from s2itasks.layout import Layout

MARK = ".s2itasks-rehearsal"  # the file that tells a rehearsal's root from a directory of somebody's own

FULL = 1024 * 1024  # bytes; what has less is full: what needs more has failed


@dataclass(frozen=True)
class Root:
    """Where everything of a rehearsal is on this machine; the application may see it elsewhere, see `venue`.

    :param path: an absolute path without links.
    """

    path: Path

    @property
    def application(self) -> Path:
        """The application root, which is also a virtual environment, as in the images."""
        return self.path / "app-root"

    @property
    def upload(self) -> Path:
        """What S2I would upload."""
        return self.path / "upload"

    @property
    def scripts(self) -> Path:
        """The scripts of ``.s2i/bin``, which S2I uploads by themselves."""
        return self.path / "scripts"

    @property
    def packages(self) -> Path:
        """The s2itasks that builds, as the file of a repository is one."""
        return self.path / "packages"

    @property
    def script(self) -> Path:
        """A script that calls this rehearsal's s2itasks from the source directory, as ``oc rsh POD s2itasks`` does."""
        return self.path / "s2itasks"

    @property
    def variables(self) -> Path:
        """What that script has for an environment."""
        return self.path / "environment"

    @property
    def images(self) -> Path:
        """Where the names of its container images are."""
        return self.path / "images.json"

    def log(self, name: str) -> Path:
        """Where what a phase says is kept."""
        return self.path / f"{name}.log"

    def has_hook(self, name: str) -> bool:
        """Whether the application brought a hook, be it a script or a task."""
        return bool(hooks.present(Layout.from_environment({"S2I_APPLICATION_PATH": str(self.application)}), name))


def made(path: Path, source: Path) -> Root:
    """Make a directory a rehearsal's root.

    :raises UsageError: see `require_own`.
    """
    path = path.resolve()
    require_own(path, source)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)  # logs and the source may hold secrets
    (path / MARK).touch()
    return Root(path)


def require_own(path: Path, source: Path) -> None:
    """Refuse a directory in which a rehearsal would replace what is not its own.

    :raises UsageError: says why.
    """
    path = path.resolve()
    if path == source or path in source.parents:
        raise UsageError(
            f"the source {source} lies in the root {path}, where it would be replaced", cure="give another --root"
        )
    if not (path / MARK).exists() and path.exists() and any(path.iterdir()):
        problem = f"{path} holds files that are not a rehearsal's"
        raise UsageError(problem, cure="give an empty directory or a new one")


@contextlib.contextmanager
def locked(root: Root) -> Iterator[None]:
    """Keep a second rehearsal out of the same root.

    :raises UsageError: when there is one already.
    """
    with (root.path / MARK).open("rb") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            cure = "wait for its end, or give another --root"
            raise UsageError(f"another rehearsal is using {root.path}", cure=cure) from None
        yield


def is_full(directory: Path) -> bool:
    """Whether the file system of a directory has no space or no inodes left."""
    status = os.statvfs(directory)
    return status.f_bavail * status.f_frsize < FULL or bool(status.f_files and not status.f_favail)


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
