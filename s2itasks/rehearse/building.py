"""What a rehearsal builds: the one thing that a virtual environment and a container image have in common."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from .progress import Progress


class Building(Protocol):
    """An application root, on this machine or in an image."""

    def prepare(self, source: Path, progress: Progress, *, fresh: bool) -> str:
        """Upload a source, and make all ready for `assemble`.

        :param fresh: begin with nothing of the last rehearsal.
        :return: what it begins with instead; empty where that is nothing.
        """

    def assemble(self, progress: Progress) -> None:
        """Build.

        :raises HookFailed: when that fails.
        """

    def write_script(self, environ: Mapping[str, str]) -> None:
        """Write the script that the root keeps, see `Root.script`.

        :param environ: a pod's.
        """
