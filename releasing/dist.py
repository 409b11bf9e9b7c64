"""The files of a release, by their names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from .problems import ProblemError

ONE_FILE = "s2itasks.pyz"
CHECKSUMS = "SHA256SUMS"


def wheel_of(built: Path) -> Path:
    """Return the wheel of a release.

    :raises ProblemError: when there is not one.
    """
    found = list(built.glob("*.whl"))
    if len(found) != 1:
        raise ProblemError(f"{built}: there are {len(found)} wheels instead of one; empty the directory")
    return found[0]


def sdist_of(built: Path) -> Path:
    """Return the source distribution of a release."""
    return next(built.glob("*.tar.gz"))


def sha256(path: Path) -> str:
    """Return the checksum of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
