"""s2itasks in the virtual environment of a rehearsal, which may be another Python's than ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from s2itasks.launcher import packages

from .machine_pythons import Interpreter


def install(python: Interpreter, environment: Path) -> None:
    """Copy s2itasks and what it needs into a virtual environment, with byte code.

    Ours is of no use to another Python. What would compile only what it imports compiles all, as pip has it do: the
    copy that pods use is made of this one.
    """
    directory = environment / "lib" / python.library / "site-packages"
    packages.copy_into(directory, python.cache_tag)
    if python.cache_tag != sys.implementation.cache_tag:
        compiler = [str(environment / "bin" / "python"), "-I", "-m", "compileall", "-q"]
        argv = [*compiler, *(str(directory / name) for name in packages.PACKAGES)]
        subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - ours
