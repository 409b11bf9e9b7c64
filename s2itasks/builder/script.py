"""The process that stands in for a builder's script: its start, its signals, and how it ends."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from s2itasks.errors import Failure, Stopped, SystemRefused

from .assemble import assemble
from .directory import enter
from .errors import UnknownScript
from .run import run
from .steps import announce, failed

SCRIPTS = {"assemble": assemble, "run": run}


def main(argv: Sequence[str]) -> int:
    """Run the script that *argv* names in ``$S2I_SOURCE_PATH`` and return the exit status, if it comes back at all."""
    if len(argv) != 1 or argv[0] not in SCRIPTS:
        return failed(UnknownScript(list(argv)))
    try:
        behave_like_a_shell_script()
        announce(f"{argv[0]}: no builder image here, using the builder embedded in s2itasks")
        enter(source_directory(create=argv[0] == "assemble"))
        SCRIPTS[argv[0]](Path.cwd())
    except Failure as failure:
        return failed(failure)
    except OSError as error:
        return failed(SystemRefused(error))
    return 0


def behave_like_a_shell_script() -> None:
    """Undo what sets CPython apart from the bash that runs a builder's scripts elsewhere.

    - SIGPIPE and SIGXFSZ, which CPython ignores, end this process as any other: ``assemble | head`` is no error, and
      the application does not inherit them ignored.
    - A signal that asks us to end becomes an exception, hence an exit status, also for PID 1, which the kernel spares a
      signal without a handler. One that our caller has us ignore (``nohup``) stays ignored.
    - A file name that the locale cannot show is no reason to fail.
    """
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def interrupt(number: int, _frame: FrameType | None) -> None:
    """Leave whatever is going on."""
    raise Stopped(number)


def source_directory(*, create: bool) -> Path:
    """Return the directory of the application's source; the first build in a plain image may have to *create* it."""
    source = Path(os.environ.get("S2I_SOURCE_PATH") or Path.cwd())
    if create:
        source.mkdir(parents=True, exist_ok=True)
    return source
