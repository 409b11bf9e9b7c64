"""How the builder fails. Where the image's scripts have words for it, those come first: people search for them."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from s2itasks.errors import CANNOT_EXECUTE, NOT_FOUND, SIGNALLED, Failure, cure_of, ended


class StepFailed(Failure):
    """A process that the builder started ended badly; the builder ends with the same status, 128+n for a signal."""

    def __init__(self, name: str, returncode: int) -> None:
        status = returncode if returncode > 0 else SIGNALLED - returncode
        super().__init__(f"{name} {ended(status)}", cure=cure_of(status), status=status)


class CannotStart(Failure):
    """A program could not be executed: 127 if it or its interpreter is missing and 126 otherwise, as in a shell."""

    def __init__(self, program: str, error: OSError) -> None:
        reason, cure = os.strerror(error.errno or 0), f"look at its owner and mode (ls -l {program})"
        file = Path(shutil.which(program) or program)
        if error.errno == errno.ENOENT and file.is_file():
            first_line = os.fsdecode(file.read_bytes().split(b"\n", 1)[0])
            cure = "take a build of it for this image"  # a binary for another C library
            if first_line.startswith("#!"):
                interpreter = first_line[2:].replace("\r", "^M").split()[0]
                reason, cure = f"{interpreter}: bad interpreter: {reason}", "correct its first line"
            if first_line.endswith("\r"):
                cure = f"convert its Windows line endings (sed -i 's/\\r$//' {program})"
        elif error.errno == errno.ENOENT:
            cure = "correct its path" if "/" in program else "install it, or add its directory to PATH"
        elif error.errno == errno.EACCES:
            cure = f"in the repository: git update-index --chmod=+x {program}"
        super().__init__(
            f"{program}: {reason}", cure=cure, status=NOT_FOUND if error.errno == errno.ENOENT else CANNOT_EXECUTE
        )


class UnknownScript(Failure):
    """The builder has two scripts, and is asked for something else."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(f"the embedded builder has no script {' '.join(words)!r}", cure="give it assemble or run")


class ConflictingTools(Failure):
    """Pipenv and micropipenv are both asked for. The status 3 is the builder image's."""

    def __init__(self) -> None:
        super().__init__(
            "Pipenv and micropipenv cannot be enabled at the same time",
            cure="unset ENABLE_PIPENV or ENABLE_MICROPIPENV",
            status=3,
        )


class HomeMissing(Failure):
    """``APP_HOME`` is not a directory."""

    def __init__(self, home: Path, error: OSError) -> None:
        super().__init__(
            f"{home}: {os.strerror(error.errno or 0)}",
            cure="set APP_HOME to the application's directory, relative to the source",
            status=1,
        )


class NoSuchApplication(Failure):
    """The file that a variable names as the application does not exist."""

    def __init__(self, variable: str, value: str, home: Path | None = None) -> None:
        super().__init__(
            f"file '{value}' not found", cure=f"set {variable} to a file in {home or Path.cwd()}", status=1
        )


class NameUnknown(Failure):
    """A setup.py, by whose name gunicorn would serve the application, cannot be asked."""

    def __init__(self, setup: Path) -> None:
        super().__init__(
            f"{setup} cannot say the name of its module: there is no setuptools, and it has not been installed",
            cure="set APP_MODULE to the module that gunicorn is to serve",
            status=1,
        )


class NothingToRun(Failure):
    """The source holds nothing that looks like an application.

    :param needs_gunicorn: what only gunicorn could serve, if there is something.
    :param module: a module that it would serve if it were told to.
    :param home: where the application was looked for, the current directory unless given.
    """

    def __init__(self, needs_gunicorn: str = "", module: str = "", home: Path | None = None) -> None:
        home = home or Path.cwd()
        problem = "don't know how to run your application"
        if needs_gunicorn:
            why, cure = f"{needs_gunicorn} needs gunicorn, which is not installed", "add gunicorn to requirements.txt"
        elif module:
            why = f"there is no app.py, no app.sh and no wsgi.py in {home}"
            cure = f"set APP_MODULE={module} (and have gunicorn in requirements.txt, which serves it)"
        else:
            why = f"there is no app.py and no app.sh in {home}"
            cure = "set one of APP_MODULE (served by gunicorn), APP_FILE and APP_SCRIPT, or create an app.py"
        super().__init__(f"{problem}: {why}", cure=cure, status=1)
