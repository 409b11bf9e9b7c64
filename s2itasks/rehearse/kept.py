"""The roots that rehearsals keep in the user's cache: one for each source, and none for ever."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.console import event, show
from s2itasks.errors import UsageError

from . import engine, home
from .root import MARK, Root, locked

OLDEST = 30 * 24 * 3600.0  # seconds since the last rehearsal in a root, until the root goes by itself
MOST = 4 * 10**9  # bytes of all of them together, until the oldest go


def directory(environ: Mapping[str, str]) -> Path:
    """Return where roots are kept: below ``XDG_CACHE_HOME``, or else ``~/.cache``.

    :raises CacheOfOther: see `home.cache`.
    """
    return home.cache(environ) / "s2itasks"


def root_of(source: Path, environ: Mapping[str, str]) -> Path:
    """Return where the root of a source is kept, which is the same each time.

    :param source: an absolute path without links.
    """
    digest = hashlib.sha256(os.fsencode(source)).hexdigest()
    return directory(environ) / f"{source.name or 'root'}-{digest[:8]}"


def forget(environ: Mapping[str, str], root: Root) -> None:
    """Remove the roots that have not been used for long, and the oldest where all take too much; say so of each.

    :param root: the one that is about to be used.
    """
    used = sorted(_roots(environ), key=_last_used, reverse=True)
    taken = 0
    for each in used:
        size, age = _size(each), time.time() - _last_used(each)
        taken += size
        if each != root.path and (age > OLDEST or taken > MOST):
            taken -= size
            why = f"all of them take more than {_bytes(MOST)}"
            if age > OLDEST:
                why = f"not used for {age / 86400:.0f} days"
            if _removed(each, environ):
                event("rehearse", f"removed {each} ({_bytes(size)}): {why}")


def clean(environ: Mapping[str, str]) -> None:
    """Remove all roots that are kept, and say so; one that is in use stays."""
    roots = list(_roots(environ))
    if not roots:
        show(f"no rehearsal is kept in {directory(environ)}")
    for each in roots:
        size = _size(each)
        show(f"removed {each} ({_bytes(size)})" if _removed(each, environ) else f"left {each}: a rehearsal is using it")


def _roots(environ: Mapping[str, str]) -> Iterator[Path]:
    kept = directory(environ)
    if kept.is_dir():
        found = (each for each in sorted(kept.iterdir()) if not each.is_symlink())
        yield from (each.resolve() for each in found if (each / MARK).is_file())


def _removed(root: Path, environ: Mapping[str, str]) -> bool:
    try:
        with locked(Root(root)):
            engine.forget(Root(root), environ)
            shutil.rmtree(root, ignore_errors=True)
    except UsageError:
        return False
    return True


def _last_used(root: Path) -> float:
    return (root / MARK).stat().st_mtime


def _size(root: Path) -> int:
    total = 0
    for parent, _, names in os.walk(root):
        for name in names:
            with contextlib.suppress(OSError):  # it has gone in the meantime
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - many files
    return total


def _bytes(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004 - of the units
            return f"{size:.0f} {unit}"
        size //= 1000
    return f"{size:.0f} GB"
