"""What stands in for an image: a virtual environment with s2itasks in it, and the source as S2I uploads it."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.errors import Failure, ended
from s2itasks.layout import PACKAGE
from s2itasks.process.errors import HookFailed

from . import kept_script, own_packages, source_copy
from .machine_pythons import Interpreter
from .progress import Progress
from .root import Root, is_full
from .this_machine import Directories
from .venue import Venue

# What decides which packages a build installs, and what of them a venv keeps.
REQUIRING = (
    *("requirements*", "requirements/**/*", "*constraints*", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile*"),
    *("*.lock", "**/*.whl", "**/requirements*", "**/setup.py", "**/pyproject.toml", "tasks.py", ".s2i/tasks.py"),
    *(".s2i/environment", ".s2i/bin/*", ".s2i/action_hooks/pre_build", ".s2i/action_hooks/build*"),
)
INSTALLING = re.compile(r"(?!PIP_CACHE_DIR\Z)(?:PIP_|UV_|ENABLE_|DISABLE_|UPGRADE_)")  # variables that decide how


class NoVirtualEnvironment(Failure):
    """Python could not make the virtual environment that stands in for an image's.

    :param full: where there is no space left, which venv does not say.
    """

    def __init__(self, command: str, status: int, full: Path | None = None) -> None:
        problem, cure = f"{command} {ended(status)}", "install what it asks for above (on Debian python3-venv)"
        if full is not None:
            problem, cure = f"{problem}: no space left for {full}", "free some, or give a --root somewhere else"
        super().__init__(problem, cure=cure, status=status)


class Installation:
    """The application root of a rehearsal.

    :param python: the interpreter of its virtual environment.
    :param environ: the environment of a build.
    :param cache: pip's.
    """

    def __init__(self, root: Root, venue: Venue, python: Interpreter, environ: Mapping[str, str], cache: Path) -> None:
        self._root = root
        self._venue = venue
        self._python = python
        self._environ = environ
        self._cache = cache
        self._noted = root.path / "venv-of"  # what the venv was made for; not there while it may be anything
        self._key = ""

    def prepare(self, source: Path, progress: Progress, *, fresh: bool) -> str:
        """Upload; make the venv, or keep the one that is there where it would be the same; empty the source directory.

        See `Building`.
        """
        source_copy.upload(source, self._root)
        application = self._root.application
        self._key = self._key_of()
        kept = not fresh and self._noted.is_file() and self._noted.read_text() == self._key
        self._noted.unlink(missing_ok=True)
        if not kept:
            _empty(application)
            venv = [str(self._python.executable), "-I", "-m", "venv", str(self._venue.application)]
            try:
                argv = self._venue.container(*venv, init=True, writable=(self._cache,))
                log = self._root.log("preparing")
                progress.run("preparing", argv, env=self._environ, cwd=self._root.path, log=log)
            except HookFailed as failed:
                full = application if is_full(application) else None
                raise NoVirtualEnvironment(shlex.join(venv), failed.status, full) from None
        own_packages.install(self._python, self._root.packages)
        _empty(application / "src")
        return "the packages of the last rehearsal, since it would install the same" if kept else ""

    def assemble(self, progress: Progress) -> None:
        """Run it; that it has gone well is noted, so that the next build can begin with the venv."""
        python = str(self._venue.application / "bin" / "python")
        argv = self._venue.container(python, "-I", str(self._root.packages), "assemble", writable=(self._cache,))
        cwd, log = self._root.application / "src", self._root.log("assemble")
        progress.run("s2itasks assemble", argv, env=self._environ, cwd=cwd, log=log)
        self._noted.write_text(self._key)

    def _key_of(self) -> str:
        """Return what tells venvs apart: interpreter, place, what is required and how it is installed, our packages."""
        digest = hashlib.sha256(os.fsencode(f"{self._python} {self._venue.application}\0"))
        of_build = {name: value for name, value in self._environ.items() if INSTALLING.match(name)}
        digest.update(os.fsencode(repr(sorted(of_build.items()))))
        for path in self._requiring():
            digest.update(os.fsencode(f"\0{path.relative_to(self._root.upload)}\0"))
            digest.update(path.read_bytes())
        for path in sorted(PACKAGE.rglob("*.py")):
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _requiring(self) -> Iterator[Path]:
        upload = self._root.upload
        found = {path for pattern in REQUIRING for path in upload.glob(pattern)}
        return (path for path in sorted(found) if stat.S_ISREG(path.lstat().st_mode))

    def write_script(self, environ: Mapping[str, str]) -> None:
        """Write one that calls s2itasks with these variables and no others."""
        root = self._root
        run = shlex.join(self._venue.container(self._venue.s2itasks, main=True, kept=True))
        other = shlex.join(self._venue.inside(self._venue.s2itasks, alone=True))
        called = f'if [ "$1" = run ]; then exec {run} "$@"; else exec {other} "$@"; fi'
        there = f"cd {shlex.quote(str(root.application / 'src'))} && " if isinstance(self._venue, Directories) else ""
        become = shlex.quote(f". {shlex.quote(str(root.variables))} && {there}{called}")
        script = f'#!/bin/sh\nexec env -i ${{TERM+TERM="$TERM"}} /bin/sh -c {become} s2itasks "$@"\n'
        kept_script.write(root, script, environ)


def _empty(directory: Path) -> None:
    """Let a directory be there, and nothing be in it; the directory itself stays, since it may be mounted."""
    directory.mkdir(exist_ok=True)
    for each in directory.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink()
