"""Where a build begins: the application's source, as S2I uploaded it."""

from __future__ import annotations

import os
from pathlib import Path

from s2itasks.build.merge import merge

from .steps import announce


def install_source(source: Path) -> None:
    """Move the upload (``S2I_UPLOAD_PATH``) into *source*; where there is none, the source is built as it is."""
    upload = Path(os.environ.get("S2I_UPLOAD_PATH") or "/tmp/src")  # noqa: S108 - S2I's own directory
    if not upload.is_dir() or upload.samefile(source) or not any(upload.iterdir()):
        announce(f"Nothing to install from {upload}, building the source in {source}")
        return
    announce("Installing application source ...")
    merge(upload, source)
