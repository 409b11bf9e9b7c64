"""The packages that images install: fetched once, from the index that this machine is configured for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
# pip evaluates conditions such as `python_version < "3.13"` for the Python it runs under, which may be newer than the
# images'. These are what the requirements have under such conditions.
CONDITIONAL = ("typing-extensions",)
PLACE = "/wheels"


@dataclass(frozen=True)
class Wheels:
    """Wheels for the images' Python.

    :param directory: where they all are.
    """

    directory: Path

    @property
    def mounts(self) -> Mapping[str, Path]:
        """How a build gets at them."""
        return {PLACE: self.directory}

    @property
    def environment(self) -> Mapping[str, str]:
        """What tells pip in a build to take these and no others: variables that do not stay in the image."""
        return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": PLACE, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def own(directory: Path) -> Path:
    """Build the wheel of s2itasks, and return its path."""
    _pip("wheel", "--no-deps", f"--wheel-dir={directory}", str(PROJECT))
    (wheel,) = directory.glob("*.whl")
    return wheel


def fetch(directory: Path, python: str, *required: str) -> Wheels:
    """Fetch everything that is required, as pip's command line names it.

    :param directory: a new one.
    :param python: the images' version, as in ``3.11``.
    """
    target = [f"--dest={directory}", "--only-binary=:all:", f"--python-version={python}"]
    _pip("download", *target, *required)
    return Wheels(directory)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
