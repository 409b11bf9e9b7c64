"""Copies of s2itasks and the two packages it needs, taken from the running one: no index, no network."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterable
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

PACKAGES = {"s2itasks": "s2itasks", "invoke": "invoke", "dotenv": "python-dotenv"}
# What no pod uses; `laptop` says so there. The reader of shell scripts is for those that only look at hooks.
OF_LAPTOPS = (
    "s2itasks/check",
    "s2itasks/convert",
    "s2itasks/init",
    "s2itasks/manifests",
    "s2itasks/onefile",
    "s2itasks/rehearse",
    "s2itasks/shell",
    "s2itasks/cli/completion.py",
    "s2itasks/cli/completion_scripts",
)
# Programs of their own, and what needs a package that is not there.
OF_NOBODY = (
    "*/py.typed",
    "invoke/__main__.py",
    "invoke/completion/*.completion",
    "invoke/vendor/yaml/*",  # `YAML` takes its place
    "dotenv/__main__.py",
    "dotenv/cli.py",
    "dotenv/ipython.py",
)
# A fifth of it all. invoke imports it for configuration files, which neither s2itasks nor a task lets it read.
YAML = """\
\"\"\"Stands in for the YAML library of invoke, which the copy in an image does without.\"\"\"


def __getattr__(name):
    raise AttributeError(f"{name}: s2itasks leaves YAML out of its copy of invoke; install PyYAML, or invoke itself")
"""
BUILDER = ("s2itasks/builder",)
NO_BYTE_CODE = ("*.pyc", "*/__pycache__")
BYTE_CODE = f".{sys.implementation.cache_tag}.pyc"  # ours; more follows while an interpreter writes it


def copy_into(directory: Path, cache_tag: str | None = sys.implementation.cache_tag) -> None:
    """Copy the packages as pip installs them, with the metadata by which they and pip know their versions.

    :param directory: a directory of importable packages, such as a virtual environment's ``site-packages``.
    :param cache_tag: that of the Python they are for; one with another tag than ours makes byte code of its own.
    """
    without = () if cache_tag == sys.implementation.cache_tag else NO_BYTE_CODE
    for package, distribution in PACKAGES.items():
        source = _location(package)
        target = directory / package
        if target.exists() and target.samefile(source):
            continue  # a rehearsal that is repeated by its own Python
        if target.exists():
            shutil.rmtree(target)
        _copy(source, target, without)
        _write_metadata(directory, target, distribution)


def copy_for_image(directory: Path, *, builder: bool) -> None:
    """Copy what pods use of the packages, and what another build needs that begins with their image.

    :param directory: a new one.
    :param builder: whether the embedded builder is the one of the image.
    """
    _copy_without(directory, (*OF_LAPTOPS, *OF_NOBODY, *(() if builder else BUILDER)))


def copy_for_one_file(directory: Path) -> None:
    """Copy all that is ever imported, without byte code, and the licenses under which it is passed on.

    :param directory: a new one.
    """
    _copy_without(directory, (*OF_NOBODY, *NO_BYTE_CODE))
    for distribution in PACKAGES.values():
        for each in _licenses(distribution):
            shutil.copyfile(each, directory / _metadata(distribution)[0] / each.name)


def _copy_without(directory: Path, without: Collection[str]) -> None:
    for package, distribution in PACKAGES.items():
        _copy(_location(package), directory / package, without)
        name, text = _metadata(distribution)
        (directory / name).mkdir()
        headers = text.partition("\n\n")[0].rstrip("\n")  # without the README behind them
        (directory / name / "METADATA").write_text(f"{headers}\n", encoding="utf-8")
    (directory / "invoke" / "vendor" / "yaml" / "__init__.py").write_text(YAML, encoding="utf-8")


def _licenses(distribution: str) -> list[Path]:
    """Return the license files of a distribution, in its metadata's directory or one below."""
    try:
        place = metadata.distribution(distribution).locate_file(_metadata(distribution)[0])
    except metadata.PackageNotFoundError:
        return []
    return sorted(path for path in Path(str(place)).rglob("LICEN*") if path.is_file())


def _location(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        message = f"{package} is not importable, but s2itasks runs on it"
        raise ImportError(message)
    return Path(spec.submodule_search_locations[0])


def _copy(source: Path, target: Path, without: Collection[str] = ()) -> None:
    try:
        shutil.copytree(source, target, ignore=_ignoring(source.parent, without))
    except shutil.Error as problem:  # it goes on after each; the first says it all
        _, path, said = problem.args[0][0]
        number = re.match(r"\[Errno (\d+)\]", said)
        raise OSError(int(number[1]), os.strerror(int(number[1])), path) if number else OSError(said) from None


def _ignoring(packages: Path, without: Collection[str]) -> Callable[[str, list[str]], Iterable[str]]:
    """Return what `shutil.copytree` asks for the names that it is to leave out of a directory.

    :param without: patterns of paths below ``packages``. Their byte code is left out, too, and that of other Pythons.
    """

    def ignored(directory: str, names: list[str]) -> list[str]:
        below = Path(directory).relative_to(packages)
        if below.name != "__pycache__":
            return [name for name in names if _is_one_of(without, below / name)]
        sources = {name: below.parent / f"{name[: -len(BYTE_CODE)]}.py" for name in names}
        return [
            name
            for name in names
            if not name.endswith(BYTE_CODE)
            or _is_one_of(without, sources[name])
            or not (packages / sources[name]).is_file()  # of a file that has been renamed, in somebody's checkout
        ]

    return ignored


def _is_one_of(patterns: Collection[str], path: Path) -> bool:
    return any(fnmatch(str(path), pattern) for pattern in patterns)


def _write_metadata(directory: Path, package: Path, distribution: str) -> None:
    """Write it anew, with a record of the files as they are in the copy."""
    for older in directory.glob(f"{distribution.replace('-', '_')}-*.dist-info"):
        shutil.rmtree(older)
    name, text = _metadata(distribution)
    info = directory / name
    info.mkdir()
    (info / "METADATA").write_text(text, encoding="utf-8")
    (info / "INSTALLER").write_text("s2itasks\n", encoding="utf-8")
    files = [path for path in package.rglob("*") if path.is_file()] + [info / "METADATA", info / "INSTALLER"]
    record = "".join(f"{path.relative_to(directory)},,\n" for path in files) + f"{info.name}/RECORD,,\n"
    (info / "RECORD").write_text(record, encoding="utf-8")


def _metadata(distribution: str) -> tuple[str, str]:
    """Return the name of a distribution's directory, and its metadata."""
    try:
        found = metadata.distribution(distribution)
        text, version = found.read_text("METADATA") or "", found.version
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        from s2itasks import __version__ as version  # noqa: PLC0415 - of no use where it is installed

        text = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
    return f"{distribution.replace('-', '_')}-{version}.dist-info", text
