"""powershift-image, whose place s2itasks takes, in a virtual environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

# It finds its plug-in through pkg_resources, which newer setuptools have no more.
REQUIREMENTS = ("powershift-image[cli]==1.4.2", "click", "setuptools<81")
VENV = Path(__file__).resolve().parent.parent / ".venvs" / "bench-powershift"


def installed() -> str | None:
    """Give its program, installed when it is first asked for, or None where that is not possible."""
    program, ready = VENV / "bin" / "powershift", VENV / ".ready"
    if not ready.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", str(VENV)], [*pip, *REQUIREMENTS]):
            if subprocess.run(command, stdout=2, check=False).returncode:  # noqa: S603 - our own command line
                return None
        ready.touch()
    return str(program)
