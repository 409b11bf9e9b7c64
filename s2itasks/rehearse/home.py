"""The developer's own home and cache, also where nobody knows them: in a container, as a random user."""

from __future__ import annotations

import os
import pwd
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from s2itasks.errors import UsageError


class CacheOfOther(UsageError):
    """Without a home, there is only a place that everybody knows, and somebody else has taken it."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"{place}, where rehearsals of a user without a home are, belongs to somebody else or is open to others",
            cure="set HOME to a directory of yours, or give another --root",
        )


def of_user(environ: Mapping[str, str]) -> Path | None:
    """Return the home of a shell's user: ``HOME``, or what ``/etc/passwd`` says; None where neither has a path.

    :param environ: the shell's.
    """
    home = environ.get("HOME", "")
    if not Path(home).is_absolute():
        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            return None
    return Path(home) if Path(home).is_absolute() else None


def cache(environ: Mapping[str, str]) -> Path:
    """Return where programs keep what can be had again.

    https://specifications.freedesktop.org/basedir-spec/latest/ has relative paths ignored.

    :raises CacheOfOther: when that is a place for temporary files that is not the user's alone.
    """
    given = environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Path(given)
    home = of_user(environ)
    return home / ".cache" if home else _temporary()


def _temporary() -> Path:
    place = Path(tempfile.gettempdir()) / f"s2itasks-{os.getuid()}"
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise CacheOfOther(place) from None
    return place
