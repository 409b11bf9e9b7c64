"""The private application root of a rehearsal: what is in it, and that nobody else's files are."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from s2itasks.console import event
from s2itasks.errors import Failure, UsageError, ended
from s2itasks.process import child
from s2itasks.process.errors import HookFailed
from s2itasks.process.replacing import replace

from . import own_packages, pod_environment, source_copy
from .machine_pythons import Interpreter

MARK = ".s2itasks-rehearsal"  # the file that tells a rehearsal's root from a directory of somebody's own


class NoVirtualEnvironment(Failure):
    """Python could not make the virtual environment that stands in for an image's."""

    def __init__(self, command: str, status: int) -> None:
        super().__init__(
            f"{command} {ended(status)}", cure="install what it asks for above (on Debian python3-venv)", status=status
        )


@dataclass(frozen=True)
class Rehearsal:
    """A private application root, with everything that belongs to it below one directory.

    :param root: that directory.
    :param port: the port the application is told to listen on.
    :param python: the interpreter of its virtual environment.
    """

    root: Path
    port: int
    python: Interpreter

    @property
    def application(self) -> Path:
        """The application root, which is also a virtual environment, as in the images."""
        return self.root / "app-root"

    @property
    def script(self) -> Path:
        """A script that calls this rehearsal's s2itasks from the source directory, as ``oc rsh POD s2itasks`` does."""
        return self.root / "s2itasks"

    @property
    def log(self) -> Path:
        """Where the application's output goes while ``--check`` waits for it."""
        return self.root / "run.log"

    @property
    def probe_log(self) -> Path:
        """What the ready hook said when it was last asked."""
        return self.root / "ready.log"

    @property
    def image(self) -> dict[str, str]:
        """The environment that its image would bring."""
        builder = self.application / "libexec" / "s2itasks" / "s2itasks" / "builder" / "bin"
        return pod_environment.of_image(self.application, self.root / "upload", builder, self.port, self.python)

    def prepare(self, source: Path, environ: Mapping[str, str]) -> None:
        """Make the root: a virtual environment with s2itasks in it, and the source as an upload.

        :param environ: the environment of a pod of it.
        """
        event("rehearse", f"preparing {self.root}")
        if not self.python.made(self.application):
            venv = [str(self.python.executable), "-I", "-m", "venv", "--clear", str(self.application)]
            if status := child.run(venv, env=environ, cwd=self.root):
                raise NoVirtualEnvironment(shlex.join(venv), status)
        own_packages.install(self.python, self.application)
        _write_script(self.application / "bin" / "s2itasks", 'exec "${0%/*}/python" -I -m s2itasks "$@"')
        self._write_script(environ)
        for log in (self.log, self.probe_log):
            log.unlink(missing_ok=True)
        source_copy.copy(source, self.root / "upload", self.root)
        shutil.rmtree(self.application / "src", ignore_errors=True)
        (self.application / "src").mkdir()

    def s2itasks(self, command: str, environ: Mapping[str, str]) -> None:
        """Run one of the application's phases to its end.

        :raises HookFailed: when it fails.
        """
        argv = [str(self.application / "bin" / "s2itasks"), command]
        if status := child.run(argv, env=environ, cwd=self.application / "src"):
            raise HookFailed(f"s2itasks {command}", status)

    def has_hook(self, name: str) -> bool:
        """Whether the application brought a hook."""
        return (self.application / "src" / ".s2i" / "action_hooks" / name).exists()

    def _write_script(self, environ: Mapping[str, str]) -> None:
        """Write the script, and beside it the variables, which are for nobody else: others see command lines."""
        variables = self.root / "environment"
        named = {name: value for name, value in environ.items() if name.isidentifier() and name.isascii()}
        exports = [f"export {name}={shlex.quote(value)}\n" for name, value in named.items() if name != "TERM"]
        replace(variables, os.fsencode("".join(exports)), 0o600)
        sourced, directory, called = (
            shlex.quote(str(path))
            for path in (variables, self.application / "src", self.application / "bin" / "s2itasks")
        )
        become = shlex.quote(f'. {sourced} && cd {directory} && exec {called} "$@"')
        _write_script(self.script, f'exec env -i ${{TERM+TERM="$TERM"}} /bin/sh -c {become} s2itasks "$@"', mode=0o700)


def made(root: Path | None, source: Path, environ: Mapping[str, str]) -> Path:
    """Make the directory of the rehearsal.

    :raises UsageError: where there are files that are not a rehearsal's; they would be replaced.
    """
    if root is None:
        caches = environ.get("XDG_CACHE_HOME") or (f"{environ['HOME']}/.cache" if environ.get("HOME") else None)
        parent = Path(caches) / "s2itasks" if caches else Path(tempfile.gettempdir())
        parent.mkdir(parents=True, exist_ok=True)
        root = Path(tempfile.mkdtemp(prefix=f"{source.name}-", dir=parent))
    root = root.resolve()
    require_own(root, source)
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).touch()
    return root


def require_own(root: Path, source: Path) -> None:
    """Refuse a directory in which a rehearsal would replace what is not its own.

    :raises UsageError: says why.
    """
    root = root.resolve()
    if root == source or root in source.parents:
        raise UsageError(
            f"the source {source} lies in the root {root}, where it would be replaced", cure="give another --root"
        )
    if not (root / MARK).exists() and root.exists() and any(root.iterdir()):
        problem = f"{root} holds files that are not a rehearsal's"
        raise UsageError(problem, cure="give an empty directory or a new one")


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep a second rehearsal out of the same root.

    :raises UsageError: when there is one already.
    """
    with (root / MARK).open("rb") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            cure = "wait for its end, or give another --root"
            raise UsageError(f"another rehearsal is using {root}", cure=cure) from None
        yield


def _write_script(path: Path, *lines: str, mode: int = 0o755) -> None:
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8", errors="surrogateescape")
    path.chmod(mode)


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
