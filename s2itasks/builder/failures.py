"""Every way in which the builder fails: one line for stderr and an exit status, each."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from pathlib import Path


class Failure(Exception):
    """The builder cannot go on. ``str()`` says why and what to do about it, in one line."""

    exit_status = 1


class StepFailed(Failure):
    """A process that the builder started ended badly; the builder ends with the same status, 128+n for a signal."""

    def __init__(self, name: str, returncode: int) -> None:
        self.exit_status = returncode if returncode > 0 else 128 - returncode
        how = f"exit status {returncode}" if returncode > 0 else f"killed by signal {-returncode}"
        super().__init__(f"{name} failed ({how})")


class Interrupted(Failure):
    """Somebody asked the builder to end."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.exit_status = 128 + number
        super().__init__(f"stopped by {signal.Signals(number).name}")


class CannotStart(Failure):
    """A program could not be executed: 127 if it or its interpreter is missing and 126 otherwise, as in a shell."""

    def __init__(self, program: str, error: OSError) -> None:
        self.exit_status = 127 if error.errno == errno.ENOENT else 126
        reason = os.strerror(error.errno or 0)
        file = Path(shutil.which(program) or program)
        if error.errno == errno.ENOENT and file.is_file():
            first_line = file.read_bytes().split(b"\n", 1)[0]
            reason = f"its first line asks for an interpreter that does not exist: {os.fsdecode(first_line)!r}"
        elif error.errno == errno.EACCES:
            reason += f"; to make it executable: git update-index --chmod=+x {program}"
        super().__init__(f"cannot run {program}: {reason}")


class ConflictingTools(Failure):
    """Pipenv and micropipenv are both asked for. The status 3 is the builder image's."""

    exit_status = 3

    def __init__(self) -> None:
        super().__init__("ENABLE_PIPENV and ENABLE_MICROPIPENV are both set, unset one of them")


class NoSuchApplication(Failure):
    """The file that a variable names as the application does not exist."""

    def __init__(self, variable: str, value: str) -> None:
        super().__init__(f"{variable}={value}: there is no such file in {Path.cwd()}")


class NothingToRun(Failure):
    """The source holds nothing that looks like an application."""

    def __init__(self) -> None:
        super().__init__(
            f"found no application to run in {Path.cwd()}: add an app.py or app.sh, install gunicorn beside a wsgi.py, "
            "or set APP_SCRIPT, APP_FILE or APP_MODULE"
        )
