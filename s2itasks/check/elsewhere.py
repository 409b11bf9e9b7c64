"""Files outside of ``.s2i`` that speak of something: manifests and templates, code, lists of packages."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from s2itasks.process import reading

PREDECESSOR = b"powershift"
REPORT = b'{\n  "from": "'  # how a report of ``init --from`` begins, which speaks of what was there before
# Manifests and templates, code, and what says which packages to install.
READ = (
    *("*.yaml", "*.yml", "*.json", "*.py", "*.sh", "*.toml", "*.cfg", "*.ini", "requirements*.txt", "*.in"),
    *("Dockerfile*", "Containerfile*", "Jenkinsfile*", "Makefile", "Pipfile", "Procfile"),
)
# What is installed or built there is nobody's to correct.
NOT_OURS = (
    ".git",
    ".hg",
    ".svn",
    ".s2i",
    ".cache",
    ".tox",
    ".nox",
    "node_modules",
    "site-packages",
    "venv",
    "__pycache__",
)
MOST = 20_000  # files whose names are looked at; a source with more is searched as far as that
LARGEST = 128 * 1024  # bytes


def mentioning(root: Path, *texts: bytes) -> Iterator[str]:
    """Yield the paths of the files outside of ``.s2i`` that one of some texts occurs in."""
    for path in _files(root):
        location = root / path
        if any(fnmatch.fnmatchcase(location.name, pattern) for pattern in READ) and _mentions(location, texts):
            yield path


def _mentions(location: Path, texts: Sequence[bytes]) -> bool:
    try:
        found = location.lstat()  # so that a link leads nowhere
        if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST:
            return False
        content = reading.head(location, LARGEST)
    except OSError:
        return False
    return any(text in content for text in texts) and not content.startswith(REPORT)


def _files(root: Path) -> Iterator[str]:
    seen = 0
    for here, directories, names in os.walk(root):
        ours = sorted(name for name in directories if name not in NOT_OURS)
        directories[:] = [name for name in ours if not (Path(here) / name / "pyvenv.cfg").exists()]
        for name in sorted(names):
            seen += 1
            if seen > MOST:
                return
            yield (Path(here) / name).relative_to(root).as_posix()
