"""Source-to-Image, as far as it is a Containerfile: what it does with a source, a builder image and ``.s2i``."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from .recipe import Copy, Recipe

SCRIPTS = ("assemble", "run", "save-artifacts")
WORKDIR = "/opt/app-root/src"


def recipe(
    builder: str, source: Path, scratch: Path, *, environment: Mapping[str, str], mounts: Mapping[str, Path]
) -> Recipe:
    """Return the recipe of an application image; only scripts of ``.s2i/bin`` are supported, not the builder's own.

    :param source: the repository; it is left alone.
    :param scratch: a directory that does not exist yet, for a copy of it.
    :param environment: what the build's own processes get, and the image does not.
    """
    upload, scripts = scratch / "src", scratch / "scripts"
    shutil.copytree(source, upload, symlinks=True)
    scripts.mkdir()
    for name in SCRIPTS:
        script = upload / ".s2i" / "bin" / name
        if script.exists():
            shutil.move(script, scripts / name)
            (scripts / name).chmod(0o755)
    return Recipe(
        base=builder,
        copies=(Copy(upload, "/tmp/src", "1001:0"), Copy(scripts, "/tmp/scripts", "1001:0")),  # noqa: S108 - S2I's places
        environment=baked(upload / ".s2i" / "environment"),
        workdir=WORKDIR,
        build_environment=environment,
        mounts=mounts,
        commands=[("1001", "/tmp/scripts/assemble")],  # noqa: S108 - likewise
        user="1001",
        command=["/tmp/scripts/run"],  # noqa: S108 - likewise
    )


def baked(file: Path) -> dict[str, str]:
    """Read ``.s2i/environment`` as S2I does: no quotes, no ``export``, a comment only in the first column."""
    variables = {}
    for line in file.read_text().split("\n") if file.exists() else ():
        name, separator, value = line.partition("=")
        if separator and name.strip() and not line.startswith("#"):
            variables[name.strip()] = value.strip()
    return variables
