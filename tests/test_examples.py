"""The small examples: each is rehearsed, and then does what its README says."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from rehearsed import Rehearsed, eventually, rehearse
from test_rehearse_namespace import needs_namespaces

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "examples"
DAY = 24 * 60 * 60  # seconds


def test_flask(tmp_path: Path) -> None:
    """Pages, probes, an access log without the probes' requests, and an end without an error."""
    hello = Rehearsed.of(EXAMPLES / "flask", tmp_path, "--env", "FLASK_GREETING=Good morning")
    assert hello.s2itasks("alive").returncode == 1
    with hello.running() as process:
        assert hello.page("/") == "Good morning, world!\n"
        assert hello.page("/you") == "Good morning, you!\n"
        assert hello.page("/healthz") == '{"status":"alive"}\n'
        assert hello.s2itasks("alive").returncode == 0
        assert "/readyz" in hello.s2itasks("exec", "--", "flask", "routes").stdout
        process.terminate()
        assert process.wait(timeout=30) == 0
    assert '"GET /you HTTP/1.1" 200' in hello.log
    assert "/healthz" not in hello.log
    assert "/readyz" not in hello.log
    assert hello.s2itasks("ready").returncode == 1

    asked = "from hello import create_app; print(create_app().test_client().get('/readyz').status)"
    not_ready = hello.s2itasks("exec", "--", "env", "FLASK_GREETING=", "python", "-c", asked)
    assert not_ready.stdout == "503 SERVICE UNAVAILABLE\n"


def test_fastapi(tmp_path: Path) -> None:
    """A request that is under way at SIGTERM is answered to its end; meanwhile no other is taken."""
    countdown = Rehearsed.of(EXAMPLES / "fastapi", tmp_path)
    assert "Running application from script (app.sh)" in (tmp_path / "run.log").read_text()
    with countdown.running() as process:
        assert '"/from/{start}"' in countdown.page("/openapi.json")
        assert countdown.s2itasks("alive").returncode == 0
        under_way = countdown.connection()
        under_way.request("GET", "/from/3")
        answer = under_way.getresponse()
        assert answer.readline() == b"3\n"
        process.terminate()
        eventually(lambda: "Shutting down" in countdown.log)
        assert countdown.s2itasks("ready").returncode == 1
        assert answer.read() == b"2\n1\n0\n"
        under_way.close()
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)  # as PID 1, and otherwise
    assert "All requests have been answered" in countdown.log


def test_worker(tmp_path: Path) -> None:
    """It works, its job deletes what is old, `alive` fails while it hangs, and SIGTERM ends it within a second."""
    worker = Rehearsed.of(EXAMPLES / "worker", tmp_path, "--env", "HEARTBEAT_LIMIT=2")
    inbox, done = (worker.application / "data" / name for name in ("inbox", "done"))
    with worker.running() as process:
        (inbox / "good.md").write_text("# Title\n")
        (inbox / "bad.md").write_bytes(b"\xe9")
        eventually(lambda: list(inbox.glob("*.md")) == [])
        assert (done / "good.html").read_text() == "<h1>Title</h1>"
        assert [path.name for path in inbox.iterdir()] == ["bad.failed"]

        for name, days in (("old.html", 9), ("new.html", 5)):
            (done / name).touch()
            os.utime(done / name, (time.time() - days * DAY,) * 2)
        jobs = worker.s2itasks("jobs", "hourly")
        assert jobs.returncode == 0, jobs.stderr
        assert ".s2i/jobs/hourly/prune ended with status 0" in jobs.stderr
        assert sorted(path.name for path in done.iterdir()) == ["good.html", "new.html"]

        assert worker.s2itasks("alive").returncode == 0
        os.kill(first_of(process), signal.SIGSTOP)
        eventually(lambda: worker.s2itasks("alive").returncode == 1)
        assert " s ago, and 2 s are the limit" in worker.s2itasks("alive").stderr
        os.kill(first_of(process), signal.SIGCONT)
        eventually(lambda: worker.s2itasks("alive").returncode == 0)

        process.terminate()
        started = time.monotonic()
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - started < 1
    assert worker.log.endswith("\nstopped\n")


def first_of(process: subprocess.Popen[bytes]) -> int:
    """Return the PID of the application itself, which in a namespace is the child of what entered that."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    entered = b"own_namespace" in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    return int(children[0]) if entered else process.pid


@needs_namespaces
def test_powershift(tmp_path: Path) -> None:
    """Hooks that write the places of an image out find them, and the page has what they have left behind."""
    done = rehearse(EXAMPLES / "powershift", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
