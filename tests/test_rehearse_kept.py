"""The roots that rehearsals keep: one for each source, what is kept in them, and that they go."""

from __future__ import annotations

import fcntl
import os
import pty
import pwd
import re
import select
import tempfile
import time
from pathlib import Path

import pytest
from application import S2ITASKS
from test_rehearse import SERVER, names, rehearse, write

from s2itasks.rehearse import home
from s2itasks.rehearse.home import CacheOfOther

DAY = 24 * 60 * 60  # seconds
KEEPS = "with the packages of the last rehearsal"


def kept(cache: Path, name: str, age: float = 0, size: int = 0) -> Path:
    """Make a root as a rehearsal of some days ago has left it.

    :param size: bytes of a file in it, which takes no space.
    """
    root = cache / "s2itasks" / name
    root.mkdir(parents=True)
    (root / ".s2itasks-rehearsal").touch()
    with (root / "large").open("wb") as file:
        file.truncate(size)
    os.utime(root / ".s2itasks-rehearsal", (time.time() - age * DAY,) * 2)
    return root


@pytest.mark.slow
def test_clean(tmp_path: Path) -> None:
    """All roots go, but the one in use, and what is no root."""
    cache = tmp_path / "cache"
    first, used = kept(cache, "first", size=2500), kept(cache, "used")
    other = cache / "s2itasks" / "other"
    other.mkdir()
    with (used / ".s2itasks-rehearsal").open("rb") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        done = rehearse("--clean", cwd=tmp_path)
    said = f"removed {first} (2 kB)\nleft {used}: a rehearsal is using it\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    assert names(cache / "s2itasks") == ["other", "used"]
    assert rehearse("--clean", cwd=tmp_path).stdout == f"removed {used} (0 bytes)\n"
    assert rehearse("--clean", cwd=tmp_path).stdout == f"no rehearsal is kept in {cache / 's2itasks'}\n"


def test_clean_follows_no_link(tmp_path: Path) -> None:
    """What it leads to is somebody's own, such as a root that was asked for."""
    elsewhere = kept(tmp_path / "elsewhere", "root")
    (tmp_path / "cache/s2itasks").mkdir(parents=True)
    (tmp_path / "cache/s2itasks/link").symlink_to(elsewhere)
    assert rehearse("--clean", cwd=tmp_path).stdout.startswith("no rehearsal is kept in ")
    assert elsewhere.is_dir()


def test_whose_home_and_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is nobody's; without any, it is a directory that nobody else can write to."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    known = Path(pwd.getpwuid(os.getuid()).pw_dir)
    assert home.of_user({"HOME": "/a"}) == Path("/a")
    assert [home.of_user({"HOME": each}) for each in ("", "relative", "~")] == [known] * 3
    assert home.cache({"HOME": "/a", "XDG_CACHE_HOME": "/b"}) == Path("/b")
    assert home.cache({"HOME": "/a", "XDG_CACHE_HOME": "b"}) == Path("/a/.cache")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # as for a random user
    place = tmp_path / f"s2itasks-{os.getuid()}"
    assert [home.cache({}), home.cache({})] == [place] * 2
    assert place.stat().st_mode & 0o777 == 0o700
    place.chmod(0o770)
    with pytest.raises(CacheOfOther, match="belongs to somebody else"):
        home.cache({})
    place.rmdir()
    place.symlink_to(tmp_path)
    with pytest.raises(CacheOfOther):
        home.cache({})


@pytest.mark.slow
def test_what_goes_by_itself(tmp_path: Path) -> None:
    """What nobody has used for a month, and the oldest of too much; each is said once."""
    cache = tmp_path / "cache"
    write(tmp_path / "source" / "app.py", SERVER)
    old = kept(cache, "old", age=31)
    young, large = kept(cache, "young", age=1, size=3 * 10**9), kept(cache, "large", age=2, size=2 * 10**9)
    small = kept(cache, "small", age=3, size=10**6)
    done = rehearse("source", "--check", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    removed = re.findall(r"---> rehearse: removed (\S+) \((.*?)\): (.*)", done.stderr)
    assert removed == [
        (str(large), "2 GB", "all of them take more than 4 GB"),
        (str(old), "0 bytes", "not used for 31 days"),
    ]
    assert young.exists()
    assert small.exists()
    assert "removed" not in rehearse("source", "--check", cwd=tmp_path).stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_a_second_one_begins_with(tmp_path: Path) -> None:
    """The packages of the first, unless requirements or --fresh say otherwise; nothing of a source that has gone."""
    source = tmp_path / "source"
    write(source / "app.py", SERVER)
    write(source / "old.py", "")
    write(source / ".s2i" / "action_hooks" / "ready", '#!/bin/bash\nexec 3<>"/dev/tcp/127.0.0.1/$PORT"\n', 0o755)
    assert KEEPS not in rehearse("source", "--check", cwd=tmp_path).stderr
    (root,) = (tmp_path / "cache" / "s2itasks").iterdir()
    assert root.stat().st_mode & 0o077 == 0
    (source / "old.py").rename(source / "new.py")
    write(source / ".s2i" / "action_hooks" / "deploy", "#!/bin/bash\ntouch $S2I_APPLICATION_PATH/deployed\n", 0o755)
    assert KEEPS in rehearse("source", "--check", cwd=tmp_path).stderr
    assert names(root / "app-root" / "src") == [".s2i", "app.py", "new.py"]
    write(source / "requirements.txt", "# nothing yet\n")
    assert (root / "app-root" / "deployed").exists()
    assert KEEPS not in rehearse("source", "--check", cwd=tmp_path).stderr
    write(source / ".s2i" / "action_hooks" / "build", "#!/bin/bash\nexit 1\n", 0o755)
    assert rehearse("source", "--check", cwd=tmp_path).returncode == 1
    (source / ".s2i" / "action_hooks" / "build").unlink()
    assert KEEPS not in rehearse("source", "--check", cwd=tmp_path).stderr  # of a build that has failed
    assert KEEPS not in rehearse("source", "--check", "--fresh", cwd=tmp_path).stderr
    assert KEEPS in rehearse("source", "--check", cwd=tmp_path).stderr


def on_a_terminal(cwd: Path, *words: str, until: str = "") -> tuple[int, str]:
    """Rehearse on a wide terminal; return the status and all that was written.

    :param until: a text at which Ctrl-C is pressed.
    """
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(cwd)
        environ = {**os.environ, "TERM": "xterm", "COLUMNS": "250", "LINES": "24", "NO_COLOR": "1", "HOME": str(cwd)}
        os.execve(S2ITASKS, [str(S2ITASKS), "rehearse", *words], environ)  # noqa: S606 - what is tested
    written, pressed = b"", not until
    while select.select([terminal], [], [], 100)[0]:
        try:
            written += os.read(terminal, 4096)
        except OSError:
            break
        if not pressed and until.encode() in written:
            os.write(terminal, b"\x03")
            pressed = True
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), written.decode()


@pytest.mark.slow
def test_on_a_terminal(tmp_path: Path) -> None:
    """One line with phase, time and the last words; then a line for each phase; then what the application says."""
    source = tmp_path / "source"
    write(source / "app.py", SERVER)
    write(source / ".s2i" / "action_hooks" / "build", "#!/bin/bash\necho working hard\nsleep 0.5\n", 0o755)
    status, written = on_a_terminal(tmp_path, "source", until="Ctrl-C ends it")
    assert status == 0, written
    assert re.search(r"\r\x1b\[2K---> rehearse: preparing, \d s", written)
    assert re.search(r"s2itasks assemble, \d+ s: working hard", written)
    assert re.search(r"---> rehearse: s2itasks assemble: [\d.]+ s\r\n", written)
    assert "waiting for port" not in written.rpartition("ready: http")[2]
    assert "\nserving" in written.rpartition("Ctrl-C ends it")[2]


@pytest.mark.slow
def test_a_failure_on_a_terminal(tmp_path: Path) -> None:
    """The end of the log is shown, and where the rest is."""
    source = tmp_path / "source"
    write(source / "app.py", SERVER)
    write(source / ".s2i" / "action_hooks" / "build", "#!/bin/bash\nseq 100\necho the reason\nexit 3\n", 0o755)
    status, written = on_a_terminal(tmp_path, "source", "--root", "root")
    assert status == 3
    lines = written.splitlines()
    assert f"---> rehearse: the end of {tmp_path}/root/assemble.log:" in written.replace("\x1b[2K", "")
    assert "     the reason" in lines
    assert "     10" not in lines


@pytest.mark.slow
def test_an_application_that_hangs(tmp_path: Path) -> None:
    """What it has said is there at once, and --wait ends the waiting."""
    write(tmp_path / "app.py", "import time\nprint('the reason', flush=True)\ntime.sleep(300)\n")
    began = time.monotonic()
    done = rehearse(".", "--check", "--wait", "2", cwd=tmp_path)
    assert done.returncode == 1
    assert "the reason" in done.stdout
    assert re.search(r"port \d+ did not answer within 2 s; see its output above$", done.stderr.rstrip())
    assert time.monotonic() - began < 60
    refused = rehearse(".", "--check", "--wait=soon", cwd=tmp_path)
    assert refused.returncode == 2
    assert "--wait is 'soon', which is not a number of seconds" in refused.stderr
