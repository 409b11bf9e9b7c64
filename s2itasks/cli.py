"""The console script: s2itasks' own end of every command line, whatever happens."""

from __future__ import annotations

import os
import signal
import sys

from . import console
from .failures import SIGNALLED, Failure
from .process import exit_on_signals, hold_standard_descriptors


def main() -> None:
    """Run ``sys.argv``.

    :raises SystemExit: with the status of the command; 141 when nobody reads the output any more.
    """
    try:
        hold_standard_descriptors()
        exit_on_signals()
        from .program import program  # noqa: PLC0415 - a signal may come during the long import

        try:
            program().run()
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python would complain once more at its end
        sys.exit(SIGNALLED + signal.SIGPIPE)
    except Failure as failure:
        console.error(str(failure))
        sys.exit(failure.status)
    except OSError as problem:
        where = f": {problem.filename}" if problem.filename else ""
        console.error(f"{problem.strerror}{where}")
        sys.exit(1)
