"""What a build writes down for whoever asks later how an image came about."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from s2itasks import __version__
from s2itasks.layout import Layout

FILE = "build.json"  # in the pinned runtime
COMMIT = "OPENSHIFT_BUILD_COMMIT"  # which OpenShift's builds set, and its images keep


class Record(NamedTuple):
    """How an image came about.

    :param version: that of the s2itasks which assembled it.
    :param python: that of the interpreter which runs s2itasks there.
    :param commit: the application's, empty where nothing told.
    :param files: a fingerprint of each file below ``.s2i``, and of the image's own hooks and jobs, by their names.
    :param compiled: the commands that bash does without Python.
    :param in_python: why another one is not compiled, by its name.
    :param at: when, in seconds since the epoch.
    """

    version: str
    python: str
    commit: str
    files: dict[str, str]
    compiled: list[str]
    in_python: dict[str, str]
    at: float = 0


def text(layout: Layout, environ: Mapping[str, str], compiled: Sequence[str], in_python: Mapping[str, str]) -> str:
    """Return the text of the record of a build that ends now; its time is the file's.

    :param environ: the environment of the build.
    :param compiled: see `Record`, likewise ``in_python``.
    """
    python = ".".join(map(str, sys.version_info[:3]))
    made = Record(__version__, python, _commit(layout, environ), fingerprints(layout), list(compiled), dict(in_python))
    described = {name: value for name, value in made._asdict().items() if name != "at"}
    return json.dumps(described, ensure_ascii=True, indent=1) + "\n"


def read(layout: Layout) -> Record | None:
    """Return the record of the build that made an image; None where there is none, or nobody can read it."""
    path = layout.runtime / FILE
    try:
        return Record(**json.loads(path.read_bytes()), at=path.stat().st_mtime)
    except (OSError, ValueError, TypeError):
        return None


def fingerprints(layout: Layout) -> dict[str, str]:
    """Return what tells whether a file is another one: its content, and whether it can be executed.

    :return: by the name that messages have for a file; empty where this user cannot read it.
    :raises OSError: when a directory cannot be listed.
    """
    below = [layout.source / ".s2i", *([layout.image] if layout.image else [])]
    return {layout.shown(path): _fingerprint(path) for directory in below for path in _files(directory)}


def _files(directory: Path) -> Iterator[Path]:
    for parent, directories, names in os.walk(directory, onerror=_raise):
        directories[:] = sorted(name for name in directories if name != "__pycache__")
        yield from (Path(parent, name) for name in sorted(names) if os.path.isfile(os.path.join(parent, name)))  # noqa: PTH113, PTH118 - names can be odd


def _raise(problem: OSError) -> None:
    if not isinstance(problem, FileNotFoundError):  # there need be neither directory
        raise problem


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            while part := file.read(1 << 20):
                digest.update(part)
    except OSError:
        return ""
    return f"{'x' if mode & 0o111 else '-'}{digest.hexdigest()}"


def _commit(layout: Layout, environ: Mapping[str, str]) -> str:
    """Return the commit of what is built: what OpenShift says, or the repository that lies in the source or upload."""
    if environ.get(COMMIT):
        return environ[COMMIT]
    git = shutil.which("git", path=environ.get("PATH", os.defpath))
    place = next((each for each in (layout.source, layout.upload) if (each / ".git").exists()), None)
    if git is None or place is None:
        return ""
    # It may belong to another user, which git refuses unless it is told; and nothing of it is run here.
    asked = [git, "-c", "safe.directory=*", "-C", str(place), "rev-parse", "--verify", "--quiet", "HEAD"]
    own = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(asked, env=own, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else ""
