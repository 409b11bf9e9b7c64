"""Starter hooks: examples that work, chosen by what the application is made with."""

from __future__ import annotations

import re
from pathlib import Path

from s2itasks.errors import UsageError, did_you_mean
from s2itasks.layout import leads_out
from s2itasks.process import reading

HOOKS = Path(__file__).with_name("hooks")
REQUIREMENTS = ("requirements*.txt", "requirements/*.txt", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
FRAMEWORKS = ("django", "flask", "fastapi")  # the first that is required; others are plain WSGI
# What the builder does by itself, and leaves to a hook where .s2i/environment says so.
TAKEN_OVER = {("django", "build"): "DISABLE_COLLECTSTATIC=1", ("django", "migrate"): "DISABLE_MIGRATE=1"}


def framework(source: Path) -> str:
    """Return the framework that an application requires; "any" where it is none of those that there are hooks for."""
    text = "\n".join(_text(source, path) for pattern in REQUIREMENTS for path in sorted(source.glob(pattern)))
    for name in FRAMEWORKS:
        if re.search(rf"^[\s\"']*{name}\b(?!-)|[\"']{name}[\"'<>=~!\[ ;]", text, re.IGNORECASE | re.MULTILINE):
            return name
    return "any"


def starter(name: str, made_with: str) -> bytes:
    """Return the text of a starter hook.

    :param made_with: the framework.
    :raises UsageError: when there is none of that name.
    """
    for place in (HOOKS / made_with / name, HOOKS / "any" / name):
        if "/" not in name and place.is_file():
            return place.read_bytes()
    names = sorted(path.name for path in (HOOKS / "any").iterdir())
    cure = did_you_mean(name, names) or f"choose of: {', '.join(names)}"
    raise UsageError(f"there is no starter hook {name!r}", cure=cure)


def taken_over(name: str, made_with: str) -> str:
    """Return the line of ``.s2i/environment`` by which the builder leaves to a hook what that does; or nothing."""
    return TAKEN_OVER.get((made_with, name), "")


def _text(source: Path, path: Path) -> str:
    try:
        return "" if leads_out(source, path) else reading.head(path, reading.MOST).decode("utf-8", "replace")
    except OSError:
        return ""
