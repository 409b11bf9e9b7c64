"""The three forms of s2itasks that have to do the same: each test of what pods do can run in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from application import S2ITASKS, Application, Result

CONSOLE = "the console script"
RUNTIME = "the pinned Python"
LAUNCHER = "the compiled programs"
FORMS = (CONSOLE, RUNTIME, LAUNCHER)
# The console script runs the same Python as the pinned one, and starts three times as slowly.
in_every_form = pytest.mark.parametrize("form", [RUNTIME, LAUNCHER, pytest.param(CONSOLE, marks=pytest.mark.slow)])


def program(application: Application, form: str) -> Path:
    """Return the s2itasks of this form, for the application as it is now: it is pinned anew each time."""
    if form == CONSOLE:
        (application.path / "libexec" / "s2itasks").unlink(missing_ok=True)  # or it would hand over to that
        return Path(S2ITASKS)
    return application.pin()["runtime" if form == RUNTIME else "launcher"]


def run(
    application: Application,
    form: str,
    *words: str,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
) -> Result:
    """Run a command line in one form to its end, in a session of its own, as a container's runtime starts it.

    :param environ: the whole process environment; that of a container unless given.
    :param cwd: the source directory unless given.
    """
    return application.run(program(application, form), *words, environ=environ, cwd=cwd, stdin=stdin)
