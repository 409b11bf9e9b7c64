"""A command line from its start to s2itasks' own end, whatever happens."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import signal
import sys

from s2itasks.process import early_exit


def run(graph: str | None = None) -> None:
    """Run ``sys.argv``.

    :param graph: the file with the compiled task graph, which the pinned runtime has.
    :raises SystemExit: with the status of the command; 141 when nobody reads the output any more.
    """
    gc.disable()  # there is nothing to collect in what is being imported, now or later
    early_exit.exit_at_once()
    hold_standard_descriptors()
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 - for as long as we run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a path need not be text, and the locale may know less than we print
            stream.reconfigure(errors="surrogateescape" if stream.encoding == "utf-8" else "backslashreplace")
    status = _run(graph)
    for name in ("stdout", "stderr"):
        with contextlib.suppress(AttributeError):
            try:
                getattr(sys, name).flush()
            except (OSError, ValueError):
                setattr(sys, name, None)  # or Python would fail over it at its end, with a status of its own
    gc.freeze()  # nor at the end, where Python would look for it all the same
    sys.exit(status)


def hold_standard_descriptors() -> None:
    """Keep closed standard descriptors from being taken by files of ours; for a child they are closed as before."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:  # noqa: PERF203 - three times
            os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)  # gets the lowest number that is free, which is this one


def _run(graph: str | None) -> int:
    from s2itasks import console  # noqa: PLC0415 - a signal may come during the long imports
    from s2itasks.errors import SIGNALLED, Failure, SystemRefused  # noqa: PLC0415

    try:
        status = 0 if graph and _run_fast(graph) else _run_by_invoke()
        sys.stdout.flush()
    except BrokenPipeError:
        return SIGNALLED + signal.SIGPIPE
    except Failure as failure:
        console.error(str(failure))
        return failure.status
    except OSError as problem:
        refused = SystemRefused(problem)
        console.error(str(refused))
        return refused.status
    return status


def _run_fast(graph: str) -> bool:
    from s2itasks.launcher import fast_path  # noqa: PLC0415 - likewise

    return fast_path.run(sys.argv[1:], graph)


def _run_by_invoke() -> int:
    from s2itasks.errors import PackagesBroken  # noqa: PLC0415 - likewise

    try:
        from .program import console_script  # noqa: PLC0415 - likewise
    except OSError:
        raise  # nothing is wrong with packages that cannot be read for want of memory or of descriptors
    except Exception as problem:
        raise PackagesBroken(problem) from problem
    gc.freeze()
    gc.enable()
    return console_script().main()
