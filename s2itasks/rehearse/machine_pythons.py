"""The Pythons of this machine: the running one, those on PATH, pyenv's and uv's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from . import home
from .versions import Version, shown

PATIENCE = 5.0  # seconds that an interpreter has to answer
ON_PATH = re.compile(r"python(?:3(?:\.(\d+))?)?")
IN_NAME = re.compile(r"(?:cpython-)?(\d+)\.(\d+)(?:\.(\d+))?(?=-|\Z)")  # of a directory of pyenv or uv
MOST = 50  # minor and patch releases that there can be
MINOR = 2  # numbers in a version without its patch release
# Below 3.11 nothing but `site` knows of a virtual environment; its interpreter is a link to the one that it is made of.
QUESTION = """\
import os, sys
from importlib.util import find_spec
executable = getattr(sys, "_base_executable", None) or sys.executable
if os.path.exists(os.path.join(os.path.dirname(os.path.dirname(executable)), "pyvenv.cfg")):
    executable = os.path.realpath(executable)
print(*sys.version_info[:3], int(bool(find_spec("venv") and find_spec("ensurepip"))), int("t" in sys.abiflags))
print(executable)
"""


class Interpreter(NamedTuple):
    """A Python of this machine, as it describes itself.

    :param executable: of the installation, and not of a virtual environment that was asked.
    :param makes_environments: it has ``venv`` and ``ensurepip``, which Debian has in a package of their own.
    :param free_threaded: it is built to run without the global lock; it has directories of another name.
    """

    executable: Path
    version: Version
    makes_environments: bool = True
    free_threaded: bool = False

    @property
    def minor(self) -> str:
        """Its version without the patch release, which is what images are named after."""
        return shown(self.version[:2])

    @property
    def library(self) -> str:
        """The name of the directory below ``lib`` that its packages are in."""
        return f"python{self.minor}{'t' if self.free_threaded else ''}"

    @property
    def cache_tag(self) -> str:
        """What its byte code is marked with."""
        return f"cpython-{self.version[0]}{self.version[1]}"

    def made(self, environment: Path) -> bool:
        """Whether a virtual environment is there, and one of this Python."""
        python = environment / "bin" / "python"
        return python.exists() and python.resolve() == self.executable.resolve()


class Pythons:
    """The interpreters of this machine, in the order in which they are preferred; each is asked once, when needed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._answers: dict[Path, Interpreter | None] = {}

    @property
    def running(self) -> Interpreter:
        """The one that runs this."""
        answer = self.asked(Path(sys.executable))
        return answer or Interpreter(
            Path(sys.executable), (sys.version_info[0], sys.version_info[1], sys.version_info[2])
        )

    def all(self) -> Iterator[Interpreter]:
        """Return all of them, each once."""
        return self.those(lambda _: True)

    def those(self, admits: Callable[[Version], bool]) -> Iterator[Interpreter]:
        """Return those of the versions that are wanted; what has another one by its name is not asked."""
        seen: set[str] = set()
        for path, hint in self._places():
            real = os.path.realpath(path)
            if real in seen or not any(map(admits, _possible(hint))):
                continue
            found = self.asked(path)
            is_new = found is not None and os.path.realpath(found.executable) not in seen
            seen |= {real, os.path.realpath(found.executable) if found else real}
            if found and is_new and admits(found.version):
                yield found

    def asked(self, path: Path) -> Interpreter | None:
        """Return what an interpreter says of itself; None where it is none, or does not answer."""
        if path not in self._answers:
            self._answers[path] = _answer(path, self.environ)
        return self._answers[path]

    def _places(self) -> Iterator[tuple[Path, tuple[int, ...] | None]]:
        """Return where interpreters are, and what their names tell of their versions."""
        own = home.of_user(self.environ) or Path("/")  # where none of them is
        data = self.environ.get("XDG_DATA_HOME") or str(own / ".local" / "share")
        pyenv = Path(self.environ.get("PYENV_ROOT") or own / ".pyenv")
        uv = Path(self.environ.get("UV_PYTHON_INSTALL_DIR") or Path(data) / "uv" / "python")
        yield Path(sys.executable), sys.version_info[:3]
        # pyenv's shims are scripts that take their time, and start one of its versions.
        yield from _on_path(
            each for each in self.environ.get("PATH", "").split(os.pathsep) if each != str(pyenv / "shims")
        )
        yield from _installed(pyenv / "versions")
        yield from _installed(uv)


def _on_path(directories: Iterable[str]) -> Iterator[tuple[Path, tuple[int, ...] | None]]:
    """Return those on PATH: with a version in their names first, the newest before the others."""
    found: list[tuple[int, Path]] = []
    for directory in filter(os.path.isabs, directories):  # what is not may be the source of a stranger
        matches = filter(None, map(ON_PATH.fullmatch, _names(directory)))
        found += [(int(match[1] or -1), Path(directory, match[0])) for match in matches]
    for minor, path in sorted(found, key=lambda each: -each[0]):
        yield path, None if minor < 0 else (3, minor)


def _possible(hint: tuple[int, ...] | None) -> Iterator[Version]:
    """Return the versions that an interpreter of a name can have."""
    for minor in range(MOST) if hint is None else hint[1:2]:
        for patch in range(MOST) if hint is None or len(hint) == MINOR else hint[2:3]:
            yield 3, minor, patch


def _installed(directory: Path) -> Iterator[tuple[Path, tuple[int, ...] | None]]:
    matches = [match for match in map(IN_NAME.match, _names(str(directory))) if match]
    hints = {match.string: tuple(int(part) for part in match.groups() if part) for match in matches}
    for name, hint in sorted(hints.items(), key=lambda each: each[1], reverse=True):
        yield directory / name / "bin" / "python3", hint


def _names(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))  # noqa: PTH208 - names, no paths
    except OSError:
        return []


def _answer(path: Path, environ: Mapping[str, str]) -> Interpreter | None:
    try:
        asked = subprocess.run(  # noqa: S603 - an interpreter of this machine
            [str(path), "-I", "-S", "-c", QUESTION],
            env=dict(environ),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        numbers, executable = os.fsdecode(asked.stdout).rstrip("\n").split("\n")
        major, minor, patch, makes_environments, free_threaded = map(int, numbers.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Interpreter(Path(executable), (major, minor, patch), bool(makes_environments), bool(free_threaded))
