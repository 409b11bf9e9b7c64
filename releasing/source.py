"""The source of a release: what git knows of this checkout, at the time of its commit."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from .problems import ProblemError, run

TOP = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
GIT = "this is not a git checkout, from which alone a release is made"


def version(top: Path = TOP) -> str:
    """Return the version that the source has.

    :raises ProblemError: when it has none.
    """
    found = VERSION.search((top / "s2itasks/__init__.py").read_text(encoding="utf-8"))
    if not found:
        raise ProblemError("s2itasks/__init__.py: there is no __version__; write one")
    return found[1]


def epoch() -> str:
    """Return the seconds since 1970 that everything is dated with: SOURCE_DATE_EPOCH, or those of the commit.

    :raises ProblemError: when there is neither.
    """
    return os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct").strip()


def copy(target: Path) -> Path:
    """Copy the files that git knows or could know, as they are in the working tree."""
    listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (TOP / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, target / name, follow_symlinks=False)
    return target


def changes() -> list[str]:
    """Return what is not as in the commit, as ``git status`` says it."""
    return _git("status", "--porcelain").splitlines()


def tags() -> list[str]:
    """Return the tags of the commit that name a version."""
    return _git("tag", "--points-at", "HEAD", "v*").split()


def _git(*words: str) -> str:
    return run("git", "-C", TOP, *words, failing=GIT)
