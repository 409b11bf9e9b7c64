"""``.s2iignore``: what S2I leaves out of an upload."""

from __future__ import annotations

import os
import re
from pathlib import Path

from s2itasks.process import reading


def ignored(source: Path) -> dict[Path, int]:
    """Return the paths that ``.s2iignore`` leaves out, each with the line that does, read as S2I reads it.

    Later lines win.
    """
    try:
        text = reading.content(source / ".s2iignore").decode("utf-8", "surrogateescape")
    except OSError:
        return {}
    paths: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        for match in _matches(source, pattern.lstrip("!")):
            if pattern.startswith("!"):
                paths.pop(match, None)
            else:
                paths[match] = number
    return paths


def _matches(source: Path, pattern: str) -> list[Path]:
    inside = os.path.normpath(pattern.strip("/") or ".")
    if inside == "." or inside.startswith(".."):
        return []
    try:
        return list(source.glob(re.sub(r"\*+", "*", inside)))  # S2I asks Go's filepath.Glob, which knows no **
    except (
        OSError,
        ValueError,
        re.error,
    ):  # too long, a NUL byte, brackets that older Pythons refuse: it names nothing
        return []
