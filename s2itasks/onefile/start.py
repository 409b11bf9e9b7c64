"""The ``__main__`` of the one file: unpacks it, and starts s2itasks from there.

What pods run is the pinned runtime's, as with any other s2itasks, and nothing is unpacked for that. Nothing is imported
from the archive later, which may be moved or replaced while s2itasks runs: ``assemble`` moves it. What is unpacked is
kept in the user's cache for the next time; a build, which is to leave nothing behind, and whoever has no place for a
cache have it in a temporary directory, which is removed at the end.
"""

import sys

if sys.version_info < (3, 9):  # noqa: UP036 - before anything that an older one does not know
    sys.exit("s2itasks: error: this Python is %d.%d; start it with 3.9 or later" % sys.version_info[:2])  # noqa: UP031

import contextlib
import hashlib
import io
import json
import os
import shutil
import signal
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn, Optional

MANIFEST = "MANIFEST.json"  # the versions of what is in it, and the checksum of each file
FILES = "files.tar"  # compressed as a whole, they take two thirds of what a zip archive makes of them
BUILDS = ("assemble", "upload", "pre_build", "builder_assemble", "build_env", "build")
# What the unpacked copy is started through. A temporary one removes itself.
START = """\
import sys

directory = __file__.rpartition("/")[0]
sys.path.insert(0, directory)
{more}
from s2itasks.cli.main import main

main()
"""
REMOVES = """\
import atexit, shutil

atexit.register(shutil.rmtree, directory, ignore_errors=True)
"""
CHANGED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)  # which it ignores; the next one is to find them as they were


class DamagedError(Exception):
    """The archive is not as it was made."""


def main() -> NoReturn:
    """Unpack the archive that this is in, and become what is unpacked."""
    archive = Path(__file__).parent
    words = sys.argv[1:]
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stopped)
    try:
        from handover import hand_over  # type: ignore[import-not-found] # noqa: PLC0415 - it is in the archive alone

        hand_over(words, os.environ)
        copy = unpacked(archive, words, os.environ)
    except (DamagedError, zipfile.BadZipFile, tarfile.TarError, zlib.error, KeyError, ValueError) as problem:
        sys.exit(f"s2itasks: error: {archive} is damaged ({problem}); fetch it again")
    except OSError as problem:
        where = f" {problem.filename}:" if problem.filename else ""
        why = f"{where} {problem.strerror}"
        sys.exit(f"s2itasks: error: {archive} cannot be unpacked:{why}; give it a place with TMPDIR")
    for number in (*CHANGED_BY_PYTHON, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if number in CHANGED_BY_PYTHON or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    os.execve(sys.executable, [sys.executable, "-I", str(copy / "start.py"), *words], _as_started())  # noqa: S606


def unpacked(archive: Path, words: Sequence[str], environ: Mapping[str, str]) -> Path:
    """Return the directory of an unpacked copy, made now where there is none yet.

    :param words: the command line that it is for.
    :raises DamagedError: when a checksum differs; other errors of `zipfile` and `zlib` mean the same.
    :raises OSError: when there is no place for it.
    """
    with zipfile.ZipFile(archive) as opened:
        content = opened.read(MANIFEST)
        checksums = json.loads(content)["files"]
        cache = None if _is_build(words) else _cache(environ)
        if cache is not None:
            kept = cache / hashlib.sha256(content).hexdigest()[:16]
            spoilt = _is_ours(kept) and not all((kept / name).is_file() for name in ("start.py", *checksums))
            if _is_ours(kept) and not spoilt:
                return kept
            with contextlib.suppress(OSError):  # it may be somebody else's, or its disk full; then nothing is kept
                return _kept(_copied(opened, checksums, cache, START.format(more="")), kept, spoilt=spoilt)
        return _copied(opened, checksums, None, START.format(more=REMOVES))


def _copied(opened: zipfile.ZipFile, checksums: Mapping[str, str], parent: Optional[Path], start: str) -> Path:  # noqa: FA100 - see below
    """Return a new directory with everything that is in the archive."""
    copy = Path(tempfile.mkdtemp(prefix="s2itasks-", dir=parent))
    try:
        _unpack(opened, checksums, copy)
        (copy / "start.py").write_text(start, encoding="utf-8")
    except BaseException:
        shutil.rmtree(copy, ignore_errors=True)
        raise
    return copy


def _stopped(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def files(opened: zipfile.ZipFile, checksums: Mapping[str, str]) -> Iterator[tuple[str, int, bytes]]:
    """Yield each file with its mode and its content.

    :raises DamagedError: when a checksum differs.
    """
    packed = tarfile.open(fileobj=io.BytesIO(opened.read(FILES)))  # noqa: SIM115 - there is nothing to close
    for name, checksum in checksums.items():
        member = packed.getmember(name)
        extracted = packed.extractfile(member)
        content = extracted.read() if extracted else b""
        if hashlib.sha256(content).hexdigest() != checksum:
            raise DamagedError(name)
        yield name, member.mode, content


def _unpack(opened: zipfile.ZipFile, checksums: Mapping[str, str], directory: Path) -> None:
    for name, mode, content in files(opened, checksums):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)


def _kept(copy: Path, kept: Path, *, spoilt: bool) -> Path:
    """Let a copy be the one that is kept, in the place of one that has been spoilt; another process may be faster."""
    try:
        if spoilt:
            shutil.rmtree(kept, ignore_errors=True)
        copy.rename(kept)
    except OSError:
        shutil.rmtree(copy, ignore_errors=True)
        if not _is_ours(kept):
            raise
    return kept


def _is_build(words: Sequence[str]) -> bool:
    first = next((word for word in words if word != "--dry"), "")
    return first.replace("-", "_") in BUILDS


def _cache(environ: Mapping[str, str]) -> Optional[Path]:  # noqa: FA100 - see above
    """Return the directory for copies that are kept, if there can be one that nobody else writes to."""
    home = environ.get("HOME")
    place = environ.get("XDG_CACHE_HOME") or (f"{home}/.cache" if home else "")
    root = environ.get("S2I_APPLICATION_PATH") or environ.get("APP_ROOT") or "/opt/app-root"
    if not place.startswith("/") or f"{place}/".startswith(f"{root}/"):  # the home directory of an image is the source
        return None
    directory = Path(place) / "s2itasks"
    try:
        for each in (directory.parent, directory):  # a home directory that is not there is nobody's to make
            each.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return None
    return directory if _is_ours(directory) and os.access(directory, os.W_OK) else None


def _is_ours(directory: Path) -> bool:
    """Whether a directory is one that nobody else can change."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return directory.is_dir() and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _as_started() -> Mapping[bytes, bytes]:
    """Return the environment without what Python changes in it: LC_CTYPE, under the C locale (PEP 538)."""
    try:
        entries = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:
        return os.environb
    return dict(entry.split(b"=", 1) for entry in entries if b"=" in entry)


if __name__ == "__main__":
    main()
