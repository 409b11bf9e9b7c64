"""Going from one directory to another as a shell does."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import HomeMissing


def enter(directory: Path) -> None:
    """Make *directory* the current one, and ``PWD`` say so to all children. Raises OSError if that cannot be done."""
    os.chdir(directory)
    os.environ["PWD"] = str(Path.cwd())


def enter_home(source: Path) -> None:
    """Go to ``APP_HOME``, the part of the *source* that holds the application, with the source still importable.

    As on the image, the source directory only gets into a ``PYTHONPATH`` that there already is: its scripts assign the
    variable but do not export it. Raises HomeMissing if ``APP_HOME`` is not a directory.
    """
    if "PYTHONPATH" in os.environ:
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(source), os.environ["PYTHONPATH"]]))
    if os.environ.get("APP_HOME"):
        home = Path(os.environ["APP_HOME"]).resolve()
        try:
            enter(home)
        except OSError as error:
            raise HomeMissing(home, error) from None
        # A relative value would mean another directory now.
        os.environ["APP_HOME"] = str(home)
