"""Why a script or a command cannot be started, and how one has ended."""

from __future__ import annotations

import errno
from pathlib import Path

from s2itasks.errors import CANNOT_EXECUTE, NOT_FOUND, TIMED_OUT, Failure, cure_of, ended


class NotExecutable(Failure):
    """A hook, job or builder script has no run bit, or it does not count."""

    def __init__(self, path: Path, shown: str) -> None:
        problem = f"{shown} is not executable"
        if path.stat().st_mode & 0o111:
            problem = f"{shown} may not be executed by this user or on this file system"
            cure = f"look at its owner and mode (ls -l {shown}), and whether it is mounted noexec"
        elif shown.startswith("/"):
            cure = f"in the image: chmod +x {shown}"
        else:
            cure = f"in the repository: git update-index --chmod=+x {shown}"
        super().__init__(problem, cure=cure, status=CANNOT_EXECUTE)


class NotAFile(Failure):
    """A directory, a socket or a dangling link lies where a script is expected."""

    def __init__(self, path: Path, shown: str) -> None:
        what = "a directory" if path.is_dir() else "a link to nothing" if path.is_symlink() else "not a regular file"
        super().__init__(f"{shown} is {what}, where a script is expected", cure="move it away", status=CANNOT_EXECUTE)


class Unreadable(Failure):
    """A file is there but its permissions keep this user from reading it, or it is none that anybody should read."""

    def __init__(self, shown: str, reason: str | OSError) -> None:
        said = f"{reason.strerror}" if isinstance(reason, OSError) else reason
        super().__init__(f"{shown} cannot be read: {said}", cure=cure_of_reading(shown, reason), status=CANNOT_EXECUTE)


def cure_of_reading(shown: str, reason: str | OSError) -> str:
    """Return what to do about a file that cannot be read, see `reading`."""
    if isinstance(reason, OSError) and reason.errno in (errno.EFBIG, errno.EINVAL, errno.EXDEV):
        return "put a regular file of the repository's own there, of at most 1 MiB"
    return f"look at its owner and mode (ls -ld {shown})"


class WindowsLineEndings(Failure):
    """A script has CRLF line endings: its interpreter's name ends in a CR then, or the last word of a command does."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown} has Windows line endings (CRLF)",
            cure=f"convert it (sed -i 's/\\r$//' {shown}), and write '.s2i/** text=auto eol=lf' into .gitattributes",
            status=CANNOT_EXECUTE,
        )


class ByteOrderMark(Failure):
    """A script begins with a byte-order mark, which hides its first line from the kernel and from bash."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown} begins with a byte-order mark",
            cure=f"remove it (sed -i '1s/^\\xef\\xbb\\xbf//' {shown})",
            status=CANNOT_EXECUTE,
        )


class InterpreterMissing(Failure):
    """A script's first line names an interpreter that the image does not have."""

    def __init__(self, shown: str, interpreter: str) -> None:
        super().__init__(
            f"{shown} asks for the interpreter {interpreter!r}, which is not there",
            cure="correct its first line",
            status=NOT_FOUND,
        )


class LoaderMissing(Failure):
    """A binary was linked for a loader that the image does not have, as musl's in an image with glibc."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown} is a binary for another C library: its loader is not there",
            cure="take a build of it for this image",
            status=NOT_FOUND,
        )


class CommandNotFound(Failure):
    """A command is neither a path that exists nor on PATH."""

    def __init__(self, command: str) -> None:
        cure = "correct its path" if "/" in command else "install it, or add its directory to PATH"
        super().__init__(
            f"{command!r}: command not found", cure=cure if command else "give the command a name", status=NOT_FOUND
        )


class CannotExecute(Failure):
    """The kernel refused to execute something that is there."""

    def __init__(self, command: str, reason: str, *, cure: str) -> None:
        super().__init__(f"{command!r} cannot be executed: {reason}", cure=cure, status=CANNOT_EXECUTE)


class HookFailed(Failure):
    """A hook, a job or a builder script ended with a status other than 0."""

    def __init__(self, shown: str, status: int) -> None:
        super().__init__(f"{shown} {ended(status)}", cure=cure_of(status), status=status)


class HookUnparsable(Failure):
    """Bash cannot parse a hook or a job."""

    def __init__(self, shown: str, status: int, line: int) -> None:
        super().__init__(
            f"{shown} has a syntax error in line {line}", cure=f"correct it ('bash -n {shown}' shows it)", status=status
        )


class EnvScriptUnparsable(Failure):
    """An env script has a syntax error.

    :param line: where bash found it.
    :param said: the last line of bash's own message, where that was not shown.
    """

    def __init__(self, shown: str, status: int, line: int, said: str = "") -> None:
        super().__init__(
            f"{shown} has a syntax error in line {line}{f' ({said})' if said else ''}",
            cure=f"correct it for bash, which sources it ('bash -n {shown}' shows it)",
            status=status,
        )
        self.line = line


class TimedOut(Failure):
    """A process took longer than it may."""

    def __init__(self, shown: str, seconds: str, origin: str) -> None:
        super().__init__(
            f"{shown} timed out after {seconds} s, the limit of {origin}",
            cure="find out what it waits for, or raise the limit",
            status=TIMED_OUT,
        )
