"""Every failure that a user can cause: what happened, its cure and its exit status.

Those of one package are in its own `errors` module or beside the code that raises them.

The statuses are the shell's and coreutils': 2 for s2itasks' own usage and configuration, 124 for
what took too long, 126 for what cannot be executed, 127 for what is not there, 128+n for a signal, and otherwise the
status of the process that failed.
"""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

USAGE = 2
TIMED_OUT = 124
CANNOT_EXECUTE = 126
NOT_FOUND = 127
SIGNALLED = 128

OUT_OF_SPACE = (errno.ENOSPC, errno.EDQUOT)
OUT_OF_RESOURCES = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
RAISE_LIMITS = "raise the container's limits (processes, memory, open files)"
SEE_OUTPUT = "see its output above"


class Failure(Exception):
    """A mistake or a failing process, said in one line (``PROBLEM; CURE``) and ended with one exit status.

    :param problem: what happened, and to what or where; no full stop.
    :param cure: what to do about it, as a request ("set X to …"); no full stop.
    :param status: the exit status of the command (1 to 255).
    """

    def __init__(self, problem: str, *, cure: str, status: int = USAGE) -> None:
        super().__init__(f"{problem}; {cure}")
        self.problem = problem
        self.cure = cure
        self.status = status


class UsageError(Failure):
    """The command line asks for something that does not exist or does not fit together."""


class BelongsOnLaptop(UsageError):
    """A command is asked of the copy in an image, which holds only what pods use."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} belongs on a laptop: images do without it",
            cure=f"in a clone of the repository: pip install s2itasks && s2itasks {name}",
        )


class ConfigurationError(Failure):
    """A variable or a file that configures s2itasks has a value it cannot work with."""


class PackagesBroken(ConfigurationError):
    """What s2itasks runs on cannot be imported: an application's requirements have put an older invoke in its place."""

    def __init__(self, problem: Exception) -> None:
        super().__init__(
            f"invoke and python-dotenv are not as s2itasks needs them: {problem}",
            cure="install them again: pip install s2itasks",
        )


class CommandMissing(UsageError):
    """``exec`` is asked to become nothing."""

    def __init__(self) -> None:
        super().__init__("exec needs a command", cure="give it one: s2itasks exec -- CMD ARGS")


class CategoryMissing(UsageError):
    """``jobs`` is told how to run, but not what."""

    def __init__(self) -> None:
        super().__init__("jobs needs a category to run", cure="name one (s2itasks jobs alone lists them)")


class PathNotAbsolute(ConfigurationError):
    """A layout variable holds a relative path, which would mean another directory in every process."""

    def __init__(self, variable: str, value: str) -> None:
        super().__init__(
            f"{variable} is {value!r}, which is not an absolute path", cure="set it to a path that begins with /"
        )


class BuilderScriptMissing(ConfigurationError):
    """The builder's ``assemble`` or ``run`` is wanted, and the scripts directory does not hold it."""

    def __init__(self, script: Path, variable: str) -> None:
        super().__init__(
            f"the builder has no {script.name!r}: {script} does not exist",
            cure=f"set {variable} to the directory of the image's scripts, or unset it for the embedded builder",
        )


class EmbeddedBuilderLeftOut(ConfigurationError):
    """The embedded builder is wanted of the copy in an image that was built with another one."""

    def __init__(self) -> None:
        super().__init__(
            "there is no builder: neither S2I_SCRIPTS_PATH nor the image has one, and the image was built without the "
            "embedded one",
            cure="set S2I_SCRIPTS_PATH to the directory of the scripts that it was built with",
        )


class SourceMissing(ConfigurationError):
    """There is no source directory to run anything in."""

    def __init__(self, source: Path) -> None:
        super().__init__(f"the source directory {source} does not exist", cure="set S2I_SOURCE_PATH to where it is")


class NotWritable(ConfigurationError):
    """A build would have to write where this user cannot.

    :param root: the directory that has to be this user's, with all that is in it.
    """

    def __init__(self, directory: Path, root: Path) -> None:
        super().__init__(
            f"{directory} cannot be written by this user (UID {os.geteuid()}), and a build has to",
            cure=f"in the Dockerfile, as root: RUN mkdir -p {root} && chgrp -R 0 {root} && chmod -R g=u {root}",
        )


class NoApplicationRoot(ConfigurationError):
    """What acts on an application is asked for where there is none, as on a laptop.

    :param upload: what the root would be made of, for a phase that does so; it is not there, either.
    """

    def __init__(self, root: Path, upload: Path | None) -> None:
        missing, variables = f"no application root {root}", "S2I_APPLICATION_PATH"
        if upload:
            missing = f"neither an application root {root} nor an upload {upload}"
            variables = f"{variables} or S2I_UPLOAD_PATH"
        super().__init__(
            f"there is {missing}",
            cure=f"on a laptop, 's2itasks rehearse' builds and runs an application in a root of its own; in an image, "
            f"set {variables}",
        )


class BuilderCallsItself(ConfigurationError):
    """The builder's ``assemble`` turned out to be a script that calls ``s2itasks assemble`` again."""

    def __init__(self, scripts: Path) -> None:
        super().__init__(
            f"assemble is already running: {scripts / 'assemble'} calls s2itasks again",
            cure="set S2I_SCRIPTS_PATH to the directory of the image's own scripts",
        )


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
    """A script is there but its permissions keep this user from reading it."""

    def __init__(self, shown: str, reason: str) -> None:
        super().__init__(
            f"{shown} cannot be read: {reason}",
            cure=f"look at its owner and mode (ls -ld {shown})",
            status=CANNOT_EXECUTE,
        )


class WindowsLineEndings(Failure):
    """A script has CRLF line endings: its interpreter's name ends in a CR then, or the last word of a command does."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown} has Windows line endings (CRLF)",
            cure=f"convert it (sed -i 's/\\r$//' {shown}) and keep it so with '.s2i/** text eol=lf' in .gitattributes",
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


class SystemRefused(Failure):
    """The kernel refused something else, such as writing a file, and nothing more is known."""

    def __init__(self, problem: OSError) -> None:
        file = os.fsdecode(problem.filename) if isinstance(problem.filename, (str, bytes, Path)) else ""
        reason = problem.strerror or str(problem)
        if problem.errno in OUT_OF_SPACE:
            cure = "free space on the file system, or give it more"
        elif problem.errno in OUT_OF_RESOURCES:
            cure = RAISE_LIMITS
        elif file and problem.errno in (errno.ENOENT, errno.ENOTDIR):
            cure = "create it, or correct what names it"
        elif file:
            cure = f"look at its owner and mode (ls -ld {file})"
        else:
            cure = "look at the file system and the limits of the container"
        super().__init__(f"{file}: {reason}" if file else reason, cure=cure, status=1)


class TaskFileUnreadable(ConfigurationError):
    """The application's task file is not valid Python, or cannot be read.

    :param line: where Python gave up, if it got so far.
    """

    def __init__(self, shown: str, line: int | None, reason: str, *, cure: str = "correct it") -> None:
        super().__init__(f"{shown}{f', line {line}' if line else ''}: {reason}", cure=cure)
        self.line = line
        self.reason = reason


class HookTwice(ConfigurationError):
    """A hook exists as a script and as a Python task, and only one of them could run."""

    def __init__(self, script: str, task: str) -> None:
        super().__init__(f"{script} and {task} are the same hook", cure="remove one of them")


class EnvScriptAsTask(ConfigurationError):
    """A Python task has the name of an env script, which only bash can source."""

    def __init__(self, task: str, name: str) -> None:
        super().__init__(
            f"{task} cannot be a task: {name} is sourced by bash", cure=f"rename it, or write {name} in bash"
        )


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


class Stopped(Failure):
    """s2itasks, or its embedded builder, was told to stop by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"stopped by {signal.Signals(number).name}",
            cure="run it again to finish it, or see the pod's events for who stopped it",
            status=SIGNALLED + number,
        )
        self.number = number


def ended(status: int) -> str:
    """Return how a process ended, from its status as a shell gives it."""
    if status > SIGNALLED:
        try:
            return f"was ended by {signal.Signals(status - SIGNALLED).name} (status {status})"
        except ValueError:
            pass
    return f"ended with status {status}"


def cure_of(status: int) -> str:
    """Return what to look at after a process has ended with a status other than 0."""
    if status == SIGNALLED + signal.SIGKILL:
        return f"{SEE_OUTPUT}, and compare its memory with the container's limit"
    return SEE_OUTPUT
