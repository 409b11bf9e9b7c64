"""Writing the one file: a zip archive of the running s2itasks and the two packages it needs.

From the same packages it has the same bytes, whichever Python writes it, as far as their zlib compresses alike.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Mapping
from importlib import metadata
from pathlib import Path

from s2itasks.launcher import packages
from s2itasks.process import reading

from .start import FILES, MANIFEST, DamagedError, files

WRITTEN = (1980, 1, 1, 0, 0, 0)  # the first moment that an archive can name
UNIX, REGULAR_FILE = 3, 0o100644 << 16
DAMAGED = (DamagedError, OSError, zipfile.BadZipFile, tarfile.TarError, zlib.error, KeyError, ValueError)
LARGEST = 16 << 20  # bytes
HANDOVER = "handover.py"  # which is asked before anything is unpacked
START = Path(__file__).with_name("start.py")


def write(target: Path) -> dict[str, str]:
    """Write the archive, in one step.

    :return: the versions of the distributions that are in it, by their names.
    :raises OSError: when that is not possible.
    """
    with tempfile.TemporaryDirectory(prefix="s2itasks-") as directory:
        packages.copy_for_one_file(Path(directory))
        files = {path.relative_to(directory).as_posix(): path for path in Path(directory).rglob("*") if path.is_file()}
        contents = {name: files[name].read_bytes() for name in sorted(files)}
        programs = {name for name, path in files.items() if path.stat().st_mode & 0o100}
    versions = {name: metadata.version(name) for name in packages.PACKAGES.values()}
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = json.dumps({"versions": versions, "files": checksums}, indent=1).encode()
    fresh = target.with_name(f".{target.name}.new")
    try:
        with zipfile.ZipFile(fresh, "w") as archive:
            beside = {"__main__.py": START.read_bytes(), HANDOVER: contents[f"s2itasks/cli/{HANDOVER}"]}
            for name, content in {**beside, MANIFEST: manifest, FILES: _tar(contents, programs)}.items():
                archive.writestr(_entry(name), content, zipfile.ZIP_DEFLATED, compresslevel=9)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return versions


def verify(path: Path) -> None:
    """Compare what an archive holds with its checksums.

    :raises OSError: when it cannot be read; one of `DAMAGED` when it is not as it was made.
    """
    content = reading.content(path, LARGEST)
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        checksums = json.loads(opened.read(MANIFEST))["files"]
        for name in ("__main__.py", HANDOVER):
            opened.read(name)
        for _ in files(opened, checksums):
            pass


def _tar(contents: Mapping[str, bytes], programs: Collection[str]) -> bytes:
    """Return an archive with nothing in it but names, contents, and what may be executed."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755 if name in programs else 0o644
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, WRITTEN)
    entry.create_system, entry.external_attr = UNIX, REGULAR_FILE
    return entry
