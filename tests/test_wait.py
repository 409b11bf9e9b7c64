"""wait: what a deployment needs is there, or the command says what was still missing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import postgresql
import pytest
from application import Application

from s2itasks.deployment import targets
from s2itasks.errors import UsageError

PATIENCE = 30  # seconds, of which a test needs a fraction
Answer = Callable[[socket.socket], object]
STARTING = b"SFATAL\0C57P03\0Mthe database system is starting up\0\0"
REFUSING = b"SFATAL\0C28000\0Mno pg_hba.conf entry\0\0"


@contextmanager
def listening(answer: Answer) -> Iterator[int]:
    """Listen at a port, and do something with each connection; return the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return  # the test is over
                kept.append(connection)
                answer(connection)

        kept: list[socket.socket] = []
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for each in kept:
                each.close()


def silent(connection: socket.socket) -> None:
    """Accept, and say nothing."""


def http(status: str) -> Answer:
    """Return what answers any request so."""

    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        connection.close()

    return answer


def database(message: bytes, *, kind: bytes = b"E") -> Answer:
    """Return what answers the beginning of a session so."""

    def answer(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(kind + (len(message) + 4).to_bytes(4, "big") + message)

    return answer


def problem(address: str, seconds: float = PATIENCE) -> str:
    """Ask once."""
    return targets.parse(address).problem(seconds)


@pytest.mark.slow
def test_all_is_there(application: Application) -> None:
    """Nothing is said, and nothing waited for."""
    application.hook("ready", "true")
    with listening(silent) as port, listening(http("204 No Content")) as page:
        words = (f"tcp://127.0.0.1:{port}", f"http://127.0.0.1:{page}/x", "--hook", "ready", "--for", str(PATIENCE))
        done = application.s2itasks("wait", *words).succeeded()
    assert (done.out, done.err) == ("", "")


@pytest.mark.slow
def test_what_is_late(application: Application) -> None:
    """It is waited for, and told of, together with all that is missing; deploy_env has had its say."""
    port, counted = postgresql.free_port(), application.root / "counted"
    application.env_script("deploy_env", "TRIES=4")
    application.hook("ready", f"echo x >>{counted}; echo never shown; [ $(wc -l <{counted}) -ge $TRIES ]")
    waiting = application.start("wait", f"tcp://127.0.0.1:{port}", "--hook", "ready", "--for", str(PATIENCE))
    assert waiting.stderr is not None
    line = waiting.stderr.readline().decode()
    assert line.startswith(f"---> wait: still missing: tcp://127.0.0.1:{port} (connection refused)")
    with socket.create_server(("127.0.0.1", port)):
        out, rest = waiting.communicate(timeout=PATIENCE)
    assert (waiting.returncode, out) == (0, b"")
    assert rest.decode().splitlines()[-1].startswith("---> wait: all there after ")
    assert counted.read_text().count("x") >= 4


@pytest.mark.slow
def test_what_never_comes(application: Application) -> None:
    """Status 124, with all that was still missing, and no password of any of them."""
    application.hook("ready", "exit 7")
    with listening(silent) as there, listening(silent) as quiet:
        refused = f"127.0.0.1:{postgresql.free_port()}"
        addresses = (f"tcp://127.0.0.1:{there}", f"postgresql://me:hunter2@{refused}/shop", f"http://127.0.0.1:{quiet}")
        done = application.s2itasks("wait", *addresses, "--hook=ready", "--for", "0.5")
    assert done.status == 124
    assert done.error == (
        f"still missing after 0.5 s, the limit of --for: postgresql://{refused}/shop (connection refused); "
        f"http://127.0.0.1:{quiet} ({'no answer' if 'no answer' in done.error else 'not asked yet'}); "
        "the ready hook (ended with status 7); see whether it runs, and under that address, or wait longer"
    )
    assert "hunter2" not in done.err


@pytest.mark.slow
def test_a_line_a_second_at_most(application: Application) -> None:
    """However often something else is wrong."""
    application.hook("ready", 'echo x >>"$LOG"; exit $(wc -l <"$LOG")')
    started = time.monotonic()
    done = application.s2itasks("wait", "--hook", "ready", "--for", "2.5")
    assert done.status == 124
    assert 1 <= done.err.count("---> wait") <= time.monotonic() - started


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http("200 OK"), ""), (http("302 Found"), ""), (http("404 Not Found"), "status 404"),
        (http("503 Service Unavailable"), "status 503"), (silent, "no answer"),
        (lambda connection: connection.sendall(b"SSH-2.0\r\n"), "an answer that is not HTTP"),
    ],
)  # fmt: skip
def test_a_page(answer: Answer, said: str) -> None:
    """What a probe of Kubernetes takes for a success."""
    with listening(answer) as port:
        assert problem(f"http://127.0.0.1:{port}/ready?x=1", 0.2 if answer is silent else PATIENCE) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (database(b"\0\0\0\5salt", kind=b"R"), ""), (database(REFUSING), ""),
        (database(STARTING), "it does not take connections yet"), (silent, "no answer"),
        (http("400 Bad Request"), "an answer that is not PostgreSQL's"),
        (socket.socket.close, "it closed the connection"),
    ],
)  # fmt: skip
def test_a_database(answer: Answer, said: str) -> None:
    """Whoever it lets in: nobody logs in."""
    with listening(answer) as port:
        found = problem(f"postgresql+psycopg://me:word@127.0.0.1:{port}/shop", 0.2 if answer is silent else PATIENCE)
    assert found == said or (not said.startswith("no answer") and "reset" in found)


@pytest.mark.parametrize("spelled", ["postgres://h/x", "postgis://h/x", "postgresql+asyncpg://u:p%40@h/x?ssl=1"])
def test_how_a_database_is_spelled(spelled: str) -> None:
    """By Heroku, Django and SQLAlchemy; the port is PostgreSQL's own."""
    assert targets.parse(spelled).shown == f"{spelled.partition(':')[0]}://h:5432/x"


@pytest.mark.parametrize(
    "address",
    [
        "db:5432",
        "tcp://db",
        "tcp://:80",
        "mysql://db/x",
        "mysql://u:hunter2@db/x",
        "http://",
        "x",
        "tcp://db:99999",
        "tcp://a..b:80",
        f"tcp://{'a' * 64}:80",
        "",
    ],
)
def test_what_is_no_address(address: str) -> None:
    """Refused, with those that there are."""
    expected = r"nothing can be waited for at .*; give it as tcp://HOST:PORT, http://HOST/PATH"
    with pytest.raises(UsageError, match=expected) as refused:
        targets.parse(address)
    assert "hunter2" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "wait needs something to wait for"),
        (["--hook", "redy"], "wait has no --hook 'redy'; choose one of: alive, "),
        (["--hook", "ready"], "there is no ready hook to wait for; write it, or leave out --hook"),
        (["tcp://a:1", "--for", "long"], "--for is 'long', which is not a number of seconds"),
        (["mysql://me:word@db/x"], "nothing can be waited for at mysql://...; give it as"),
    ],
)
def test_what_is_refused(application: Application, words: list[str], said: str) -> None:
    """Before anything is waited for."""
    done = application.s2itasks("wait", *words)
    assert (done.status, said in done.error) == (2, True), done.err


@pytest.mark.slow
def test_a_signal_ends_it(application: Application) -> None:
    """Also where it is the first process of an init container, which the kernel keeps signals from."""
    waiting = application.start("wait", f"tcp://127.0.0.1:{postgresql.free_port()}")
    assert waiting.stderr is not None
    assert waiting.stderr.readline().startswith(b"---> wait: still missing")
    waiting.terminate()
    waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 143


@pytest.mark.slow
def test_a_real_database(application: Application, tmp_path: Path) -> None:
    """PostgreSQL from Debian: absent, late, there; with a user and a database that it does not have."""
    with postgresql.server(tmp_path / "postgresql") as url:
        application.s2itasks("wait", url, "--for", str(PATIENCE)).succeeded()
        other = url.replace("guestbook@", "nobody:word@").replace("/postgres", "/nothing")
        application.s2itasks("wait", other, "--for", str(PATIENCE)).succeeded()
    done = application.s2itasks("wait", url, "--for", "0.3")
    assert (done.status, "connection refused" in done.error) == (124, True)
