"""Starter hooks: examples that work, chosen by what the application is made with."""

from __future__ import annotations

from pathlib import Path

from s2itasks import application
from s2itasks.errors import UsageError, did_you_mean

HOOKS = Path(__file__).with_name("hooks")
# What the builder does by itself, and leaves to a hook where .s2i/environment says so.
TAKEN_OVER = {("django", "build"): "DISABLE_COLLECTSTATIC=1", ("django", "migrate"): "DISABLE_MIGRATE=1"}


def framework(source: Path) -> str:
    """Return the framework that an application requires; "any" where it is none of those that there are hooks for."""
    return next(iter(application.frameworks(source)), "any")


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
