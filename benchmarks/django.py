"""The Django example's application root: a virtual environment with its packages, as an earlier build left it."""

from __future__ import annotations

import compileall
import subprocess
import sys
from pathlib import Path

from s2itasks.launcher import packages as runtime

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "django"


def install(root: Path) -> bool:
    """Install it there, and tell whether that worked.

    pip then finds everything installed, so that downloads and unpacking, which vary by more than what is measured, are
    no part of the build.
    """
    pip = [str(root / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", str(root)], [*pip, "-r", str(EXAMPLE / "requirements.txt")]):
        if subprocess.run(command, stdout=2, check=False).returncode:  # noqa: S603 - our own command line
            return False
    packages = root / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    runtime.copy_into(packages)
    compileall.compile_dir(packages, quiet=2)  # as pip does it
    return True


def environ(root: Path) -> dict[str, str]:
    """Give what its image has of its own in the environment."""
    return {
        "PATH": f"{root / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "BASH_ENV": str(root / "bin" / "activate"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_REQUIRE_VIRTUALENV": "1",  # never into the Python of the machine
    }
