"""A copy of s2itasks and the two packages it needs, taken from the running one: no index, no network."""

from __future__ import annotations

import importlib.util
import shutil
from importlib import metadata
from pathlib import Path

BEING_WRITTEN = shutil.ignore_patterns("*.pyc.*")  # by an interpreter that compiles, and then renamed
PACKAGES = {"s2itasks": "s2itasks", "invoke": "invoke", "dotenv": "python-dotenv"}


def copy_into(directory: Path) -> None:
    """Copy the packages, with the metadata by which they and pip know their versions.

    :param directory: a directory of importable packages, such as a virtual environment's ``site-packages``.
    """
    for package, distribution in PACKAGES.items():
        source = _location(package)
        target = directory / package
        if target.exists() and target.samefile(source):
            continue  # a rehearsal that is repeated by its own s2itasks
        if target.exists():
            shutil.rmtree(target)
        shutil.copytree(source, target, ignore=BEING_WRITTEN)
        _write_metadata(directory, target, distribution)


def _location(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not importable, but s2itasks runs on it"
        raise ImportError(message)
    return Path(spec.submodule_search_locations[0])


def _write_metadata(directory: Path, package: Path, distribution: str) -> None:
    try:
        found = metadata.distribution(distribution)
        text, version = found.read_text("METADATA") or "", found.version
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        from s2itasks import __version__ as version  # noqa: PLC0415 - of no use where it is installed

        text = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    normalized = distribution.replace("-", "_")
    for older in directory.glob(f"{normalized}-*.dist-info"):
        shutil.rmtree(older)
    info = directory / f"{normalized}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(text, encoding="utf-8")
    (info / "INSTALLER").write_text("s2itasks\n", encoding="utf-8")
    files = [path for path in package.rglob("*") if path.is_file()] + [info / "METADATA", info / "INSTALLER"]
    record = "".join(f"{path.relative_to(directory)},,\n" for path in files) + f"{info.name}/RECORD,,\n"
    (info / "RECORD").write_text(record, encoding="utf-8")
