"""Permissions for a random UID with group 0, as the builders set them."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.errors import ConfigurationError
from s2itasks.process.child import run
from s2itasks.process.errors import CannotExecute, InterpreterMissing

GROUP = 0


class NotWritable(ConfigurationError):
    """A build would have to write where this user cannot.

    :param root: the directory that has to be this user's, with all that is in it.
    """

    def __init__(self, directory: Path, root: Path) -> None:
        super().__init__(
            f"{directory} cannot be written by this user (UID {os.geteuid()}), and a build has to",
            cure=f"in the Dockerfile, as root: RUN mkdir -p {root} && chgrp -R 0 {root} && chmod -R g=u {root}",
        )


def require_writable(root: Path, *directories: Path) -> None:
    """Refuse to begin a build that could not write what it makes.

    :param root: what the cure is for.
    :param directories: where it writes; they need not be there yet.
    :raises NotWritable: when this user can neither write to one of them nor make it.
    """
    for directory in directories:
        nearest = next(each for each in (directory, *directory.parents) if os.path.exists(each))  # noqa: PTH110 - may lie where this user cannot look
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise NotWritable(nearest, root)


def fix(root: Path, env: Mapping[str, str]) -> None:
    """Let group 0 do everything under ``root`` that the owner may, links not followed.

    The image's ``fix-permissions`` does it where there is one that can be started. Like it, this never fails: what
    belongs to somebody else is left alone.

    :param env: the environment to look for and run ``fix-permissions`` in.
    """
    image = shutil.which("fix-permissions", path=env.get("PATH"))
    if image:
        with contextlib.suppress(CannotExecute, InterpreterMissing):
            run([image, str(root), "-P"], env=env, cwd=root)
            return
    user = os.geteuid()
    for path, status in _tree(os.fspath(root)):
        if user in (0, status.st_uid):
            _share(path, status)


def _share(path: str, status: os.stat_result) -> None:
    mode = status.st_mode
    if status.st_gid != GROUP:
        with contextlib.suppress(OSError):
            os.chown(path, -1, GROUP, follow_symlinks=False)
    if stat.S_ISLNK(mode):
        return
    wanted = mode | stat.S_IRGRP | stat.S_IWGRP
    if stat.S_ISDIR(mode) or mode & stat.S_IXUSR:
        wanted |= stat.S_IXGRP
    if wanted != mode:
        with contextlib.suppress(OSError):
            os.chmod(path, stat.S_IMODE(wanted))  # noqa: PTH101 - plain strings: a root may hold 50,000 files


def _tree(root: str) -> Iterator[tuple[str, os.stat_result]]:
    """Walk everything under ``root``, itself first, following no links."""
    with contextlib.suppress(OSError):
        yield root, os.lstat(root)
    pending = [root]
    while pending:
        with contextlib.suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError:  # not suppressed: that takes longer than all else here
                    continue
                if stat.S_ISDIR(status.st_mode):
                    pending.append(entry.path)
                yield entry.path, status
