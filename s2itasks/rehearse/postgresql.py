"""A PostgreSQL server for the time of a rehearsal, from what is installed on this machine."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.console import detail, event
from s2itasks.errors import Failure, UsageError

from . import containment
from .progress import pause, show_end_of
from .root import Root, free_port
from .venue import Venue

OF_DISTRIBUTIONS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
USER = "rehearsal"
PATIENCE = 60.0  # seconds until it has to take connections


class NotInstalled(UsageError):
    """There is no server on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "--with postgresql: there is no PostgreSQL server on this machine (no initdb in PATH or its usual places)",
            cure="install one (on Debian: postgresql), or give --env DATABASE_URL=… of a server that runs",
        )


class DoesNotStart(Failure):
    """The server could not be made or started."""

    def __init__(self, what: str) -> None:
        super().__init__(f"--with postgresql: {what}", cure="see above what it said", status=1)


@contextlib.contextmanager
def server(root: Root, venue: Venue, environ: Mapping[str, str]) -> Iterator[str]:
    """Run a server with an empty database, and give its URL; afterwards there is nothing left of it.

    :param environ: a pod's; of it the server has what is not the application's.
    :raises NotInstalled: where there is none.
    :raises DoesNotStart: when it does not take connections.
    """
    binaries = _binaries(environ)
    if os.geteuid() == 0 and venue.keeps_user:
        raise UsageError("--with postgresql: its server refuses to be root", cure="do it as another user")
    directory, log, port, password = (
        root.path / "postgresql",
        root.log("postgresql"),
        free_port(),
        secrets.token_hex(16),
    )
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700)
    given = directory / "password"
    given.write_text(password, encoding="ascii")
    own = {name: environ[name] for name in ("LANG", "TZ", "PATH") if name in environ}
    data = str(directory / "data")
    init = [str(binaries / "initdb"), "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={given}"]
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    serve = [str(binaries / "postgres"), "-D", data, *(f"--{name}={value}" for name, value in options.items())]
    with log.open("wb") as output, contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)

        def start(*command: str) -> subprocess.Popen[bytes]:
            argv = venue.container(*command, init=True, writable=(directory,))
            return subprocess.Popen(  # noqa: S603 - ours
                argv,
                env=own,
                cwd=root.path,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

        event("rehearse", "starting PostgreSQL")
        made = start(*init, "--encoding=UTF8", "--locale=C", "--no-sync")
        stack.callback(containment.end, made, what="initdb")
        if made.wait():
            show_end_of(log)
            raise DoesNotStart("initdb failed")
        running = start(*serve)
        stack.callback(containment.end, running, what="PostgreSQL")
        _wait_for(port, running, log)
        detail(f"a server of version {_version(binaries)}, its database is empty, DATABASE_URL names it")
        yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres"


def _wait_for(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while b"ready to accept connections" not in log.read_bytes() or not _answers(port):
        if running.poll() is not None or time.monotonic() > until:
            show_end_of(log)
            raise DoesNotStart("the server does not take connections")
        pause()


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _binaries(environ: Mapping[str, str]) -> Path:
    """Return the directory of the newest server's programs."""
    in_path = shutil.which("initdb", path=environ.get("PATH"))
    if in_path:
        return Path(in_path).resolve().parent
    found = [
        each for pattern in OF_DISTRIBUTIONS for each in Path("/").glob(pattern[1:]) if (each / "initdb").is_file()
    ]
    if not found:
        raise NotInstalled
    return max(
        found, key=lambda each: [int(part) for part in each.parent.name.replace("-", ".").split(".") if part.isdigit()]
    )


def _version(binaries: Path) -> str:
    said = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.split()[2] if len(said.stdout.split()) > 2 else "unknown"  # noqa: PLR2004 - postgres (PostgreSQL) 15.3
