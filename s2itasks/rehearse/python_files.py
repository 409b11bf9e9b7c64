"""Which Python an application wants, as its files say: ``.python-version``, ``requires-python``, ``runtime.txt``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from s2itasks import application

from . import versions
from .pyproject import Pyproject
from .versions import Version

# What pyenv and uv take for CPython; a name such as pypy3.10 or miniconda3 is for them alone.
PLAIN = re.compile(r"(?:c?python-?|cpython@)?(3(?:\.\d+){1,2})")
MOST = 80  # characters of what somebody wrote that a message repeats
OF_HEROKU = re.compile(r"(?:python-)?(3(?:\.\d+){1,2})")


class Wish(NamedTuple):
    """What a file wants.

    :param said: where, and what it says: ``.python-version says 3.12``.
    :param admits: whether a version is one that it wants.
    :param near: whether a version is the next best, another patch release of the same.
    :param of_pip: pip insists on it when it installs the application.
    :param missing: the version to install where there is none.
    """

    said: str
    admits: Callable[[Version], bool]
    near: Callable[[Version], bool]
    of_pip: bool = False
    missing: str = ""


class Wishes(NamedTuple):
    """All that the files say.

    :param wishes: in the order they count in.
    :param remarks: what of them is not understood.
    """

    wishes: list[Wish]
    remarks: list[str]


def wishes(source: Path, pyproject: Pyproject) -> Wishes:
    """Read the files of a source."""
    found = [*_of_python_version(source), *_of_pyproject(pyproject), *_of_runtime(source)]
    return Wishes([each for each in found if isinstance(each, Wish)], [each for each in found if isinstance(each, str)])


def of_number(said: str, number: str) -> Wish:
    """Return the wish for a version with or without a patch release."""
    release = tuple(map(int, number.split(".")))
    return Wish(
        said, lambda version: version[: len(release)] == release, lambda version: version[:2] == release[:2],
        missing=number,
    )  # fmt: skip


def _of_python_version(source: Path) -> Iterator[Wish | str]:
    """Read pyenv's and uv's file: a version a line, of which the first is what ``python`` is."""
    text = application.text_of(source, source / ".python-version")
    names = [line.partition("#")[0].strip() for line in text.splitlines()]
    names = [name for name in names if name and name != "system"]
    for name in names:
        match = PLAIN.fullmatch(name)
        if match:
            yield of_number(f".python-version says {match[1]}", match[1])
            return
    if names:
        yield f".python-version says {names[0][:MOST]!r}, which has no effect; write a version of CPython, such as 3.12"


def _of_pyproject(pyproject: Pyproject) -> Iterator[Wish | str]:
    name, text = pyproject.requires_python
    if pyproject.document is None and "requires-python" in pyproject.text:
        yield (
            "requires-python has no effect here: pyproject.toml is not valid, or this Python does not read TOML; "
            "correct it, or use 3.11 or later, or install tomli"
        )
    if not text:
        return
    clauses = versions.clauses(versions.of_poetry(text) if name != "requires-python" else text)
    said = f"{name} is {text[:MOST]!r}"
    if clauses is None:
        yield f"{said}, which is not understood and has no effect here; pip may refuse the Python of this rehearsal"
        return

    def admits(version: Version) -> bool:
        return all(clause.admits(version) for clause in clauses)

    lowest = [versions.shown(each.release[:2]) for each in clauses if each.operator in (">=", "~=", "==", ">")]
    yield Wish(said, admits, admits, of_pip=True, missing=next(iter(lowest), ""))


def _of_runtime(source: Path) -> Iterator[Wish | str]:
    text = application.text_of(source, source / "runtime.txt").strip()
    match = OF_HEROKU.fullmatch(text)
    if match:
        yield of_number(f"runtime.txt says {text}", match[1])
    elif text:
        yield f"runtime.txt says {text.splitlines()[0][:MOST]!r}, which has no effect; write python-3.12 or the like"
