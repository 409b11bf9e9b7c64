"""A file that no other process can open by name."""

from __future__ import annotations

import os
from typing import BinaryIO


def private_file() -> BinaryIO:
    """Open one in memory, or on disk where the kernel or Python has no such thing.

    A daemon that inherits it may go on writing without anybody waiting for it, as one would for a pipe's end.

    :raises OSError: when neither memory nor a temporary directory can be had.
    """
    if hasattr(os, "memfd_create"):
        try:
            return os.fdopen(os.memfd_create("s2itasks"), "r+b")
        except OSError:
            pass
    import tempfile  # noqa: PLC0415 - the rare case

    return tempfile.TemporaryFile()
