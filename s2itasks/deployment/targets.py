"""What a pod can wait for: a port, a page, a PostgreSQL server; asked without a driver, and without logging in."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from s2itasks.errors import UsageError

ATTEMPT = 5.0  # seconds for one; who accepts a connection and says nothing is no better than who does not
PORTS = {"http": 80, "https": 443, "postgresql": 5432}
POSTGRESQL = re.compile(r"(?:postgres|postgresql|postgis)(?:\+\w+)?\Z")  # as Django and SQLAlchemy spell it, too
VERSION = 3 << 16  # of PostgreSQL's protocol
STARTING = b"C57P03\0"  # the field of an error by which a server says that it will take connections, but not yet
LONGEST_ANSWER = 30000  # bytes of PostgreSQL's first message, as its own clients have it
FOUND = range(200, 400)
WRITTEN = "/%?:@!$&'()*+,;=~"  # in an address; what else is none of ASCII's letters and digits is spelled out


class NotThere(Exception):
    """Something is not there yet; the message says how that shows."""


@dataclass(frozen=True)
class Target:
    """Something to wait for.

    :param shown: how messages call it, without user and password.
    :param ask: asks it once.
    """

    shown: str
    ask: Callable[[float], None]

    def problem(self, seconds: float) -> str:
        """Return what is wrong with it now; nothing where it is there.

        :param seconds: how long that may take.
        """
        try:
            self.ask(min(seconds, ATTEMPT))
        except NotThere as missing:
            return str(missing)
        except (TimeoutError, socket.timeout):  # two of them in Python 3.9
            return "no answer"
        except OSError as problem:
            return (problem.strerror or str(problem)).lower()
        return ""


def parse(text: str) -> Target:
    """Read the address of something to wait for.

    :raises UsageError: when it is none.
    """
    cure = "give it as tcp://HOST:PORT, http://HOST/PATH or postgresql://HOST/NAME"
    try:
        url = urlsplit(text)
        port = url.port
        (url.hostname or "").encode("idna")  # as the resolver does
    except ValueError:
        url, port = urlsplit(""), None
    kind = "postgresql" if POSTGRESQL.match(url.scheme) else url.scheme
    port = port or PORTS.get(kind)
    if kind not in ASKING or not url.hostname or port is None:
        spoken = f"{url.scheme}://..." if "@" in text else repr(text)  # which may hold a password
        raise UsageError(f"nothing can be waited for at {spoken}", cure=cure)
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    address = (url.hostname, port)
    shown = f"{url.scheme}://{host}:{port}{url.path if kind != 'tcp' else ''}"
    return Target(shown, lambda seconds: ASKING[kind](url, address, seconds))


def _tcp(url: SplitResult, address: tuple[str, int], seconds: float) -> None:
    del url
    socket.create_connection(address, timeout=seconds).close()


def _http(url: SplitResult, address: tuple[str, int], seconds: float) -> None:
    """Ask for a page; what a probe of Kubernetes takes for success is one here."""
    import http.client  # noqa: PLC0415 - it takes longer to import than the rest

    secure = url.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    path = quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=WRITTEN)
    with closing(kind(*address, timeout=seconds)) as connection:
        try:
            connection.request("GET", path, headers={"User-Agent": "s2itasks", "Connection": "close"})
            status = connection.getresponse().status
        except http.client.HTTPException:
            raise NotThere("an answer that is not HTTP") from None
    if status not in FOUND:
        raise NotThere(f"status {status}")


def _postgresql(url: SplitResult, address: tuple[str, int], seconds: float) -> None:
    """Begin a session, and take any answer but that the server is starting up or shutting down, as pg_isready does."""
    user = unquote(url.username or "s2itasks")
    database = unquote(url.path.lstrip("/")) or user
    words = b"".join(f"{word}\0".encode() for word in ("user", user, "database", database))
    message = struct.pack("!II", len(words) + 9, VERSION) + words + b"\0"
    with socket.create_connection(address, timeout=seconds) as connection:
        connection.sendall(message)
        answer = _read(connection, 5)
        if answer[:1] not in (b"R", b"E", b"N"):
            raise NotThere("an answer that is not PostgreSQL's")
        size = struct.unpack("!I", answer[1:])[0]
        if answer[:1] == b"E" and STARTING in _read(connection, min(size, LONGEST_ANSWER) - 4):
            raise NotThere("it does not take connections yet")


def _read(connection: socket.socket, size: int) -> bytes:
    """Return so many bytes."""
    found = b""
    while len(found) < size:
        more = connection.recv(size - len(found))
        if not more:
            raise NotThere("it closed the connection")
        found += more
    return found


ASKING: dict[str, Callable[[SplitResult, tuple[str, int], float], None]] = {
    "tcp": _tcp,
    "http": _http,
    "https": _http,
    "postgresql": _postgresql,
}
