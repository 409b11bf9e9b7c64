"""`--once FILE`: done once, by whoever comes first and succeeds."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import random_user
from application import S2ITASKS, Application
from signals import ANNOUNCE, announced, ended, fifo, is_alive

pytestmark = pytest.mark.every_form


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["setup", "migrate", "post_deploy"])
def test_the_second_time_it_is_done_already(application: Application, phase: str) -> None:
    """The marker says what has been done, and keeps it from being done again."""
    application.hook(phase, 'echo "$0" >>"$LOG"')
    for _ in range(2):
        assert (application.s2itasks(phase, "--once", "done").succeeded().out, len(application.logged)) == ("", 1)
    assert re.fullmatch(rf"{phase} went well at \d{{4}}-\d\d-\d\dT[\d:]+\+00:00\n", marker(application).read_text())


def marker(application: Application) -> Path:
    """Return where `--once done` is."""
    return application.source / "done"


def test_a_failure_writes_nothing(application: Application) -> None:
    """Its status is the hook's, and the next one tries again."""
    application.hook("setup", 'echo >>"$LOG"; exit "${STATUS:-0}"')
    assert application.s2itasks("setup", "--once=done", env={"STATUS": "3"}).status == 3
    assert not marker(application).exists()
    application.s2itasks("setup", "--once=done").succeeded()
    assert (len(application.logged), marker(application).exists()) == (2, True)


def test_the_marker_anywhere(application: Application) -> None:
    """It is relative to the source directory, wherever the caller is, and may be on a volume."""
    volume = application.root / "volume"
    volume.mkdir()
    application.hook("migrate", 'pwd >>"$LOG"')
    for file in (str(volume / "done"), "../volume-of-app"):
        application.s2itasks("migrate", "--once", file, cwd=Path("/")).succeeded()
    assert (volume / "done").exists()
    assert (application.path / "volume-of-app").exists()


def test_a_link_means_the_file_it_leads_to(application: Application) -> None:
    """It may lead to a volume, where nothing is yet."""
    application.hook("setup", 'echo >>"$LOG"')
    volume = application.root / "volume"
    volume.mkdir()
    (application.source / "done").symlink_to(volume / "setup")
    for _ in range(2):
        application.s2itasks("setup", "--once", "done").succeeded()
    assert (len(application.logged), sorted(path.name for path in volume.iterdir())) == (1, ["setup", "setup.lock"])
    assert (application.source / "done").is_symlink()


@pytest.mark.many_cases
@pytest.mark.parametrize("file", ["data", "data/", ".", "..", "loop"])
def test_a_directory_is_no_marker(application: Application, file: str) -> None:
    """As a volume's mount point, which would be there each time."""
    application.hook("setup", 'echo >>"$LOG"')
    (application.source / "data").mkdir()
    (application.source / "loop").symlink_to("data")
    done = application.s2itasks("setup", "--once", file)
    assert (done.status, application.logged) == (2, [])
    assert done.error.startswith(
        f"--once cannot write {os.path.realpath(application.source / file)}: it is a directory; "
    )


@pytest.mark.parametrize("words", [["setup", "--once", "done"], ["migrate", "--once=done"]])
def test_it_does_not_wait_for_itself(application: Application, words: list[str]) -> None:
    """A hook that asks for what it is doing is told, however deep; another marker is another matter."""
    called = application.called() if application.form != "console" else S2ITASKS
    application.hook("migrate", 'echo migrate >>"$LOG"')
    application.hook("setup", f'echo setup >>"$LOG"\n(bash -c "{called} {" ".join(words)}"; exit "$?")')
    done = application.s2itasks("setup", "--once", "done")
    assert (done.status, application.logged) == (2, ["setup"])
    assert f"is being done by what calls it again with the marker {marker(application)}; give" in done.err
    application.hook("setup", f"{called} migrate --once other")
    application.s2itasks("setup", "--once", "done").succeeded()
    assert application.logged == ["setup", "migrate"]


def test_a_marker_that_cannot_be_written_any_more(application: Application) -> None:
    """It is said that the hook went well, and will run again."""
    application.hook("setup", 'rm -r data; echo >>"$LOG"')
    (application.source / "data").mkdir()
    done = application.s2itasks("setup", "--once", "data/done")
    assert (done.status, len(application.logged)) == (1, 1)
    assert done.error == (
        f"setup went well, but its marker {application.source}/data/done cannot be written: No such file or directory; "
        "correct that, and create it, or it is done again the next time"
    )


@pytest.mark.parametrize(
    ("file", "reason"),
    [("nowhere/done", "No such file or directory"), (".s2i/action_hooks/setup/x", "Not a directory")],
)
def test_a_marker_that_could_not_be_written(application: Application, file: str, reason: str) -> None:
    """It is said before anything is done."""
    application.hook("setup", 'echo >>"$LOG"')
    done = application.s2itasks("setup", "--once", file)
    assert (done.status, application.logged) == (2, [])
    assert done.error == (
        f"--once cannot write {application.source / file}: {reason}; name a file in a directory that is there, such "
        "as a mounted volume, and that this user can write to"
    )


def test_no_name(application: Application) -> None:
    """As of a variable that is not set: it would be done each time."""
    application.hook("setup", 'echo >>"$LOG"')
    for words in (["--once="], ["--once", "--timeout=3"]):
        done = application.s2itasks("setup", *words)
        assert (done.status, application.logged) == (2, [])
        assert done.error == "--once needs the name of a file; give it one, such as data/.setup-is-done"


def test_without_a_hook(application: Application) -> None:
    """Nothing has been done, so nothing is noted."""
    application.s2itasks("setup", "--once", "done").succeeded()
    assert not marker(application).exists()


@pytest.mark.skipif(random_user.interpreter() is None, reason="no Python that a random user can start")
def test_a_volume_that_others_write(application: Application) -> None:
    """Another random user of group 0 has the same marker and the same lock; a read-only one needs no lock."""
    application.hook("setup", 'id -u >>"$LOG"')
    data = application.source / "data"
    data.mkdir()
    data.chmod(0o777)
    application.log.touch()
    application.log.chmod(0o666)
    random_user.open_to(application.source)
    words = [*random_user.command(random_user.interpreter() or ""), "setup", "--once", "data/done"]
    for uid in (random_user.UID, random_user.UID + 1):
        application.run(*random_user.prefix(uid), *words).succeeded()
    assert application.logged == [str(random_user.UID)]
    (data / "done.lock").unlink()
    data.chmod(0o555)
    application.run(*random_user.prefix(random_user.UID + 1), *words).succeeded()
    assert application.logged == [str(random_user.UID)]


def started(application: Application, *words: str) -> subprocess.Popen[bytes]:
    """Start `setup --once done`, and wait until it has the file open whose lock it needs."""
    process = application.start("setup", "--once", "done", *words)
    lock = str(marker(application)) + ".lock"
    while process.poll() is None and lock not in opened(process.pid):
        time.sleep(0.01)  # nothing tells that a file has been opened
    return process


def opened(pid: int) -> set[str]:
    """Return the files that a process has open."""
    return {os.path.realpath(link) for link in Path(f"/proc/{pid}/fd").iterdir()}


def held(application: Application) -> tuple[Path, subprocess.Popen[bytes], int]:
    """Start a first one, whose hook ends with the status that somebody writes into the gate.

    :return: the gate, the first one, and its hook's PID.
    """
    gate = application.root / "gate"
    os.mkfifo(gate)
    application.variables["FIFO"] = str(fifo(application.root))
    application.hook(
        "setup",
        f'echo x >>"$LOG"\n[[ $(wc -l <"$LOG") -gt 1 ]] || {ANNOUNCE}\nread -r status <{gate}\nexit "$status"',
    )
    first = application.start("setup", "--once", "done")
    return gate, first, announced(Path(application.variables["FIFO"]), first)


@pytest.mark.parametrize("status", [0, 3])
def test_two_at_once(application: Application, status: int) -> None:
    """The second waits for the first; it finds it done, or tries itself."""
    gate, first, pid = held(application)
    second = started(application)
    assert (second.poll(), len(application.logged), is_alive(pid)) == (None, 1, True)
    gate.write_text(f"{status}\n")
    assert ended(first) == status
    if status:
        gate.write_text("0\n")
    assert ended(second) == 0
    assert (len(application.logged), marker(application).exists()) == (2 if status else 1, True)


@pytest.mark.slow
def test_who_waits_can_be_stopped(application: Application) -> None:
    """By a signal and by its limit; the one that is waited for does not hear of it."""
    gate, first, pid = held(application)
    waiting = started(application)
    waiting.terminate()
    assert ended(waiting) == 143
    done = application.s2itasks("setup", "--once", "done", "--timeout", "2")
    assert (done.status, done.error) == (
        124,
        "another setup timed out after 2 s, the limit of --timeout; find out what it waits for, or raise the limit",
    )
    assert is_alive(pid)
    gate.write_text("0\n")
    assert ended(first) == 0


def test_who_dies_gives_the_lock_back(application: Application) -> None:
    """Also where a daemon that the hook has left behind lives on."""
    application.hook("setup", 'sleep 300 </dev/null >/dev/null 2>&1 &\necho "$!" >>"$LOG"\nexit 3')
    assert application.s2itasks("setup", "--once", "done").status == 3
    assert is_alive(int(application.logged[0]))
    assert application.s2itasks("setup", "--once", "done", "--timeout", "20").status == 3
    for pid in application.logged:
        os.kill(int(pid), signal.SIGKILL)


def test_a_dry_run(application: Application) -> None:
    """It tells of the marker, and writes none."""
    application.hook("setup", "true")
    first = application.s2itasks("--dry", "setup", "--once", "done").succeeded().out
    assert first.splitlines()[-2:] == [
        "---> setup: would run .s2i/action_hooks/setup",
        "---> setup: would write done, so that it is done once",
    ]
    assert not marker(application).exists()
    application.s2itasks("setup", "--once", "done").succeeded()
    second = application.s2itasks("--dry", "setup", "--once", "done").succeeded().out
    assert second.splitlines()[-1] == "---> setup: nothing to do, done is there"
