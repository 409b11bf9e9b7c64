"""A PostgreSQL server of our own: from Debian's packages where it is not installed yet."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import debian
import pytest


@contextmanager
def server(directory: Path) -> Iterator[str]:
    """Run a server below ``directory`` and return the URL of its database; skips where none can be had."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server here, and none can be installed")
    as_postgres: list[str] = []
    directory.mkdir()
    if os.geteuid() == 0:  # the server refuses to be root
        user = pwd.getpwnam("postgres")
        os.chown(directory, user.pw_uid, user.pw_gid)
        for parent in directory.parents:
            parent.chmod(parent.stat().st_mode | 0o011)
        as_postgres = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    port = free_port()
    data = directory / "data"

    def control(*arguments: str) -> None:
        subprocess.run(
            [*as_postgres, *arguments], cwd=directory, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    control(str(binaries / "initdb"), "-D", str(data), "-U", "guestbook", "--auth=trust", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={directory} -c fsync=off"
    start = [str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(directory / "log"), "-o", options, "start"]
    control(*start)
    try:
        yield f"postgres://guestbook@127.0.0.1:{port}/postgres"
    finally:
        control(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _binaries() -> Path | None:
    found = _installed()
    if found is None:
        debian.install("postgresql")
        found = _installed()
    return found


def _installed() -> Path | None:
    return next((path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
