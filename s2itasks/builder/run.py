"""The builder's ``run``: finds out what the application is and becomes it.

The order of precedence is that of the ``run`` script of the Python builder images.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from s2itasks import precedence

from . import django, gunicorn
from .directory import enter_home
from .errors import NoSuchApplication, NothingToRun
from .project import installed_from
from .steps import announce, become


def run(source: Path) -> NoReturn:
    """Become the application in *source*, the current directory: same process, first match. Raises Failure."""
    gunicorn.serve_as_configured()
    enter_home(source)
    run_script_or_file()

    migrating = not os.environ.get("DISABLE_MIGRATE") and django.is_installed()
    if migrating:
        django.migrate()
    port = os.environ.get("PORT") or "8080"
    gunicorn.serve(source, port)
    if migrating or django.is_installed():
        django.serve(port)
    module = precedence.module_below(Path()) or installed_from(source).replace("-", "_")
    raise NothingToRun(needs_gunicorn=gunicorn.lacked_for(), module=module)


def run_script_or_file() -> None:
    """Become ``APP_SCRIPT`` or ``APP_FILE``; return if neither is given nor there under its usual name.

    Raises NoSuchApplication if a given file is missing.
    """
    script, file, given = precedence.named(os.environ)
    if script and Path(script).is_file():
        announce(f"Running application from script ({script}) ...")
        become([script if script.startswith("/") else f"./{script}"])
    if script and given:
        raise NoSuchApplication("APP_SCRIPT", script)
    if file and Path(file).is_file():
        announce(f"Running application from Python script ({file}) ...")
        become([sys.executable, file])
    if file and given:
        raise NoSuchApplication("APP_FILE", file)
