"""s2itasks for the Python of a rehearsal, which may be another one than ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from s2itasks.launcher import packages

from .machine_pythons import Interpreter

START = """\
from s2itasks.cli.main import main

main()
"""


def install(python: Interpreter, directory: Path) -> None:
    """Make a directory that the Python can run: s2itasks and what it needs, with byte code.

    It is not the application's environment, in which an image that is built with s2itasks.pyz has none of them. Ours is
    of no use to another Python. What would compile only what it imports compiles all, as pip has it do: the
    copy that pods use is made of this one.
    """
    directory.mkdir(exist_ok=True)
    (directory / "__main__.py").write_text(START, encoding="utf-8")
    packages.copy_into(directory, python.cache_tag)
    if python.cache_tag != sys.implementation.cache_tag:
        compiler = [str(python.executable), "-I", "-m", "compileall", "-q"]
        argv = [*compiler, *(str(directory / name) for name in packages.PACKAGES)]
        subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - ours
