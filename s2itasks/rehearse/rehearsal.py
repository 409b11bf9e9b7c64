"""The whole life of an application without an image or a cluster: build it, verify it, run it, see it answer."""

from __future__ import annotations

import contextlib
import http.client
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from s2itasks.console import detail, event
from s2itasks.errors import SEE_OUTPUT, SIGNALLED, Failure, Stopped, UsageError, ended
from s2itasks.process.errors import HookFailed

from . import containment, foresight, pod_environment
from .root import Rehearsal, free_port, locked, made, require_own

PATIENCE = 120.0  # seconds until an application that is not ready is given up
PAUSE = 0.25  # seconds between two looks at it
TAIL = 40  # lines of the log that are shown when it fails


class NotReady(Failure):
    """The application did not get as far as answering."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the application did not become ready: {why}", cure=SEE_OUTPUT, status=1)


def rehearse(
    source: Path,
    root: Path | None,
    environ: Mapping[str, str],
    *,
    check: bool,
    env: Sequence[str] = (),
    env_files: Sequence[Path] = (),
    inherit: bool = False,
    python: str | None = None,
) -> None:
    """Take an application through ``assemble``, ``verify`` and ``run`` until it is ready.

    :param source: the application's repository.
    :param root: where to do it; a new directory in the user's cache where it is None.
    :param environ: the shell's environment.
    :param check: end there instead of staying until Ctrl-C.
    :param env: variables for it, ``NAME`` or ``NAME=VALUE``.
    :param env_files: files of such variables.
    :param inherit: let it have all variables of the shell.
    :param python: the Python for it, a version or a path.
    :raises Failure: when a phase fails or the application does not become ready.
    """
    if not source.is_dir():
        raise UsageError(f"there is no directory {source} to rehearse", cure="give that of an application's source")
    source = source.resolve()
    own = pod_environment.given(environ, env, env_files)
    if root is not None:
        require_own(root, source)
    file = pod_environment.of_file(source / ".s2i" / "environment")
    interpreter = foresight.foresee(source, {**file, **own}, python, environ)
    root = made(root, source, environ)
    with locked(root), containment.contained():
        rehearsal = Rehearsal(root, free_port(), interpreter)
        provided = pod_environment.of_pod(rehearsal.image, file, environ, own, inherit=inherit)
        rehearsal.prepare(source, provided)
        rehearsal.s2itasks("assemble", {**pod_environment.of_pip(environ), **provided})
        rehearsal.s2itasks("verify", provided)
        with _running(rehearsal, provided, to_log=check) as application:
            try:
                _wait_until_ready(rehearsal, application, provided)
                _show(rehearsal, [*pod_environment.passed(environ, inherit=inherit), *own])
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


def _show(rehearsal: Rehearsal, passed: Sequence[str]) -> None:
    """Print where the application is, what can be done with it, and what is not as in a pod.

    :param passed: the names of the variables that a pod has only where its deployment sets them.
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
    event("rehearse", "not as in a pod:")
    detail(f"places: {rehearsal.application} for /opt/app-root, {rehearsal.root / 'upload'} for /tmp/src")
    detail("user: you, for a random UID with group 0; network: this machine's; builder: the embedded one")
    detail(f"variables of this shell or of --env: {', '.join(dict.fromkeys(passed)) or 'none'}")
    detail(f"rehearse with --root {shlex.quote(str(rehearsal.root))} builds again in the same place")


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
        detail("Ctrl-C ends it")  # from now on, however soon it comes
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
