"""Which engine: podman, or unshare where there is no podman that works."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import debian

from . import machine
from .engine import Engine, Unavailable
from .podman import Podman
from .sandbox import Sandbox

VARIABLE = "S2ITASKS_E2E"  # names the only engine to try
PACKAGES = ("podman", "runc", "uidmap")


@dataclass(frozen=True)
class Root:
    """The image of a bare root filesystem.

    :param python: the version of its Python, as in ``3.11``.
    """

    image: str
    python: str


def choose(directory: Path, tell: Callable[[str], None]) -> tuple[Engine, Root]:
    """Return an engine and its root filesystem.

    :param tell: is told why an engine is not the one.

    :raises Unavailable: when there is none; the message gives every reason.
    """
    engines: dict[str, Callable[[Path, Path], tuple[Engine, str]]] = {
        "podman": _podman,
        "unshare": Sandbox.that_works,
    }
    wanted = os.environ.get(VARIABLE)
    if wanted and wanted not in engines:
        raise Unavailable(f"{VARIABLE} is {wanted!r}, but has to be one of {', '.join(engines)}")
    root = directory / "root"
    machine.make_root(root)
    python = machine.python_of(root)
    reasons = []
    for name in [wanted] if wanted else engines:
        try:
            engine, image = engines[name](directory, root)
        except Unavailable as reason:  # noqa: PERF203 - of two
            tell(str(reason))
            reasons.append(str(reason))
        else:
            return engine, Root(image, python)
    raise Unavailable("; ".join(reasons))


def _podman(directory: Path, root: Path) -> tuple[Engine, str]:
    if not shutil.which("podman"):
        debian.install(*PACKAGES)
    return Podman.that_works(directory, root)
