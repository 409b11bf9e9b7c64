"""Taking ``.s2i`` out of the upload before anything else, so that the hooks are in place for ``pre_build``."""

from __future__ import annotations

import shutil

from s2itasks import console
from s2itasks.environment import environment_file, file_problems
from s2itasks.hooks.inventory import Inventory
from s2itasks.launcher import pinned
from s2itasks.layout import Layout
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
    with session.step("upload", f"taking .s2i from {layout.upload}"):
        if not layout.has_root:
            layout.source.mkdir(parents=True, exist_ok=True)
        if not take_hooks(layout) and not (layout.source / ".s2i").is_dir():
            console.warning(
                f"there is no .s2i, neither in {layout.upload} nor in {layout.source}; add it to the source"
            )
        Inventory(layout, session.graph.hooks).require_no_conflict()
        pinned.set_aside(layout)
        pinned.pin(layout, session.environ, session.graph)  # a hook may call it when the packages are others already
    shown = layout.shown(layout.environment_file)
    for problem in file_problems.problems(environment_file.text(layout.environment_file, shown)):
        console.warning(f"{shown}, line {problem.line}: {problem.message}")


def _require_writable(layout: Layout) -> None:
    """Refuse to begin a build that could not write to the application root or to the source directory."""
    root, source = layout.application, layout.source
    permissions.require_writable(root, layout.runtime.parent, pinned.launcher_of(layout).parent)
    permissions.require_writable(root if root in source.parents else source, source / ".s2i")


def take_hooks(layout: Layout) -> bool:
    """Move ``.s2i`` from the upload into the source directory and tell whether there was one.

    It is merged over an older one (a chained build: the builder image is an application image), and the upload
    wins. Nothing may be left behind, because the builder's own ``mv`` would stumble over it.
    """
    uploaded = layout.upload / ".s2i"
    if not uploaded.is_dir() or layout.upload == layout.source:
        return False
    target = layout.source / ".s2i"
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
    return True


def remove_placeholder(layout: Layout) -> None:
    """Remove what `take_hooks` left for the builder to move."""
    for directory in (layout.source, layout.upload):
        (directory / PLACEHOLDER).unlink(missing_ok=True)
