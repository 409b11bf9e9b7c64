"""The script ./inv: what it says where it cannot set up .venv, and that it does where it can."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import random_user

ROOT = Path(__file__).parent.parent
OTHER = ", or name another with PYTHON=/path/to/python"
SETTING_UP = "setting up .venv ...\n"
WAITING = "waiting for another ./inv to set up .venv ...\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return what of a checkout ./inv reads, in a directory with an odd name."""
    return copied(tmp_path / "a b's (ü) & [x];*")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a PATH on which there is no Python."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for tool in ("cat", "dirname", "id", "mkdir", "rm", "sh", "tail"):
        (directory / tool).symlink_to(str(shutil.which(tool)))
    return directory


def copied(directory: Path) -> Path:
    """Copy what `./inv --list` needs; of the tools for development, which take a minute to install, nothing."""
    (directory / "s2itasks").mkdir(parents=True)
    for name in ("inv", "tasks.py", "README.md", "LICENSE", "s2itasks/__init__.py"):
        shutil.copy(ROOT / name, directory / name)
    for name in ("releasing", "share", "s2itasks/cli/completion_scripts"):  # which the package's metadata is made of
        shutil.copytree(ROOT / name, directory / name)
    project, found = re.subn(
        r"^dev = \[.*?^\]", "dev = []", (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE | re.DOTALL
    )
    assert found == 1
    (directory / "pyproject.toml").write_text(project)
    return directory


def python(path: Path, name: str, lie: str) -> Path:
    """Put a Python on PATH that is another one than it is."""
    start = f"import sys; {lie}; exec(sys.argv[1])"
    (path / name).write_text(f'#!/bin/sh\nexec \'{sys.executable}\' -c "{start}" "$2"\n')
    (path / name).chmod(0o755)
    return path / name


def inv(checkout: Path, *prefix: str, **environ: str) -> tuple[int, str]:
    """Run `./inv --list`; return its status and what it says on stderr."""
    command = [*prefix, "/bin/sh", str(checkout / "inv"), "--list"]
    done = subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True, check=False)
    assert ("bench" in done.stdout) == (done.returncode == 0)
    return done.returncode, done.stderr


def said(checkout: Path, *prefix: str, **environ: str) -> str:
    """Return what it says is wrong, which is one line."""
    status, text = inv(checkout, *prefix, **environ)
    assert (status, text[:14], text[-1:], text.count("\n")) == (1, "./inv: error: ", "\n", 1)
    return text[14:-1]


def test_without_python(checkout: Path, path: Path) -> None:
    """It says what to install, and how to name one that is not on PATH."""
    assert said(checkout, PATH=str(path)) == f"there is no python3 on PATH; install Python 3.9 or later{OTHER}"
    assert said(checkout, PATH=str(path), PYTHON="/no/python").startswith("there is no /no/python on PATH; ")


def test_a_python_that_is_too_old(checkout: Path, path: Path) -> None:
    """Also one that was asked for; what pyenv puts in the place of all those that it knows is none."""
    python(path, "python3", "sys.version_info = (3, 8, 20)")
    (path / "python3.13").write_text("#!/bin/sh\necho pyenv: not found >&2\nexit 127\n")
    (path / "python3.13").chmod(0o755)
    too_old = f"is Python 3.8, which is too old; install Python 3.9 or later{OTHER}"
    assert said(checkout, PATH=str(path)) == f"python3 {too_old}"
    assert said(checkout, PATH=str(path), PYTHON=str(path / "python3")) == f"{path}/python3 {too_old}"


def test_a_newer_one_beside_it(checkout: Path, path: Path) -> None:
    """It is taken, and all is well until it is to make .venv, which ours cannot."""
    python(path, "python3", "sys.version_info = (3, 8, 20)")
    python(path, "python3.12", "sys.version_info = (3, 12, 0)")
    error = "./inv: error: making .venv failed; read .venv/setup.log\n"
    assert inv(checkout, PATH=str(path)) == (1, f"{SETTING_UP}{error}")
    assert "'venv' is not defined" in (checkout / ".venv" / "setup.log").read_text()


def test_without_ensurepip(checkout: Path, path: Path) -> None:
    """As on Debian without python3-venv."""
    python(path, "python3", "sys.modules['ensurepip'] = None")
    lacks = "python3 has no modules venv and ensurepip; install them (Debian: apt install python3-venv)"
    assert said(checkout, PATH=str(path)) == f"{lacks}{OTHER}"


# Whoever runs the tests owns the checkout, so somebody else has to try; only root can become one.
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_checkout_of_somebody_else(checkout: Path) -> None:
    """It can be read, and no .venv can be made there."""
    random_user.open_to(checkout)
    error = said(checkout, *random_user.prefix(), PATH=os.environ["PATH"])
    assert error == f"user {random_user.UID} cannot write to {checkout}; be its owner, or use a copy"


@pytest.mark.parametrize("character", [":", '"', "$", "\\", "`", "\n"])
def test_a_directory_that_cannot_be_on_path(tmp_path: Path, character: str) -> None:
    """Nor in the first line of a script."""
    checkout = copied(tmp_path / f"a{character}b")
    error = "PATH or a script's first line cannot hold the name of the directory; move the checkout to another one"
    assert said(checkout, PATH=os.environ["PATH"]) == error


def test_ctrl_c(checkout: Path) -> None:
    """It ends by the signal, as its caller expects, and says nothing of an error."""
    environ = {**os.environ, "PYTHON": sys.executable}
    command = [str(checkout / "inv"), "--list"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True, start_new_session=True) as started:
        assert started.stderr is not None
        assert started.stderr.readline() == SETTING_UP
        os.killpg(started.pid, signal.SIGINT)
        assert started.stderr.read() == ""
    assert started.returncode == -signal.SIGINT
    assert not (checkout / ".venv" / ".ready").exists()


@pytest.mark.slow
def test_without_network(checkout: Path) -> None:
    """One sentence instead of pages, which are kept."""
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "https://127.0.0.1:9/"}
    status, text = inv(checkout, PATH=os.environ["PATH"], PYTHON=sys.executable, **nowhere)
    problem = "installing what pyproject.toml names needs the network (see .venv/setup.log)"
    assert (status, text) == (1, f"{SETTING_UP}./inv: error: {problem}; connect to it, or set PIP_INDEX_URL\n")
    assert "hatchling" in (checkout / ".venv" / "setup.log").read_text()


@pytest.mark.slow
# A disk that is really full, as pip, venv and the shell each say it in their own way; only root can have a small one.
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_without_room(tmp_path: Path) -> None:
    """What it has written is removed again."""
    copied(tmp_path / "copy")
    (tmp_path / "disk").mkdir()
    mount = 'mount -t tmpfs -o size=8m none "$0/disk" && cp -r "$0/copy" "$0/disk" && sh "$0/disk/copy/inv" --list'
    command = ["unshare", "--mount", "sh", "-c", f'{mount}; echo $?; ls -A "$0/disk/copy"', str(tmp_path)]
    environ = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if "permission denied" in done.stderr:
        pytest.skip("nothing can be mounted here")
    there = "free 400 MB where the checkout is and in "
    assert f"{SETTING_UP}./inv: error: there is no room left for .venv; {there}" in done.stderr
    status, *left = done.stdout.splitlines()
    assert status == "1"
    assert left == ["LICENSE", "README.md", "inv", "pyproject.toml", "releasing", "s2itasks", "share", "tasks.py"]


@pytest.mark.slow
def test_a_checkout_and_what_becomes_of_it(checkout: Path) -> None:
    """Two at once, one that is killed, another pyproject.toml, a Python that is gone, and a directory that is moved."""
    environ = {**os.environ, "PYTHON": sys.executable}
    command = [str(checkout / "inv"), "--list"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert first.stderr.readline() == SETTING_UP
        assert inv(checkout, **environ) == (0, WAITING)
        assert first.wait() == 0
    assert inv(checkout, **environ) == (0, "")

    project = checkout / "pyproject.toml"
    project.write_text(f"{project.read_text()}# changed\n")
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as killed:
        assert killed.stderr is not None
        assert killed.stderr.readline() == SETTING_UP
        killed.kill()
    status, text = inv(checkout, **environ)
    assert (status, text.removeprefix(WAITING)) == (0, SETTING_UP)

    gone = checkout / ".venv" / "bin" / "python"
    gone.unlink()
    gone.symlink_to("/gone/python")
    assert inv(checkout, **environ) == (0, SETTING_UP)

    moved = checkout.rename(checkout.parent / "elsewhere")
    assert inv(moved, **environ) == (0, SETTING_UP)
    if os.geteuid() == 0 and random_user.interpreter() == sys.executable:
        random_user.open_to(moved)
        assert inv(moved, *random_user.prefix(), **environ) == (0, "")
