"""The verdict on a hook, a job, an env script or a builder script: whether it can be used, and how it is started.

Run bit, Windows line endings, byte-order mark and interpreter are looked at before every use. Syntax is not, because
that takes a bash more: it is asked for at the end of ``assemble``, by ``--list``, ``--help`` and ``--dry``, and once a
script has failed.
"""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from s2itasks.errors import Failure
from s2itasks.process.errors import (
    ByteOrderMark,
    CommandNotFound,
    EnvScriptUnparsable,
    HookFailed,
    HookUnparsable,
    InterpreterMissing,
    NotAFile,
    NotExecutable,
    Unreadable,
    WindowsLineEndings,
)

from .execution import bash

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HEAD = 256  # bytes that the kernel looks at to find an interpreter
ENOUGH = 1 << 20  # bytes that are looked at; what is longer carries an archive behind its last line
MOST_PARTS = 10  # beginnings of a script that bash is asked to parse, should it not like the whole
UNPARSABLE = 2  # the status of a bash that cannot parse its script
# A line at which a script ends, so that bash never parses what is behind it.
LEAVES = re.compile(rb"^(?:exit|return)\b|^exec[ \t]+[^\s<>&\d{]")


class State(enum.Enum):
    """What the application has in a script's place."""

    PRESENT = "present"
    MISSING = "missing"
    NOT_EXECUTABLE = "not executable"
    NOT_A_FILE = "not a file"
    UNREACHABLE = "unreachable"
    SHADOWED = "shadowed"  # a Python task is the same hook
    UNKNOWN = "unknown"  # no script, and a task file that cannot be read


def state(path: Path, *, sourced: bool = False) -> State:
    """Return what is in a script's place; an env script is sourced, so it needs no run bit."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return State.MISSING
    except OSError:
        return State.UNREACHABLE
    if not path.is_file():
        return State.NOT_A_FILE
    return State.PRESENT if sourced or os.access(path, os.X_OK) else State.NOT_EXECUTABLE


def verdict(path: Path, shown: str, *, sourced: bool = False, syntax: bool = False) -> Failure | None:
    """Return why a script that is there cannot be used, with the status that its use ends with; None where it can.

    :param shown: how messages call it.
    :param sourced: it is an env script.
    :param syntax: ask bash as well whether it can parse the script; that takes some milliseconds.
    """
    try:
        if sourced:
            require_sourceable(path, shown)
        else:
            command(path, shown)
    except Failure as failure:
        return failure
    return syntax_error(path, shown, sourced=sourced) if syntax else None


def command(path: Path, shown: str) -> list[str]:
    """Return the argv that starts an executable script.

    :param shown: how messages call it.
    :raises NotAFile, NotExecutable, Unreadable, ByteOrderMark, WindowsLineEndings, InterpreterMissing: when it cannot
        be started.
    """
    found = state(path)
    _require_file(found, path, shown)
    if found is State.NOT_EXECUTABLE:
        raise NotExecutable(path, shown)
    if not os.access(path, os.R_OK):
        return [str(path)]  # the kernel can start a binary that nobody may read, and there is nothing to look at
    head = _read(path, shown, HEAD)
    if head.startswith(BYTE_ORDER_MARK):
        raise ByteOrderMark(shown)
    shebang = _shebang(head)
    if shebang.endswith(b"\r") or (_is_for_bash(head) and _is_harmed_by_crs(_read(path, shown))):
        raise WindowsLineEndings(shown)
    interpreter = (shebang.split(maxsplit=1) or [b""])[0]
    if interpreter.startswith(b"/") and not os.path.isfile(interpreter):  # noqa: PTH113 - bytes
        raise InterpreterMissing(shown, os.fsdecode(shebang))
    runs_by_itself = head.startswith(b"#!") or b"\0" in head
    return [str(path)] if runs_by_itself else [bash(), str(path)]


def require_sourceable(path: Path, shown: str) -> None:
    """Refuse an env script that bash could not make sense of.

    :raises NotAFile, Unreadable, ByteOrderMark, WindowsLineEndings: says why.
    """
    _require_file(state(path, sourced=True), path, shown)
    content = _read(path, shown)
    if content.startswith(BYTE_ORDER_MARK):
        raise ByteOrderMark(shown)
    if _is_harmed_by_crs(content):
        raise WindowsLineEndings(shown)


def syntax_error(path: Path, shown: str, *, sourced: bool = False) -> Failure | None:
    """Return what is wrong with the syntax of a script that bash runs or sources, or None.

    What bash would never come to is not looked at: text behind an ``exit`` at the left margin, as an archive is.
    """
    try:
        content = _read(path, shown).partition(b"\0")[0]
        line = _unparsable_line(content) if sourced or _is_for_bash(content[:HEAD]) else None
    except (CommandNotFound, Unreadable):
        return None
    parts = islice(_parts_that_end(content, line or 0), MOST_PARTS)
    if line is None or any(_unparsable_line(part) is None for part in parts):
        return None
    return EnvScriptUnparsable(shown, UNPARSABLE, line) if sourced else HookUnparsable(shown, UNPARSABLE, line)


def failed(path: Path, shown: str, status: int) -> Failure:
    """Return the failure of a hook or job that ended with a status other than 0."""
    unparsable = syntax_error(path, shown) if status == UNPARSABLE else None
    return unparsable or HookFailed(shown, status)


def _require_file(found: State, path: Path, shown: str) -> None:
    if found is State.UNREACHABLE:
        raise Unreadable(shown, "this user may not enter its directory")
    if found is State.NOT_A_FILE:
        raise NotAFile(path, shown)


def _shebang(head: bytes) -> bytes:
    """Return what is behind ``#!`` in the first line, with the CR that may end it; nothing where there is no ``#!``."""
    return head.partition(b"\n")[0][2:].strip(b" \t") if head.startswith(b"#!") else b""


def _is_for_bash(head: bytes) -> bool:
    """Whether bash or a shell like it runs the script: by its first line, or because it has none."""
    words = [word.rpartition(b"/")[2] for word in _shebang(head).split()]
    if words[:1] == [b"env"]:
        words = [word for word in words[1:] if not word.startswith(b"-")]
    return words[0] in (b"bash", b"sh") if words else b"\0" not in head


def _is_harmed_by_crs(content: bytes) -> bool:
    """Whether a line ends in a CR that bash takes for a part of its last word; in comments it does no harm.

    In strings and here-documents it becomes content that nobody sees in the file; it counts as harm there, too.
    """
    if b"\r" not in content:
        return False
    lines = content.partition(b"\0")[0].split(b"\n")
    return any(line.endswith(b"\r") and not line.lstrip(b" \t").startswith(b"#") for line in lines)


def _unparsable_line(content: bytes) -> int | None:
    """Return the line where bash cannot parse a script, or None where it can.

    A script may switch extended patterns on, which ``bash -n`` does not notice. Of a mistake in ``[[`` it says where it
    is, and ends with status 0, as does bash itself, which leaves the script there.
    """
    import subprocess  # noqa: PLC0415 - few scripts have to be asked about

    line = None
    for options in ([], ["-O", "extglob"]):
        asked = subprocess.run(  # noqa: S603 - it executes nothing
            [bash(), *options, "-n", "/dev/stdin"],
            input=content,
            env={"LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
        found = re.search(rb": line (\d+): (?!warning: )", asked.stderr)
        if found is None:
            return None
        line = int(found[1])
    return line


def _parts_that_end(content: bytes, line: int) -> Iterator[bytes]:
    """Return the beginnings of a script that end with leaving it, before a line."""
    lines = content.splitlines(keepends=True)
    for number, each in enumerate(lines[: line - 1], start=1):
        if LEAVES.match(each):
            yield b"".join(lines[:number])


def _read(path: Path, shown: str, limit: int = ENOUGH) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(limit)
    except OSError as problem:
        raise Unreadable(shown, os.strerror(problem.errno or 0)) from None
