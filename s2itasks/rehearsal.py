"""The whole life of an application without an image or a cluster: build it, verify it, run it, see it answer."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import containment, process, runtime, source_copy
from .console import detail, event
from .failures import SIGNALLED, Failure, HookFailed, Stopped, UsageError, ended

PATIENCE = 120.0  # seconds until an application that is not ready is given up
PAUSE = 0.25  # seconds between two looks at it
MARK = ".s2itasks-rehearsal"  # the file that tells a rehearsal's root from a directory of somebody's own
TAIL = 40  # lines of the log that are shown when it fails
# What would make the rehearsal find another application, interpreter or builder than its own.
NOT_INHERITED = ("APP_ROOT", "PYTHONHOME", "PYTHONPATH", "STI_SCRIPTS_PATH", "S2ITASKS_ENVIRONMENT", "VIRTUAL_ENV")


class NotReady(Failure):
    """The application did not get as far as answering."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the application did not become ready: {why}", 1)


@dataclass(frozen=True)
class Rehearsal:
    """A private application root, with everything that belongs to it below one directory.

    :param root: that directory.
    :param port: the port the application is told to listen on.
    """

    root: Path
    port: int

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

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Give the environment that an image would provide."""
        inherited = {name: value for name, value in environ.items() if name not in NOT_INHERITED}
        activate = str(self.application / "bin" / "activate")
        return {
            "PIP_CACHE_DIR": str(self.root / "cache"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **inherited,
            "S2I_APPLICATION_PATH": str(self.application),
            "S2I_SOURCE_PATH": str(self.application / "src"),
            "S2I_UPLOAD_PATH": str(self.root / "upload"),
            "S2I_SCRIPTS_PATH": str(self.application / "libexec" / "s2itasks" / "s2itasks" / "builder" / "bin"),
            "HOME": str(self.application / "src"),
            "PATH": f"{self.application / 'bin'}:{environ.get('PATH', os.defpath)}",
            "BASH_ENV": activate,
            "PORT": str(self.port),
        }

    def prepare(self, source: Path, environ: Mapping[str, str]) -> None:
        """Make the root: a virtual environment with s2itasks in it, and the source as an upload."""
        event("rehearse", f"preparing {self.root}")
        if not (self.application / "bin" / "python").exists():
            venv = [sys.executable, "-m", "venv", str(self.application)]
            if status := process.run(venv, env=self.environ(environ), cwd=self.root):
                message = f"{shlex.join(venv)} {ended(status)}; on Debian it needs the package python3-venv"
                raise Failure(message, status)
        runtime.copy_into(self._site_packages())
        _write_script(self.application / "bin" / "s2itasks", 'exec "${0%/*}/python" -I -m s2itasks "$@"')
        exports = [
            f"export {name}={shlex.quote(value)}" for name, value in self.environ(environ).items() if _is_name(name)
        ]
        directory = shlex.quote(str(self.application / "src"))
        called = shlex.quote(str(self.application / "bin" / "s2itasks"))
        unset = f"unset {' '.join(NOT_INHERITED)}"
        _write_script(self.script, unset, *exports, f"cd {directory} || exit", f'exec {called} "$@"', mode=0o700)
        source_copy.copy(source, self.root / "upload", self.root)
        shutil.rmtree(self.application / "src", ignore_errors=True)
        (self.application / "src").mkdir()

    def s2itasks(self, command: str, environ: Mapping[str, str]) -> None:
        """Run one of the application's phases to its end.

        :raises HookFailed: when it fails.
        """
        argv = [str(self.application / "bin" / "s2itasks"), command]
        if status := process.run(argv, env=environ, cwd=self.application / "src"):
            raise HookFailed(f"s2itasks {command}", status)

    def has_hook(self, name: str) -> bool:
        """Tell whether the application brought a hook."""
        return (self.application / "src" / ".s2i" / "action_hooks" / name).exists()

    def _site_packages(self) -> Path:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        return self.application / "lib" / version / "site-packages"


def rehearse(source: Path, root: Path | None, environ: Mapping[str, str], *, check: bool) -> None:
    """Take an application through ``assemble``, ``verify`` and ``run`` until it is ready.

    :param source: the application's repository.
    :param root: where to do it; a new directory in the user's cache where it is None.
    :param check: end there instead of staying until Ctrl-C.
    :raises Failure: when a phase fails or the application does not become ready.
    """
    if not source.is_dir():
        raise UsageError(f"there is no directory {source} to rehearse")
    source = source.resolve()
    root = _made(root, source, environ)
    with _locked(root), containment.contained():
        rehearsal = Rehearsal(root, _free_port())
        rehearsal.prepare(source, environ)
        provided = rehearsal.environ(environ)
        rehearsal.s2itasks("assemble", provided)
        rehearsal.s2itasks("verify", provided)
        with _running(rehearsal, provided, to_log=check) as application:
            try:
                _wait_until_ready(rehearsal, application, provided)
                _show(rehearsal, check=check)
            except NotReady:
                _show_log(rehearsal, to_log=check)
                raise
            if not check:
                _stay(application)


@contextlib.contextmanager
def _running(rehearsal: Rehearsal, environ: Mapping[str, str], *, to_log: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Run the application as a container would, and stop it as one is stopped."""
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(rehearsal.log.open("wb")) if to_log else None
        application = subprocess.Popen(  # noqa: S603 - what the user asked to rehearse
            [str(rehearsal.application / "bin" / "s2itasks"), "run"],
            env=dict(environ),
            cwd=rehearsal.application / "src",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield application
        finally:
            containment.end(application)


def _wait_until_ready(rehearsal: Rehearsal, application: subprocess.Popen[bytes], environ: Mapping[str, str]) -> None:
    """Wait until the ready hook says so, or where there is none, until the port answers."""
    looks_at = "the ready hook" if rehearsal.has_hook("ready") else f"port {rehearsal.port}"
    event("rehearse", f"waiting for {looks_at}")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if application.poll() is not None:
            raise NotReady(f"s2itasks run {ended(containment.status(application))}")
        if _is_ready(rehearsal, environ):
            return
        time.sleep(PAUSE)
    raise NotReady(f"{looks_at} did not answer within {PATIENCE:.0f} s")


def _is_ready(rehearsal: Rehearsal, environ: Mapping[str, str]) -> bool:
    if not rehearsal.has_hook("ready"):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", rehearsal.port), timeout=1):
            return True
        return False
    with rehearsal.probe_log.open("wb") as log, contextlib.suppress(subprocess.TimeoutExpired):
        probe = subprocess.run(  # noqa: S603 - the application's own probe
            [str(rehearsal.application / "bin" / "s2itasks"), "ready", "--timeout", "8"],
            env=dict(environ),
            cwd=rehearsal.application / "src",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=20,
            check=False,
        )
        return probe.returncode == 0
    return False


def _show(rehearsal: Rehearsal, *, check: bool) -> None:
    """Say where the application is and what can be done with it.

    :raises NotReady: when its first page is a server error.
    """
    url = f"http://127.0.0.1:{rehearsal.port}/"
    answer = _status_of_first_page(rehearsal.port)
    if answer is not None and answer >= http.client.INTERNAL_SERVER_ERROR:
        raise NotReady(f"{url} answers {answer}")
    event("rehearse", f"ready: {url} answers {answer}" if answer else f"ready: port {rehearsal.port} is open")
    script = shlex.quote(str(rehearsal.script))
    for command in ("--list", "exec -- python --version", "shell", "jobs"):
        detail(f"{script} {command}")
    detail(f"s2itasks rehearse --root {shlex.quote(str(rehearsal.root))} ... builds again in the same place")
    if not check:
        detail("Ctrl-C ends it")


def _status_of_first_page(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _stay(application: subprocess.Popen[bytes]) -> None:
    """Wait for Ctrl-C, which is how a rehearsal ends well."""
    try:
        application.wait()
    except Stopped as stopped:
        if stopped.status != SIGNALLED + signal.SIGINT:
            raise
        return
    raise HookFailed("s2itasks run", containment.status(application) or 1)


def _show_log(rehearsal: Rehearsal, *, to_log: bool) -> None:
    """Show what may tell why: the end of what the application said, and what the ready hook said last."""
    for log in (*((rehearsal.log,) if to_log else ()), rehearsal.probe_log):
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:] if log.exists() else []
        if said:
            event("rehearse", f"the end of {log}:")
        for line in said:
            detail(line)


def _made(root: Path | None, source: Path, environ: Mapping[str, str]) -> Path:
    """Make the directory of the rehearsal.

    :raises UsageError: where there are files that are not a rehearsal's; they would be replaced.
    """
    if root is None:
        caches = environ.get("XDG_CACHE_HOME") or (f"{environ['HOME']}/.cache" if environ.get("HOME") else None)
        parent = Path(caches) / "s2itasks" if caches else Path(tempfile.gettempdir())
        parent.mkdir(parents=True, exist_ok=True)
        root = Path(tempfile.mkdtemp(prefix=f"{source.name}-", dir=parent))
    root = root.resolve()
    if root == source or root in source.parents:
        raise UsageError(f"the source {source} lies in the root {root}, where it would be replaced")
    root.mkdir(parents=True, exist_ok=True)
    if not (root / MARK).exists() and any(root.iterdir()):
        raise UsageError(f"{root} holds files that are not a rehearsal's; give an empty directory or a new one")
    (root / MARK).touch()
    return root


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Keep a second rehearsal out of the same root.

    :raises UsageError: when there is one already.
    """
    with (root / MARK).open("rb") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"another rehearsal is using {root}") from None
        yield


def _is_name(name: str) -> bool:
    """Tell whether a shell can export it; what is a terminal's or a shell's own is left to those of the caller."""
    return name.isidentifier() and name.isascii() and name not in ("_", "OLDPWD", "PWD", "SHLVL", "TERM")


def _write_script(path: Path, *lines: str, mode: int = 0o755) -> None:
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8", errors="surrogateescape")
    path.chmod(mode)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
