"""rehearse: the whole life of an application in a private root."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from application import S2ITASKS

SERVER = """\
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(os.environ.get("ANSWER", "200")))
        self.end_headers()
        self.wfile.write(os.environ.get("GREETING", "").encode())
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Page).serve_forever()
"""
# As gunicorn, whose workers cannot import the application: the port is open until it ends.
LISTENS = """\
import os, socket
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
server.accept()[0].close()
server.accept()[0].recv(9)
"""
VENUES = ["--fresh", "--no-namespace"]  # in a namespace, where that can be had, and without


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository with a small server and one hook."""
    directory = tmp_path / "repository"
    write(directory / "app.py", SERVER)
    write(directory / ".s2i" / "action_hooks" / "deploy_env", "GREETING=hello\n")
    return directory


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file, making its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def names(directory: Path) -> list[str]:
    """Return the names of what a directory holds."""
    return sorted(path.name for path in directory.iterdir())


def rehearse(*words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Rehearse with a home of its own."""
    environ = {**os.environ, "HOME": str(cwd), "XDG_CACHE_HOME": str(cwd / "cache"), **variables}
    return subprocess.run(
        [S2ITASKS, "rehearse", *words], env=environ, cwd=cwd, capture_output=True, text=True, timeout=100, check=False
    )


def processes(argument: str) -> list[int]:
    """Return the processes that have an argument, in whichever namespace."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if argument.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_it_ends_with_an_answering_application(source: Path, tmp_path: Path, venue: str) -> None:
    """In a root that it names; what the deploy hook started is gone with the application."""
    seconds = f"{300 + os.getpid() / 1e7:.7f}{VENUES.index(venue)}"  # tells it from that of another test
    deploy = f"#!/bin/bash\nsetsid sleep {seconds} &\n[[ -d /proc/$! ]] && echo started\n"
    write(source / ".s2i" / "action_hooks" / "deploy", deploy, 0o755)
    write(source / ".s2i" / "action_hooks" / "verify", "#!/bin/bash\necho verified\n", 0o755)
    write(source / ".s2iignore", "# notes\n*.txt\n!keep.txt\n")
    for name in ("notes.txt", "keep.txt", ".git/config", "env/pyvenv.cfg", "env/lib/x.py"):
        write(source / name, "")
    done = rehearse(str(source), "--check", venue, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "verified" in done.stdout
    assert "started" in done.stdout
    assert re.search(r"---> rehearse: ready: http://127.0.0.1:\d+/ answers 200", done.stderr)
    (root,) = (tmp_path / "cache" / "s2itasks").iterdir()
    assert f"---> rehearse: preparing {root}" in done.stderr
    assert names(root / "app-root" / "src") == [".s2i", ".s2iignore", "app.py", "keep.txt"]
    assert processes(seconds) == []
    assert names(tmp_path) == ["cache", "repository"]
    printed = subprocess.run([root / "s2itasks", "exec", "printenv", "GREETING"], capture_output=True, check=True)
    assert printed.stdout == b"hello\n"


@pytest.mark.slow
def test_a_root_is_reused(source: Path, tmp_path: Path) -> None:
    """Its virtual environment stays; the source is that of the new upload alone."""
    root = tmp_path / "root"
    assert rehearse(str(source), "--check", "--root", str(root), cwd=tmp_path).returncode == 0
    made = (root / "app-root" / "pyvenv.cfg").stat().st_mtime_ns
    (source / "app.py").rename(source / "other.py")
    done = rehearse(str(source), "--check", "--root", str(root), "--env", "APP_FILE=other.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert names(root / "app-root" / "src") == [".s2i", "other.py"]
    assert (root / "app-root" / "pyvenv.cfg").stat().st_mtime_ns == made


@pytest.mark.slow
def test_an_application_that_does_not_start_fails_with_its_log(source: Path, tmp_path: Path) -> None:
    """And so does one whose first page is a server error."""
    root = str(tmp_path / "root")
    done = rehearse(str(source), "--check", "--root", root, "--env", "ANSWER", cwd=tmp_path, ANSWER="500")
    assert done.returncode == 1
    assert "answers 500" in done.stderr.splitlines()[-1]
    assert "serving" in done.stdout.splitlines()
    expected = (
        "s2itasks: error: the application did not become ready: s2itasks run ended with status 3; see its output above"
    )
    for program in ("", LISTENS):
        write(source / "app.py", f"import sys\n{program}\nprint('the reason')\nsys.exit(3)\n")
        done = rehearse(str(source), "--check", "--root", root, cwd=tmp_path)
        assert done.returncode == 1
        assert "the reason" in done.stdout.splitlines()
        assert done.stderr.splitlines()[-1] == expected


@pytest.mark.slow
def test_a_build_that_fails_fails_the_rehearsal(source: Path, tmp_path: Path) -> None:
    """With the status of the hook."""
    write(source / ".s2i" / "action_hooks" / "build", "#!/bin/bash\nexit 5\n", 0o755)
    done = rehearse(str(source), "--check", "--root", str(tmp_path / "root"), cwd=tmp_path)
    assert done.returncode == 5
    assert (
        done.stderr.splitlines()[-1] == "s2itasks: error: s2itasks assemble ended with status 5; see its output above"
    )


def test_what_is_no_directory_is_refused(tmp_path: Path) -> None:
    """Before anything is made."""
    done = rehearse("nowhere", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        2,
        "s2itasks: error: there is no directory nowhere to rehearse; give that of an application's source\n",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_it_stays_until_ctrl_c(source: Path, tmp_path: Path) -> None:
    """Serving all the while; Ctrl-C is its good end, and the port is free again."""
    staying = subprocess.Popen(
        [S2ITASKS, "rehearse", "--root", str(tmp_path / "root")],
        cwd=source,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert staying.stderr is not None
    said = []
    for line in staying.stderr:
        said.append(line)
        if "Ctrl-C ends it" in line:
            break
    port = int(re.findall(r"http://127.0.0.1:(\d+)/ answers 200", "".join(said))[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()
    staying.send_signal(signal.SIGINT)
    started = time.monotonic()
    staying.communicate(timeout=30)
    assert staying.returncode == 0
    assert time.monotonic() - started < 20
    again = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with pytest.raises(ConnectionRefusedError):
        again.connect()


@pytest.mark.slow
def test_a_directory_of_somebodys_own_is_refused(source: Path, tmp_path: Path) -> None:
    """As root, or around the source: what a rehearsal replaces would be theirs."""
    own = tmp_path / "own"
    write(own / "upload" / "data", "precious")
    for words in (
        [str(source), "--root", str(own)],
        [str(own / "upload"), "--root", str(own)],
        [str(source), "--root", str(source)],
        [".", "--root", "."],
    ):
        done = rehearse(*words, "--check", cwd=source)
        assert done.returncode == 2, done.stderr
        assert done.stderr.splitlines()[-1].startswith("s2itasks: error: ")
    assert (own / "upload" / "data").read_text() == "precious"
    assert not list(source.rglob("*rehearsal*"))


@pytest.mark.slow
def test_a_root_inside_the_source(source: Path, tmp_path: Path) -> None:
    """It is no part of the upload, also the second time; what phases leave behind is ended."""
    seconds = f"{300 + os.getpid() / 1e7:.7f}2"
    for hook in ("build", "verify"):
        script = f"#!/bin/bash\nsleep {seconds} &\n[[ -d /proc/$! ]] && echo has started\n"
        write(source / ".s2i" / "action_hooks" / hook, script, 0o755)
    write(source / ".s2i" / "action_hooks" / "ready", "#!/bin/bash\n(sleep 40; kill $$) & exit 0\n", 0o755)
    os.mkfifo(source / "pipe")
    done = rehearse(".", "--check", "--root", "./root", cwd=source, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert names(source / "root" / "app-root" / "src") == [".s2i", "app.py"]
    again = ["rehearse", str(source), "--check", "--root", str(source / "root")]
    refused = subprocess.run([source / "root" / "s2itasks", *again], capture_output=True, text=True, check=False)
    assert (refused.returncode, "rehearse belongs on a laptop" in refused.stderr) == (2, True)  # it is that of an image
    repeated = rehearse(".", "--check", "--root", "./root", cwd=source, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert repeated.returncode == 0, repeated.stderr
    assert [each.stdout.count("has started") for each in (done, repeated)] == [2, 2]
    assert processes(seconds) == []


def test_one_rehearsal_at_a_time(source: Path, tmp_path: Path) -> None:
    """A second one in the same root would replace what the first one runs."""
    root = tmp_path / "root"
    root.mkdir()
    mark = root / ".s2itasks-rehearsal"
    mark.touch()
    with mark.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = rehearse(str(source), "--check", "--root", str(root), cwd=tmp_path)
    assert (done.returncode, done.stderr.splitlines(keepends=True)[-1]) == (
        2,
        f"s2itasks: error: another rehearsal is using {root}; wait for its end, or give another --root\n",
    )
