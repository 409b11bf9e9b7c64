"""Taking ``.s2i`` out of the upload before anything else, so that the hooks are in place for ``pre_build``."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path

from s2itasks import console
from s2itasks.environment import environment_file, file_problems
from s2itasks.hooks.inventory import Inventory
from s2itasks.launcher import pinned
from s2itasks.layout import Layout
from s2itasks.process import reading
from s2itasks.session import Session

from . import permissions
from .merge import merge

# The images' `assemble` runs `mv UPLOAD/* SOURCE`, which fails where nothing is left to move: a repository that
# holds only `.s2i`, as the second build of a chain does.
PLACEHOLDER = ".s2itasks-keep"
COPY = ".s2itasks-copy"


def upload(session: Session) -> None:
    """Take .s2i out of the upload into the source directory, and set s2itasks aside.

    It is merged over an older .s2i, as a chained build has one; the upload wins. The rest of the source stays in
    the upload directory until the builder's assemble moves it. s2itasks itself is copied into libexec/s2itasks of the
    application root, where the application's packages cannot break it.
    """
    layout = session.layout
    _require_writable(layout)
    is_there = (layout.source / ".s2i").is_dir()
    if (layout.upload / ".s2i").is_dir() and layout.upload != layout.source:
        over = ", over an older one" if is_there else ""
        said = inherited(layout, session.inventory())
        session.do("upload", f"take .s2i from {layout.upload} into {layout.source}{over}", partial(take_hooks, layout))
        for line in said:
            session.note("upload", line)
    elif is_there:
        session.skip("upload", f".s2i is in {layout.source} already")
    else:
        console.warning(f"there is no .s2i, neither in {layout.upload} nor in {layout.source}; add it to the source")
    session.hooks_are_in_place()
    has = session.inventory(uploaded=True)
    has.require_no_conflict()
    for missed in has.near_misses:
        console.warning(f"{missed.path}: {missed}")
    session.do("upload", f"set s2itasks aside in {layout.runtime}", partial(_set_aside, session))
    file, shown = layout.environment_file, layout.shown(layout.environment_file)
    for problem in file_problems.problems(environment_file.text(session.place(file), shown)):
        console.warning(f"{shown}, line {problem.line}: {problem.message}")


def _set_aside(session: Session) -> None:
    session.layout.source.mkdir(parents=True, exist_ok=True)
    pinned.set_aside(session.layout)
    # Again at the end; but a hook may call s2itasks when the packages are others already.
    pinned.pin(session.layout, session.environ, session.graph)


def _require_writable(layout: Layout) -> None:
    """Refuse to begin a build that could not write to the application root or to the source directory."""
    root, source = layout.application, layout.source
    permissions.require_writable(root, layout.runtime.parent, pinned.launcher_of(layout).parent)
    permissions.require_writable(root if root in source.parents else source, source / ".s2i")


def take_hooks(layout: Layout) -> None:
    """Move ``.s2i`` from the upload into the source directory.

    It is merged over an older one (a chained build: the builder image is an application image), and the upload
    wins. Nothing may be left behind, because the builder's own ``mv`` would stumble over it.
    """
    uploaded, target = layout.upload / ".s2i", layout.source / ".s2i"
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        target.unlink()
    target.mkdir(parents=True, exist_ok=True)
    if uploaded.is_symlink():  # its target belongs to the source, so it is copied
        shutil.copytree(uploaded, layout.upload / COPY, symlinks=True)
        uploaded.unlink()
        uploaded = layout.upload / COPY
    merge(uploaded, target)
    uploaded.rmdir()
    if not any(layout.upload.iterdir()):
        (layout.upload / PLACEHOLDER).touch()


def inherited(layout: Layout, older: Inventory) -> list[str]:
    """Return what becomes of the hooks and jobs of an older ``.s2i``: which are replaced, and which go on running."""
    found = [older.hook(name) for name in older.hooks] + [job for jobs in older.jobs.values() for job in jobs]
    lines: list[str] = []
    for path in dict.fromkeys(each.path for each in found if each.is_there and layout.source in each.path.parents):
        shown = layout.shown(path)
        newer = layout.upload / shown
        if not os.path.lexists(newer) and all(map(_lets_through, newer.parents)):
            lines.append(f"{shown} is the base image's, and goes on running; the source has none")
        elif _content(path) != _content(newer):
            lines.append(f"{shown} of the base image is replaced")
    return lines


def _lets_through(directory: Path) -> bool:
    """Whether what an older directory of this path holds is still there when this has been merged over it."""
    return not os.path.lexists(directory) or (directory.is_dir() and not directory.is_symlink())


def _content(path: Path) -> bytes | None:
    try:
        return reading.content(path)
    except OSError:
        return None


def remove_placeholder(layout: Layout) -> None:
    """Remove what `take_hooks` left for the builder to move."""
    for directory in (layout.source, layout.upload):
        (directory / PLACEHOLDER).unlink(missing_ok=True)
