"""Copying an application's source as S2I would upload it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from s2itasks.check.s2iignore import ignored
from s2itasks.errors import OUT_OF_SPACE, Failure

from .root import Root


class CannotCopy(Failure):
    """A file of the source cannot be read, or its copy cannot be written."""

    def __init__(self, path: str, why: str) -> None:
        cure = "correct its mode, or name it in .s2iignore"
        if any(os.strerror(number) in why for number in OUT_OF_SPACE):
            cure = "free some, or give a --root somewhere else"
        super().__init__(f"{path} cannot be copied: {why}", cure=cure, status=1)


def upload(source: Path, root: Root) -> None:
    """Copy the source as S2I uploads it: its ``.s2i/bin`` by itself, everything to where a build expects it."""
    copy(source, root.upload, root.path)
    shutil.rmtree(root.scripts, ignore_errors=True)
    scripts = root.upload / ".s2i" / "bin"
    if scripts.is_dir():
        shutil.copytree(scripts, root.scripts, symlinks=True)
    else:
        root.scripts.mkdir()


def copy(source: Path, upload: Path, root: Path) -> None:
    """Copy ``source`` to ``upload``, which is replaced; links stay links and modes stay as they are.

    Left out are ``.git``, virtual environments, what is neither file nor directory nor link, and what ``.s2iignore``
    names: a pattern a line, relative to the top, ``#`` for comments, ``!`` to take something back in.

    :param root: a directory that is left out as well, if it lies in the source.
    :raises CannotCopy: names the first file that cannot be copied.
    """
    left_out = {source / ".git", root, *ignored(source)}

    def leave_out(directory: str, names: list[str]) -> set[str]:
        here = Path(directory)
        return {name for name in names if here / name in left_out or _is_no_source(here / name)}

    if upload.exists():
        shutil.rmtree(upload)
    try:
        shutil.copytree(source, upload, symlinks=True, ignore=leave_out)
    except shutil.Error as problem:
        path, _, why = problem.args[0][0]
        raise CannotCopy(path, why) from None


def _is_no_source(path: Path) -> bool:
    if path.is_symlink():
        return False
    return (path / "pyvenv.cfg").exists() or not (path.is_file() or path.is_dir())
