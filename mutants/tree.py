"""A copy of the working tree with a virtual environment of its own, in which the copy is what runs.

The tests start s2itasks as the console script beside their Python, and what is pinned is copied from the package that
was imported. So a tree has a ``.venv`` whose first place for packages is the tree itself; the others are those of the
Python that we run under.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .mutant import Mutant

TOP = Path(__file__).resolve().parent.parent
CANARY = Mutant("the version", "s2itasks/__init__.py", '__version__ = "', '__version__ = "mutated-', ())


class NotWhatRunsError(Exception):
    """The tests would not test the copy."""


class Tree:
    """One copy, into which one fault at a time is put.

    :param place: a directory that does not exist yet.
    """

    def __init__(self, place: Path) -> None:
        self._pristine = place / "pristine"
        self._venv = place / ".venv"
        self.top = place / "tree"
        self.python = self._venv / "bin" / "python"
        _copy(self._pristine)
        self._make_venv()
        self._require_that_it_is_what_runs()

    def reset(self, mutant: Mutant | None = None) -> None:
        """Make it what it was, or that with a fault in it.

        :raises DoesNotApplyError: when the fault does not fit.
        """
        text = mutant.mutated(self._pristine) if mutant else ""
        shutil.rmtree(self.top, ignore_errors=True)
        shutil.copytree(self._pristine, self.top, symlinks=True)  # byte code with it, which knows its source by its age
        if mutant:
            file = self.top / mutant.file
            file.write_text(text, encoding="utf-8")
            for bytecode in file.parent.glob(f"__pycache__/{file.stem}.*"):
                bytecode.unlink()

    def _make_venv(self) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self._venv], check=True)
        packages = next(self._venv.glob("lib/python*/site-packages"))
        # Other directories in a .pth file are searched, but their own .pth files, such as ours, are not read.
        (packages / "tree.pth").write_text(f"{self.top}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
        tools = Path(sys.executable).parent
        for tool in tools.iterdir():
            own = self._venv / "bin" / tool.name
            if own.exists():
                continue
            if tool.name == "s2itasks":
                own.write_text(f"#!{self.python}\nfrom s2itasks.cli.main import main\n\nmain()\n", encoding="utf-8")
                own.chmod(0o755)
            else:
                own.symlink_to(tool)

    def _require_that_it_is_what_runs(self) -> None:
        """Put a canary into the copy and look whether it sings, in the console script and in what that pins.

        :raises NotWhatRunsError: when it does not.
        """
        self.reset(CANARY)
        root = self.top.parent / "canary"
        environ = {**os.environ, "S2I_APPLICATION_PATH": str(root), "S2I_SCRIPTS_PATH": str(root / "scripts")}
        script = root / "scripts" / "assemble"
        for directory in (script.parent, root / "src"):
            directory.mkdir(parents=True)
        script.write_text("#!/bin/sh\n", encoding="utf-8")
        script.chmod(0o755)
        installed = self._venv / "bin" / "s2itasks"
        environ["S2I_UPLOAD_PATH"] = str(root / "upload")
        subprocess.run([installed, "assemble"], env=environ, cwd="/", capture_output=True, check=True)
        for program in (installed, root / "bin" / "s2itasks"):
            done = subprocess.run(
                [program, "--version"], env=environ, cwd="/", capture_output=True, check=True, text=True
            )
            if "mutated" not in done.stdout:
                raise NotWhatRunsError(f"{program} says {done.stdout!r}")
        self.reset()


def _copy(target: Path) -> None:
    """Copy what git knows or could know of the working tree, as it stands."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        check=True,
    ).stdout
    for name in map(os.fsdecode, filter(None, listed.split(b"\0"))):
        if (TOP / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, target / name)
