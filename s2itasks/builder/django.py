"""What the builder does by itself for an application that has Django installed: all of it through its manage.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from s2itasks import precedence

from . import gunicorn
from .directory import enter_home
from .steps import announce, become, step, succeeds, warn

MANAGE = "./manage.py"
NOT_RECOMMENDED = "this is NOT a recommended way to run your application in production"
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
            "could not run 'manage.py collectstatic'",
            cure="see why with: python manage.py collectstatic --noinput, if you're serving static files with Django",
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
    module, wsgi = precedence.module_below(Path()), Path("wsgi.py").is_file()
    warn(NOT_RECOMMENDED, cure=advice(gunicorn=gunicorn.is_installed(), wsgi=wsgi, module=module))
    become([sys.executable, MANAGE, "runserver", f"0.0.0.0:{port}"])


def advice(*, gunicorn: bool, wsgi: bool, module: str) -> str:
    """Return what to do for a better server than Django's own.

    *gunicorn* is installed, *wsgi* is the usual file, and *module* is one that it could serve if it were told to.
    """
    if gunicorn:
        return f"set APP_MODULE={module or 'MODULE'}, the module to serve, and gunicorn will be used instead"
    if module and not wsgi:
        return f"add gunicorn to requirements.txt and set APP_MODULE={module}, and it will be used instead"
    return "add gunicorn to requirements.txt, and it will be used instead"


def warn_of_missing_manage(command: str) -> None:
    """Print that *command* is left out, in the image's words."""
    django = "seems that you're using Django, but we could not find a 'manage.py' file"
    warn(
        f"{django} in {Path.cwd()}, skipped 'python manage.py {command}'", cure="set APP_HOME to the directory it is in"
    )
