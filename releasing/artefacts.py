"""Building everything that a release consists of, the same bytes each time: sdist, wheel, one file, SBOM, checksums."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from . import sbom, source
from .dist import CHECKSUMS, ONE_FILE, sha256, wheel_of
from .problems import run

BUNDLED = Path(__file__).with_name("bundled.txt")
# Given the directory of packages and the file to write. It has to be those packages that are copied, and no others.
WRITE = """\
import pathlib, sys
sys.path.insert(0, sys.argv[1])
from s2itasks.onefile import archive
archive.write(pathlib.Path(sys.argv[2]))
"""


class Machine(NamedTuple):
    """What a build must not depend on.

    :param umask: with which files are written.
    :param variables: of the environment.
    """

    umask: int
    variables: Mapping[str, str]


HERE = Machine(0o022, {})
ELSEWHERE = Machine(0o077, {"TZ": "Asia/Kolkata", "LC_ALL": "C", "PYTHONHASHSEED": "1", "USER": "somebody"})


def fetch_bundled(directory: Path) -> list[Path]:
    """Fetch the wheels that the one file is made of besides our own, with the checksums that are known of them.

    :raises ProblemError: when one cannot be had, or is another.
    """
    only = ("--no-deps", "--only-binary=:all:", "--require-hashes")
    pip(
        *("download", *only, "--requirement", str(BUNDLED), "--dest", str(directory)),
        failing=f"{BUNDLED.name}: the packages for {ONE_FILE} cannot be fetched; see to the network and the checksums",
    )
    return sorted(directory.glob("*.whl"))


def build(directory: Path, bundled: list[Path], machine: Machine = HERE) -> Path:
    """Build everything from a copy of the source, and return the directory that it is in.

    :param directory: one that does not exist yet, in which all of it is done.
    :param bundled: what `fetch_bundled` returned.
    :raises ProblemError: when something cannot be built.
    """
    epoch = source.epoch()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environ.update(machine.variables, SOURCE_DATE_EPOCH=epoch)
    copy, built, packages = source.copy(directory / "source"), directory / "dist", directory / "packages"
    if machine is not HERE:
        for path in copy.rglob("*"):
            os.utime(path, (0, 0), follow_symlinks=False)
    run(
        *(sys.executable, "-I", "-m", "build", "--no-isolation", "--outdir", built, copy),
        failing="sdist and wheel cannot be built",
        environ=environ,
        umask=machine.umask,
    )
    wheel = wheel_of(built)
    given = map(str, (packages, wheel, *bundled))
    pip(
        *("install", "--no-index", "--no-deps", "--no-compile", "--target", *given),
        failing=f"{ONE_FILE}: what belongs into it cannot be installed",
        environ=environ,
        umask=machine.umask,
    )
    run(
        *(sys.executable, "-I", "-c", WRITE, packages, built / ONE_FILE),
        failing=f"{ONE_FILE} cannot be written",
        environ=environ,
        umask=machine.umask,
    )
    version = source.version(copy)
    described = sbom.written(built / ONE_FILE, [wheel, *bundled], version, int(epoch))
    (built / f"s2itasks-{version}.cdx.json").write_text(described, encoding="utf-8")
    sums = "".join(f"{sha256(path)}  {path.name}\n" for path in sorted(built.iterdir()))
    (built / CHECKSUMS).write_text(sums, encoding="ascii")
    return built


def pip(
    *words: str | Path,
    failing: str,
    environ: Mapping[str, str] | None = None,
    umask: int = -1,
) -> None:
    """Run the pip of the environment of the release's tools."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
    run(sys.executable, "-I", "-m", "pip", *quiet, *words, failing=failing, environ=environ, umask=umask)
