"""What git would give to whoever clones the repository: the modes in its index."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks.errors import Failure


class GitRefused(Failure):
    """git was asked to change its index and did not."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"git update-index failed: {said.rstrip('.') or 'it does not say why'}",
            cure="correct that, and run check --fix again",
            status=1,
        )


def modes(root: Path, environ: Mapping[str, str]) -> dict[str, int]:
    """Return the mode of every file below ``.s2i`` that git tracks, by its path in the source; none without git."""
    top = root.resolve()
    if "GIT_DIR" not in environ and not any((directory / ".git").exists() for directory in (top, *top.parents)):
        return {}
    listed = _git(root, environ, "ls-files", "--stage", "-z", "--", ".s2i")
    entries = listed.stdout.split(b"\0")[:-1] if listed and listed.returncode == 0 else []
    found = {}
    for entry in entries:
        fields, _, path = entry.partition(b"\t")
        found[os.fsdecode(path)] = int(fields.split()[0], 8)
    return found


def trusts_the_tree(root: Path, environ: Mapping[str, str]) -> bool:
    """Whether modes in the working tree mean anything; with core.fileMode=false, only the index does."""
    asked = _git(root, environ, "config", "--type=bool", "core.fileMode")
    return not (asked and asked.stdout.strip() == b"false")


def make_executable(root: Path, environ: Mapping[str, str], paths: Sequence[str]) -> None:
    """Set the run bit of files in the index.

    :raises GitRefused: when git does not, because its index is locked for instance.
    """
    if paths:
        done = _git(root, environ, "update-index", "--chmod=+x", "--", *paths)
        if done is None or done.returncode:
            said = os.fsdecode(done.stderr).strip().splitlines() if done else []
            raise GitRefused(said[0] if said else "")


def _git(root: Path, environ: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[bytes] | None:
    try:
        return subprocess.run(  # noqa: S603 - git, as the user has it
            ["git", "-C", str(root), *words],  # noqa: S607
            env={**environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
