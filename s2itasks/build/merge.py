"""Moving one directory's contents into another that may have contents of its own."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path


def merge(source: Path, target: Path) -> None:
    """Move everything in the directory *source*, dotfiles too, into *target*, which is created if need be.

    Directories that both have are merged, recursively, and get the mode of the one in *source*; for everything else
    *source* wins, also over something of another kind. A symbolic link is moved as a link and never followed. *source*
    itself stays, empty. On one file system nothing is copied; across two, contents, modes and times are kept.

    This is what ``mv`` with ``dotglob`` does in the builder image, except that ``mv`` gives up where both have a
    directory, as in a chained build, whose image is an earlier build of the same application.

    Raises OSError, also if one of the two directories lies in the other or is the other; what was moved by then
    stays moved.
    """
    real_source, real_target = source.resolve(), target.resolve()
    if real_source in (real_target, *real_target.parents) or real_target in real_source.parents:
        raise OSError(errno.EINVAL, "cannot move a directory's contents into itself", str(source), None, str(target))
    target.mkdir(parents=True, exist_ok=True)
    _move_contents(source, target)


def _move_contents(source: Path, target: Path) -> None:
    for entry in list(source.iterdir()):
        if _is_directory(entry):
            _move_directory(entry, target / entry.name)
        else:
            _move_file(entry, target / entry.name)


def _move_directory(directory: Path, target: Path) -> None:
    if not _is_directory(target):
        target.unlink(missing_ok=True)
        if _renamed(directory, target):
            return
        target.mkdir()
    _move_contents(directory, target)
    # A directory that another user made, as the image's may be, keeps its mode: only its owner can change it.
    with suppress(PermissionError):
        shutil.copymode(directory, target)
    directory.rmdir()


def _move_file(file: Path, target: Path) -> None:
    if _is_directory(target):
        shutil.rmtree(target)
    if not _renamed(file, target):
        # Copying onto a link would write through it.
        target.unlink(missing_ok=True)
        shutil.copy2(file, target, follow_symlinks=False)
        file.unlink()


def _renamed(path: Path, target: Path) -> bool:
    """Rename *path* unless it has to be copied: to another file system, or a directory out of a lower overlay layer."""
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _is_directory(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
