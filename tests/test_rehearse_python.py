"""Which Python a rehearsal takes, and what it says where that is not the one that an application wants."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from venv import EnvBuilder

import pytest
from test_rehearse import SERVER, rehearse, write

from s2itasks.errors import Failure
from s2itasks.rehearse import interpreter, versions
from s2itasks.rehearse.machine_pythons import Pythons

RUNNING = Pythons(os.environ).running
OURS = f"3.{sys.version_info[1]}"


def python(path: Path, version: str, *, complete: bool = True) -> Path:
    """Make what answers as a Python of a version does."""
    answer = f"{version.replace('.', ' ')} {int(complete)} 0"
    write(path, f"#!/bin/sh\nprintf '%s\\n' {shlex.quote(answer)} {shlex.quote(str(path))}\n", 0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """A machine with an old Python and a new one on PATH, and others of pyenv and uv."""
    python(tmp_path / "bin" / "python3.30", "3.30.1")
    python(tmp_path / "bin" / "python3.8", "3.8.18")
    python(tmp_path / "bin" / "python3", "3.31.0")
    python(tmp_path / "pyenv" / "versions" / "3.32.4" / "bin" / "python3", "3.32.4")
    python(tmp_path / "uv" / "cpython-3.33.2-linux-x86_64-gnu" / "bin" / "python3", "3.33.2")
    python(tmp_path / "bin" / "python3.34", "3.34.0", complete=False)
    return {
        "PATH": f"{tmp_path}/bin:/usr/bin:/bin",
        "PYENV_ROOT": str(tmp_path / "pyenv"),
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "uv"),
        "HOME": str(tmp_path),
    }


def choice(
    source: Path, machine: Mapping[str, str], asked: str | None = None, *, installed: bool = True, **files: str
) -> tuple[str, list[str]]:
    """Return the version that is chosen for files, whose names have an underscore for a dot, and the remarks."""
    for name, text in files.items():
        write(source / name.replace("_", ".").replace("..", ".", 1).replace("python.version", "python-version"), text)
    chosen = interpreter.choose(asked, source, machine, installed=installed)
    return versions.shown(chosen.interpreter.version), chosen.remarks


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("specifier", "admitted", "refused"),
    [
        (">=3.9,<3.13", "3.9.0 3.12.7", "3.8.9 3.13.0"),
        ("~=3.11", "3.11.0 3.30.1", "3.10.9 4.0.0"),
        ("~=3.11.2", "3.11.2 3.11.9", "3.11.1 3.12.0"),
        ("==3.12.*", "3.12.0 3.12.9", "3.11.9 3.13.0"),
        ("!=3.9.*, >=3.8", "3.8.0 3.10.0", "3.9.0 3.9.9"),
        ("==3.12", "3.12.0", "3.12.1"),
        ("<=3.12,>3.9", "3.9.1 3.12.0", "3.12.1 3.9.0"),
        ("!=3.11.2", "3.11.1", "3.11.2"),
        ("", "3.9.0", ""),
        (">=3.9,", "3.9.0", "3.8.0"),
    ],
)
def test_specifiers(specifier: str, admitted: str, refused: str) -> None:
    """As PEP 440 has them."""
    clauses = versions.clauses(specifier)
    assert clauses is not None
    for version in (*admitted.split(), *refused.split()):
        major, minor, patch = map(int, version.split("."))
        assert all(each.admits((major, minor, patch)) for each in clauses) == (version in admitted.split()), version


@pytest.mark.many_cases
@pytest.mark.parametrize("specifier", ["===3.12", ">=3.13rc1", "~=3", ">=3.*", "3.12", ">=3.9 <4", "1!3.9", "^3.9"])
def test_what_is_no_specifier(specifier: str) -> None:
    """Or one that is not understood: it is never half understood."""
    assert versions.clauses(specifier) is None


def test_constraints_of_poetry() -> None:
    """The caret and the tilde are Poetry's."""
    assert [versions.of_poetry(each) for each in ("^3.11", "~3.11", "~3.11.2", "*", ">=3.9")] == [
        ">=3.11,<4", ">=3.11,<3.12", ">=3.11.2,<3.12", "", ">=3.9",
    ]  # fmt: skip


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("3.30", "3.30.1"), ("3.30.1", "3.30.1"), ("python3.30", "3.30.1"), ("3.31", "3.31.0"), ("3.32", "3.32.4"),
        ("3.33", "3.33.2"), ("3", versions.shown(RUNNING.version)),
    ],
)  # fmt: skip
def test_a_version_is_found(tmp_path: Path, machine: dict[str, str], asked: str, expected: str) -> None:
    """On PATH, among pyenv's, among uv's; the running one for what admits it."""
    assert choice(tmp_path, machine, asked) == (expected, [])


def test_a_path(tmp_path: Path, machine: dict[str, str]) -> None:
    """Of an interpreter, or of a virtual environment: of that, what it was made of."""
    assert choice(tmp_path, machine, str(tmp_path / "bin" / "python3.30"))[0] == "3.30.1"
    EnvBuilder(symlinks=True).create(tmp_path / "env")
    chosen = interpreter.choose(str(tmp_path / "env"), tmp_path, machine, installed=True).interpreter
    assert chosen.executable.resolve() == RUNNING.executable.resolve()
    assert not chosen.executable.is_relative_to(tmp_path)


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("3.8", "--python 3.8: s2itasks does not run on Python 3.8; give it 3.9 or later"),
        ("2", "--python 2: s2itasks does not run on Python 2; give it 3.9 or later"),
        ("{bin}/python3.8", "--python {bin}/python3.8: s2itasks does not run on Python 3.8.18; give it 3.9 or later"),
        ("/bin/ls", "--python /bin/ls: it is not a Python, or does not answer; give the path of "),
        ("pypy", "--python pypy: it is not a Python, or does not answer; give the path of "),
        ("", "--python : it is not a Python, or does not answer; give the path of "),
        ("3.34", "{bin}/python3.34 has no venv or no ensurepip, so that it makes no virtual environment; install "),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, machine: dict[str, str], asked: str, expected: str) -> None:
    """It is refused, with what to do."""
    directory = str(tmp_path / "bin")
    with pytest.raises(Failure) as failure:
        choice(tmp_path, machine, asked.format(bin=directory))
    assert str(failure.value).startswith(expected.format(bin=directory))


def test_what_is_not_there(tmp_path: Path, machine: dict[str, str]) -> None:
    """What is there is named."""
    with pytest.raises(Failure) as failure:
        choice(tmp_path, machine, "3.99")
    said = "--python 3.99: this machine has no such Python; install it, or give one of: "
    assert str(failure.value).startswith(f"{said}{versions.shown(RUNNING.version)} (")
    for each in ("3.30.1", "3.31.0", "3.32.4", "3.33.2"):
        assert f" {each} ({tmp_path}/" in failure.value.cure
    assert "3.8" not in failure.value.cure.replace(str(tmp_path), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3.32\n", "3.32.4"), ("# ours\n\n3.33.2  # newest\n3.30\n", "3.33.2"), ("cpython-3.30\n", "3.30.1")],
)
def test_python_version(tmp_path: Path, machine: dict[str, str], text: str, expected: str) -> None:
    """pyenv's and uv's file: the first line that says something is what ``python`` is."""
    assert choice(tmp_path, machine, _python_version=text) == (expected, [])


def test_the_order_of_files(tmp_path: Path, machine: dict[str, str]) -> None:
    """The first that can be had; the others are said not to be."""
    assert choice(tmp_path, machine, runtime_txt="python-3.30.1\n") == ("3.30.1", [])
    found = choice(tmp_path, machine, _python_version="3.99\n")
    said = ".python-version says 3.99, and the rehearsal uses 3.30.1; install 3.99, or give --python"
    assert found == ("3.30.1", [said])
    said = "runtime.txt says python-3.30.1, and the rehearsal uses 3.32.4; install 3.30.1, or give --python"
    assert choice(tmp_path, machine, _python_version="3.32.4\n") == ("3.32.4", [said])


def test_another_patch_release(tmp_path: Path, machine: dict[str, str]) -> None:
    """It is the next best, and said."""
    said = ".python-version says 3.32.9, and the rehearsal uses 3.32.4; install 3.32.9, or give --python"
    assert choice(tmp_path, machine, _python_version="3.32.9") == ("3.32.4", [said])


def test_requires_python(tmp_path: Path, machine: dict[str, str]) -> None:
    """The running one wherever it fits; else pip refuses later, unless it does not install the application."""
    pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomli")
    ours = versions.shown(RUNNING.version)
    project = "[project]\nname = 'shop'\nrequires-python = '{}'\n"
    assert choice(tmp_path, machine, pyproject_toml=project.format(">=3.9,<4")) == (ours, [])
    assert choice(tmp_path, machine, pyproject_toml=project.format("~=3.30.0")) == ("3.30.1", [])
    write(tmp_path / "pyproject.toml", project.format(">=3.99"))
    said = f"requires-python is '>=3.99', and the rehearsal uses {ours}"
    cure = "install 3.99, or give --python"
    with pytest.raises(Failure) as failure:
        choice(tmp_path, machine)
    assert str(failure.value) == f"{said}, for which pip will not install the application; {cure}"
    assert choice(tmp_path, machine, installed=False) == (ours, [f"{said}; {cure}"])
    with pytest.raises(Failure, match="pip will not install the application"):
        choice(tmp_path, machine, "3.30")
    said = "requires-python is '>=3.13rc1', which is not understood and has no effect here"
    found, remarks = choice(tmp_path, machine, pyproject_toml=project.format(">=3.13rc1"))
    assert (found, [remark.startswith(said) for remark in remarks]) == (ours, [True])
    poetry = "[tool.poetry.dependencies]\npython = '^3.31'\n"
    assert choice(tmp_path, machine, pyproject_toml=poetry) == ("3.31.0", [])


def test_a_pyproject_toml_that_is_not_valid(tmp_path: Path, machine: dict[str, str]) -> None:
    """Nothing is guessed of it; where this Python reads no TOML, it is the same."""
    found, (remark,) = choice(tmp_path, machine, pyproject_toml="requires-python = >=3.99\n")
    assert found == versions.shown(RUNNING.version)
    assert remark.startswith("requires-python has no effect here: pyproject.toml is not valid, or this Python ")


@pytest.mark.parametrize(
    ("name", "text"), [("_python_version", "pypy3.10-7.3\n"), ("runtime_txt", "ruby-3.2\n"), ("runtime_txt", "x" * 300)]
)
def test_what_is_not_understood(tmp_path: Path, machine: dict[str, str], name: str, text: str) -> None:
    """It has no effect, and that is said."""
    found, remarks = choice(tmp_path, machine, None, installed=True, **{name: text})
    assert found == versions.shown(RUNNING.version)
    assert ["which has no effect; write " in remark and len(remark) < 200 for remark in remarks] == [True]


def test_a_stranger_is_not_run(tmp_path: Path, machine: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the source is no Python of this machine, even where PATH has the current directory."""
    write(tmp_path / "source" / "python3.40", f"#!/bin/sh\ntouch {tmp_path}/ran\necho 3 40 0 1 0\necho /x\n", 0o755)
    monkeypatch.chdir(tmp_path / "source")
    machine = {**machine, "PATH": f".::{machine['PATH']}"}
    found, _ = choice(tmp_path / "source", machine, _python_version="3.40\n")
    assert (found, (tmp_path / "ran").exists()) == (versions.shown(RUNNING.version), False)


def test_what_does_not_answer_is_passed_over(tmp_path: Path, machine: dict[str, str]) -> None:
    """As a shim without a version."""
    write(tmp_path / "bin" / "python3.35", "#!/bin/sh\necho what; exit 0\n", 0o755)
    with pytest.raises(Failure, match="this machine has no such Python"):
        choice(tmp_path, machine, "3.35")


@pytest.mark.slow
def test_the_command_line(tmp_path: Path, machine: dict[str, str]) -> None:
    """It says before anything is made what it uses, or why not."""
    write(tmp_path / "source" / "app.py", SERVER)
    done = rehearse(str(tmp_path / "source"), "--check", "--python", "3.34", cwd=tmp_path, **machine)
    assert done.returncode == 1
    assert done.stderr.startswith(f"s2itasks: error: {tmp_path}/bin/python3.34 has no venv")
    assert not (tmp_path / "cache").exists()


def others() -> list[str]:
    """Return the versions of this machine that differ from ours, the oldest and the newest."""
    found = sorted({each.version[:2] for each in Pythons(os.environ).all() if each.makes_environments})
    names = [versions.shown(each) for each in found if each >= versions.OLDEST]
    return [name for name in dict.fromkeys([names[0], names[-1]]) if name != OURS]


@pytest.mark.slow
def test_another_python(tmp_path: Path) -> None:
    """An application is built and run with it; s2itasks has its byte code and no other; the root changes over."""
    write(tmp_path / "source" / "app.py", f"import sys; print('on', *sys.version_info[:2])\n{SERVER}")
    write(tmp_path / "source" / ".s2i" / "environment", "GREETING=hello # not a comment\n")
    root = tmp_path / "root"
    if not others():
        pytest.skip("this machine has no other Python")
    for version in others():
        words = ["--check", "--root", str(root), "--python", version]
        done = rehearse(str(tmp_path / "source"), *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (root / "run.log").read_text().splitlines()[-3:-1] == [f"on {version.replace('.', ' ')}", "serving"]
        tags = {path.name.split(".")[-2] for path in (root / "app-root" / "lib").rglob("s2itasks/**/*.pyc")}
        tags |= {path.name.split(".")[-2] for path in (root / "app-root" / "libexec").rglob("*.pyc")}
        assert tags == {f"cpython-{version.replace('.', '')}"}
        asked = [str(root / "s2itasks"), "exec", "printenv", "PYTHON_VERSION", "GREETING"]
        assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()[0] == version
    again = rehearse(str(tmp_path / "source"), "--check", "--root", str(root), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (root / "app-root" / "bin" / "python").resolve() == RUNNING.executable.resolve()
