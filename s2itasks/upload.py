"""Taking ``.s2i`` out of the upload before anything else, so that the hooks are in place for ``pre_build``."""

from __future__ import annotations

import shutil

from .builder.merge import merge
from .layout import Layout

# The images' `assemble` runs `mv UPLOAD/* SOURCE`, which fails where nothing is left to move: a repository that
# holds only `.s2i`, as the second build of a chain does.
PLACEHOLDER = ".s2itasks-keep"
COPY = ".s2itasks-copy"


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
