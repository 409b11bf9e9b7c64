"""Which invoke a task of the application gets: the application's where that works and is as new as ours, else ours.

The application's interpreter executes this, so it imports nothing of ours. As a program it says which one it is; its
argument is a directory with our invoke in it.

A package is the application's where its metadata lies beside it, as pip installs it. A module that only has the name
does not count, as `invoke.py` in the source directory. So invoke is imported first, from one directory. Whoever imports
it later gets this one.
"""

from __future__ import annotations

import os
import re
import sys

if __name__ == "__main__" and sys.path[0] == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120 - see below
    del sys.path[0]  # it has modules of ours

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, metadata


def provide(packages: str) -> str:
    """Import invoke, and say which it is: its version, whose it is, and what is wrong with the application's.

    :param packages: the directory with ours, of which nothing else gets importable.
    :raises Exception: when ours cannot be imported; whatever is wrong with it.
    """
    ours = _version(packages) or ""
    reason = ""
    for directory in sys.path:
        version = _version(directory)
        if version is None:
            continue
        if _release(version) < _release(ours):
            reason = reason or f"; the application's {version} is older"
            continue
        try:
            _import(directory)
        except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever is wrong with it
            first_line = f"{type(problem).__name__}: {problem}".partition("\n")[0]
            reason = reason or f"; the application's {version} cannot be imported: {first_line}"
        else:
            return f"{version}, the application's"
    _import(packages)
    return f"{ours}, that of s2itasks{reason}"


def _version(directory: str) -> str | None:
    """Return the version of the invoke that is installed in a directory of packages, or None."""
    if not os.path.isfile(f"{directory}/invoke/__init__.py"):  # noqa: PTH113 - pathlib takes its time
        return None
    found = metadata.distributions(name="invoke", path=[directory])
    return next((each.version for each in found), None)


def _release(version: str) -> tuple[int, ...]:
    """Return what versions are compared by; how far a release is from its final form is not among it."""
    numbers = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in numbers[0].split(".")) if numbers else ()


def _import(directory: str) -> None:
    """Import invoke from a directory of packages, whatever else has its name or that of a module it needs."""
    _forget()
    with _first_on_path(directory):
        try:
            import_module("invoke.program")
        except BaseException:
            _forget()
            raise


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "invoke"]:
        del sys.modules[name]


@contextmanager
def _first_on_path(directory: str) -> Iterator[None]:
    """Let modules come from a directory and from where no application puts its own: not from PYTHONPATH."""
    before = sys.path[:]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [directory, *(each for each in before if each and each not in given)]
    try:
        yield
    finally:
        sys.path[:] = before


if __name__ == "__main__":
    print(provide(sys.argv[1]))
