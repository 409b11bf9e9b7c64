"""The console script: s2itasks' own end of every command line, whatever happens."""

from __future__ import annotations

import contextlib
import signal
import sys

from . import console
from .failures import SIGNALLED, Failure
from .process import exit_on_signals, hold_standard_descriptors


def main() -> None:
    """Run ``sys.argv``.

    :raises SystemExit: with the status of the command; 141 when nobody reads the output any more.
    """
    status = _run()
    for name in ("stdout", "stderr"):
        with contextlib.suppress(AttributeError):
            try:
                getattr(sys, name).flush()
            except (OSError, ValueError):
                setattr(sys, name, None)  # or Python would fail over it at its end, with a status of its own
    sys.exit(status)


def _run() -> int:
    try:
        hold_standard_descriptors()
        exit_on_signals()
        from .program import program  # noqa: PLC0415 - a signal may come during the long import

        status = program().main()
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return SIGNALLED + signal.SIGPIPE
    except Failure as failure:
        console.error(str(failure))
        return failure.status
    except OSError as problem:
        where = f": {problem.filename}" if problem.filename else ""
        console.error(f"{problem.strerror}{where}")
        return 1
    return status
