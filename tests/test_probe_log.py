"""``--log``: what a probe says goes to the container's log, too, and whatever is wrong with that changes nothing."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from application import Application
from limits import long_enough

CONTAINER = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
pytestmark = [
    pytest.mark.every_form,
    pytest.mark.skipif(
        subprocess.run([*CONTAINER, "true"], capture_output=True, check=False).returncode != 0,
        reason="no PID namespaces here",
    ),
]


@pytest.fixture
def probed(application: Application) -> Application:
    """An application whose probe says something on both streams and fails."""
    application.hook("ready", "echo one; echo two >&2; printf three; exit 5")
    return application


def probe(
    application: Application, *words: str, stdout: int | None = None, stderr: int | None = None, **variables: str
) -> str:
    """Probe in a container whose PID 1 has the given streams; give the probe's stdout, stderr and status."""
    report = application.root / "report"
    called = f"setsid --wait {application.called()} {' '.join(words)}"
    command = f'{called} >"$REPORT.out" 2>"$REPORT.err"; echo $? >"$REPORT.status"'
    subprocess.run(
        [*CONTAINER, "bash", "-c", f"{command}; exit 0"],
        env=application.environ({"REPORT": str(report), **variables}),
        cwd=application.source,
        stdin=subprocess.DEVNULL,
        stdout=stdout if stdout is not None else subprocess.DEVNULL,
        stderr=stderr if stderr is not None else subprocess.DEVNULL,
        timeout=60,
        check=True,
    )
    parts = [Path(f"{report}.{part}").read_text() for part in ("out", "err", "status")]
    return "|".join(part.rstrip("\n") for part in parts)


UNAFFECTED = "one\nthree|two\ns2itasks: error: .s2i/action_hooks/ready ended with status 5; see its output above|5"


@pytest.mark.parametrize(("words", "variables"), [(["--log"], {}), ([], {"S2ITASKS_PROBE_LOG": "1"})])
def test_each_line_goes_to_the_containers_log(
    probed: Application, tmp_path: Path, words: Sequence[str], variables: dict[str, str]
) -> None:
    """With the probe's name before it, stdout to stdout and stderr to stderr, behind what is there already."""
    out, err = tmp_path / "log.out", tmp_path / "log.err"
    out.write_text("before\n")
    with out.open("a") as stdout, err.open("a") as stderr:
        said = probe(probed, "ready", *words, stdout=stdout.fileno(), stderr=stderr.fileno(), **variables)
    assert said == UNAFFECTED
    assert out.read_text() == "before\nready: one\nready: three\n"
    assert err.read_text() == "ready: two\n"


@pytest.mark.parametrize("variables", [{}, {"S2ITASKS_PROBE_LOG": "0"}, {"S2ITASKS_PROBE_LOG": ""}])
def test_nothing_goes_there_unasked(probed: Application, tmp_path: Path, variables: dict[str, str]) -> None:
    """Probes run every few seconds."""
    with (tmp_path / "log.out").open("a") as stdout:
        probe(probed, "ready", stdout=stdout.fileno(), stderr=stdout.fileno(), **variables)
    assert (tmp_path / "log.out").read_text() == ""


def test_a_pipe_that_somebody_reads(probed: Application) -> None:
    """How a container runtime reads a log; long lines arrive as far as a pipe takes them in one piece."""
    probed.hook("ready", "echo one; head -c 5000 /dev/zero | tr '\\0' x")
    read, write = os.pipe()
    try:
        probe(probed, "ready", "--log", stdout=write)
        log = os.read(read, 65536)
    finally:
        os.close(read)
        os.close(write)
    first, second = log.splitlines()
    assert first == b"ready: one"
    assert second.startswith(b"ready: xxx")
    assert len(second) == 4095


def test_a_pipe_that_is_full(probed: Application) -> None:
    """Nobody reads it; the probe does not wait for anybody."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 65536)
    except BlockingIOError:
        os.set_blocking(write, True)
    try:
        assert probe(probed, "ready", "--log", stdout=write, stderr=write) == UNAFFECTED
    finally:
        os.close(read)
        os.close(write)


def test_a_pipe_that_nobody_reads_any_more(probed: Application) -> None:
    """Writing there is an error, and a signal."""
    read, write = os.pipe()
    os.close(read)
    try:
        assert probe(probed, "ready", "--log", stdout=write, stderr=write) == UNAFFECTED
    finally:
        os.close(write)


def test_its_own_reader_may_be_gone(probed: Application) -> None:
    """The kubelet has given up on it; the status is the probe's all the same."""
    probed.form = "runtime"  # where it has not been bash from the start
    command = f'{probed.called()} ready --log | true; exit "${{PIPESTATUS[0]}}"'
    probed.hook("ready", "head -c 1000000 /dev/zero; exit 5")
    done = subprocess.run(["bash", "-c", command], env=probed.environ(), capture_output=True, check=False)
    assert done.returncode == 5


def test_a_socket(probed: Application) -> None:
    """One cannot be opened through /proc at all."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert probe(probed, "ready", "--log", stdout=theirs.fileno(), stderr=theirs.fileno()) == UNAFFECTED


def test_one_stream_stands_in_for_the_other(probed: Application, tmp_path: Path) -> None:
    """Where stdout cannot be opened, stderr gets it all."""
    ours, theirs = socket.socketpair()
    with ours, theirs, (tmp_path / "log").open("a") as log:
        probe(probed, "ready", "--log", stdout=theirs.fileno(), stderr=log.fileno())
    assert (tmp_path / "log").read_text() == "ready: one\nready: three\nready: two\n"


def test_a_hook_that_leaves_a_child_behind_holds_nobody_up(probed: Application, tmp_path: Path) -> None:
    """Its output goes on into a file that nobody reads."""
    probed.hook("ready", 'sleep 30 & echo "done"')
    with (tmp_path / "log").open("a") as log:
        assert probe(probed, "ready", "--log", "--timeout", "20", stdout=log.fileno()) == "done||0"
    assert (tmp_path / "log").read_text() == "ready: done\n"


def test_no_memory_for_files(probed: Application, tmp_path: Path) -> None:
    """A probe that works does not fail over a full /dev/shm."""
    log = tmp_path / "log"
    full = "mount -t tmpfs -o size=4k none /dev/shm; head -c 8192 /dev/zero >/dev/shm/full 2>/dev/null"
    with log.open("w") as stdout:
        done = subprocess.run(
            [*CONTAINER, "--mount", "bash", "-c", f"{full}; setsid --wait {probed.called()} ready --log; exit $?"],
            env=probed.environ(),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, log.read_text()) == (5, "one\nthreeready: one\nready: three\n")


def test_with_a_limit(probed: Application, tmp_path: Path) -> None:
    """What it said until then is what somebody looks for."""
    probed.hook("ready", 'echo waiting; echo started >>"$LOG"; sleep 300')

    def attempt(limit: str) -> str:
        with (tmp_path / "said").open("w") as log:
            return probe(probed, "ready", "--log", "--timeout", limit, stdout=log.fileno())

    _, said = long_enough(probed, attempt)
    assert said.startswith("waiting|")
    assert said.endswith("|124")
    assert (tmp_path / "said").read_text() == "ready: waiting\n"
