"""What the builder does by itself for an application that has Django installed: all of it through its manage.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .directory import enter_home
from .steps import announce, become, step, succeeds, warn

MANAGE = "./manage.py"
IS_INSTALLED = "import sys; from importlib.util import find_spec; sys.exit(find_spec('django') is None)"


def is_installed() -> bool:
    """Ask the application's own interpreter, for its PYTHONPATH and current directory count; this starts a process."""
    return succeeds([sys.executable, "-c", IS_INSTALLED])


def collect_static_files(source: Path) -> None:
    """Collect static files, after a dry run: an application that has none to collect is served as well.

    Changes to ``APP_HOME``. ``DISABLE_COLLECTSTATIC`` switches it off. Raises StepFailed only if the dry run went well.
    """
    if os.environ.get("DISABLE_COLLECTSTATIC") or not is_installed():
        return
    announce("Collecting Django static files ...")
    enter_home(source)
    collect = [sys.executable, MANAGE, "collectstatic", "--noinput"]
    if not Path(MANAGE).is_file():
        warn_of_missing_manage("collectstatic")
    elif succeeds([*collect, "--dry-run"]):
        step(collect)
    else:
        warn(
            "'manage.py collectstatic' does not work here and is left out. If the application serves static files, "
            "see why with: python manage.py collectstatic --noinput"
        )


def migrate() -> None:
    """Bring the database up to date, before any request can meet an older one. Raises StepFailed."""
    if Path(MANAGE).is_file():
        announce("Migrating database ...")
        step([sys.executable, MANAGE, "migrate", "--noinput"])
    else:
        warn_of_missing_manage("migrate")


def serve(port: str) -> None:
    """Become Django's development server; return if there is no manage.py to start it."""
    if not Path(MANAGE).is_file():
        warn_of_missing_manage("runserver")
        return
    announce(f"Serving application with 'manage.py runserver 0.0.0.0:{port}' ...")
    warn("this server is made for development; for production install gunicorn, and it will be used instead")
    become([sys.executable, MANAGE, "runserver", f"0.0.0.0:{port}"])


def warn_of_missing_manage(command: str) -> None:
    """Say that *command* is left out."""
    warn(f"Django is installed but {Path.cwd()} has no manage.py, so '{command}' is left out; is APP_HOME right?")
