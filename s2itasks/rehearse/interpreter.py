"""The Python of a rehearsal: what is asked for, or what the application's files want, if this machine has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from s2itasks.errors import Failure, UsageError

from . import python_files
from .machine_pythons import Interpreter, Pythons
from .pyproject import Pyproject
from .python_files import Wish
from .versions import OLDEST, Version, shown

NUMBER = re.compile(r"(?:python-?)?(\d+(?:\.\d+){0,2})")


class PythonTooOld(UsageError):
    """A Python is asked for on which s2itasks does not run."""

    def __init__(self, asked: str, version: str) -> None:
        super().__init__(
            f"--python {asked}: s2itasks does not run on Python {version}",
            cure=f"give it {shown(OLDEST)} or later",
        )


class PythonMissing(UsageError):
    """A Python is asked for that is not on this machine."""

    def __init__(self, asked: str, there_are: Iterable[Interpreter]) -> None:
        names = [f"{shown(each.version)} ({each.executable})" for each in there_are]
        super().__init__(
            f"--python {asked}: this machine has no such Python",
            cure=f"install it, or give one of: {', '.join(names)}",
        )


class NoPython(UsageError):
    """What --python names is not an interpreter."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"--python {path}: it is not a Python, or does not answer",
            cure="give the path of an interpreter, of a virtual environment, or a version such as 3.12",
        )


class PipWouldRefuse(Failure):
    """pip will not install the application, because it says that it needs another Python."""

    def __init__(self, wish: Wish, version: str) -> None:
        super().__init__(
            f"{wish.said}, and the rehearsal uses {version}, for which pip will not install the application",
            cure=f"install {wish.missing or 'one that fits'}, or give --python",
            status=1,
        )


class NoEnvironments(Failure):
    """A Python lacks what makes virtual environments."""

    def __init__(self, interpreter: Interpreter) -> None:
        super().__init__(
            f"{interpreter.executable} has no venv or no ensurepip, so that it makes no virtual environment",
            cure=f"install what it lacks (on Debian python{interpreter.minor}-venv), or give another --python",
            status=1,
        )


class Choice(NamedTuple):
    """The Python of a rehearsal.

    :param why: for a reader: ``as .python-version says 3.12``.
    :param remarks: warnings, each with its cure.
    """

    interpreter: Interpreter
    why: str
    remarks: list[str]


def choose(asked: str | None, source: Path, environ: Mapping[str, str], *, installed: bool) -> Choice:
    """Return the Python to rehearse with.

    :param asked: what ``--python`` says: a version, or the path of an interpreter or of a virtual environment.
    :param environ: the shell's environment, by which interpreters are found.
    :param installed: the builder installs the application, and pip will look at its ``requires-python``.
    :raises UsageError: when what is asked for is not there, or is too old.
    :raises PipWouldRefuse, NoEnvironments: when the build would fail for want of the right one.
    """
    pythons = Pythons(environ)
    wishes, remarks = python_files.wishes(source, Pyproject.read(source))
    if asked is not None:
        interpreter, why = _asked(asked, pythons), f"as --python {asked} says"
    else:
        interpreter, why = _wanted(wishes, pythons)
    version = shown(interpreter.version)
    for wish in (wish for wish in wishes if not wish.admits(interpreter.version)):
        if wish.of_pip and installed:
            raise PipWouldRefuse(wish, version)
        cure = "" if asked else f"; install {wish.missing or 'one that fits'}, or give --python"
        remarks.append(f"{wish.said}, and the rehearsal uses {version}{cure}")
    if not interpreter.makes_environments:
        raise NoEnvironments(interpreter)
    return Choice(interpreter, why, remarks)


def _asked(asked: str, pythons: Pythons) -> Interpreter:
    match = NUMBER.fullmatch(asked)
    if match is None or "/" in asked:
        return _at(asked, pythons)
    release = tuple(map(int, match[1].split(".")))
    if release < OLDEST[: len(release)]:
        raise PythonTooOld(asked, match[1])
    found = _best(pythons, lambda version: version[: len(release)] == release)
    if found is None:
        raise PythonMissing(asked, pythons.those(_is_supported))
    return found


def _at(asked: str, pythons: Pythons) -> Interpreter:
    path = Path(asked).expanduser()
    if not asked or ("/" not in asked and not path.exists()):
        raise NoPython(asked)
    path = path.absolute() / "bin" / "python3" if path.is_dir() else path.absolute()
    found = pythons.asked(path)
    if found is None:
        raise NoPython(asked)
    if not _is_supported(found.version):
        raise PythonTooOld(asked, shown(found.version))
    return found


def _wanted(wishes: Iterable[Wish], pythons: Pythons) -> tuple[Interpreter, str]:
    """Return the one that the first of the wishes wants that this machine can fulfil, else the running one."""
    for wish in wishes:
        found = _best(pythons, wish.admits) or _best(pythons, wish.near)
        if found is not None:
            return found, f"as {wish.said}" if wish.admits(found.version) else f"because {wish.said}"
    return pythons.running, "the one that runs s2itasks"


def _best(pythons: Pythons, admits: Callable[[Version], bool]) -> Interpreter | None:
    """Return the first of those versions that makes virtual environments, or the first."""
    found = None
    for each in pythons.those(lambda version: _is_supported(version) and admits(version)):
        if each.makes_environments:
            return each
        found = found or each
    return found


def _is_supported(version: Version) -> bool:
    return version[:2] >= OLDEST
