"""Writing a file in one step, so that nobody ever finds half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(path: Path, content: bytes, mode: int) -> None:
    """Write a file by way of one beside it, of a name that nobody can have foreseen.

    :param mode: its permissions.
    :raises OSError: when it cannot be written; nothing has changed then.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        fresh.chmod(mode)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
