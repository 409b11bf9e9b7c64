"""How a hook, a job or a builder script is started: in place, through its shebang, or by bash when it has none."""

from __future__ import annotations

import enum
import os
from pathlib import Path

from .execution import bash
from .failures import ByteOrderMark, InterpreterMissing, NotAFile, NotExecutable, Unreadable, WindowsLineEndings

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


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
    """Tell what is in a script's place; an env script is sourced, so it needs no run bit."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return State.MISSING
    except OSError:
        return State.UNREACHABLE
    if not path.is_file():
        return State.NOT_A_FILE
    return State.PRESENT if sourced or os.access(path, os.X_OK) else State.NOT_EXECUTABLE


def command(path: Path, shown: str) -> list[str]:
    """Give the argv that starts an executable script.

    :param shown: how messages call it.
    :raises NotAFile, NotExecutable, Unreadable, WindowsLineEndings, ByteOrderMark: when it cannot be started.
    """
    found = state(path)
    _require_file(found, path, shown)
    if found is State.NOT_EXECUTABLE:
        raise NotExecutable(path, shown)
    head = _head(path, shown)
    interpreter = head[2:].split(maxsplit=1)[0] if head.startswith(b"#!") and head[2:].strip() else b""
    if interpreter.startswith(b"/") and not os.path.isfile(interpreter):  # noqa: PTH113 - bytes
        raise InterpreterMissing(shown, os.fsdecode(head.partition(b"\n")[0][2:].strip()))
    runs_by_itself = head.startswith(b"#!") or b"\0" in head
    return [str(path)] if runs_by_itself else [bash(), str(path)]


def require_sourceable(path: Path, shown: str) -> None:
    """Refuse an env script that bash could not make sense of.

    :raises NotAFile, Unreadable, WindowsLineEndings, ByteOrderMark: says why.
    """
    _require_file(state(path, sourced=True), path, shown)
    content = _read(path, shown)
    if content.startswith(BYTE_ORDER_MARK):
        raise ByteOrderMark(shown)
    if b"\r\n" in content:
        raise WindowsLineEndings(shown)


def _require_file(found: State, path: Path, shown: str) -> None:
    if found is State.UNREACHABLE:
        raise Unreadable(shown, "this user may not enter its directory")
    if found is State.NOT_A_FILE:
        raise NotAFile(path, shown)


def _head(path: Path, shown: str) -> bytes:
    """Read a script's first bytes, and refuse what a checkout on Windows makes of scripts."""
    if not os.access(path, os.R_OK):
        return b"\0"  # the kernel can start a binary that nobody may read, and there is nothing to look at
    head = _read(path, shown, 256)
    if head.startswith(BYTE_ORDER_MARK):
        raise ByteOrderMark(shown)
    if b"\0" not in head and head.partition(b"\n")[0].endswith(b"\r"):
        raise WindowsLineEndings(shown)
    return head


def _read(path: Path, shown: str, limit: int = -1) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(limit)
    except OSError as problem:
        raise Unreadable(shown, os.strerror(problem.errno or 0)) from None
