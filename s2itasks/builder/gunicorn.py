"""Serving a WSGI application with gunicorn, where that is installed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from s2itasks import precedence

from . import project
from .steps import announce, become, succeeds
from .workers import default_workers

CONFIGURATION = Path(precedence.CONFIGURATION)
READS_WSGI_APP = "import sys; from gunicorn import version_info; sys.exit(version_info[:2] < (20, 1))"


def serve_as_configured() -> None:
    """Become gunicorn if its own configuration file names the application; return if not.

    gunicorn reads ``wsgi_app`` from gunicorn.conf.py since its version 20.1.
    """
    if (
        not CONFIGURATION.is_file()
        or precedence.SERVES_BY_ITSELF.encode() not in CONFIGURATION.read_bytes()
        or not is_installed()
    ):
        return
    if succeeds([sys.executable, "-c", READS_WSGI_APP]):
        announce(f"Using {CONFIGURATION}")
        announce("Serving application with gunicorn ...")
        become(["gunicorn"])


def serve(source: Path, port: str) -> None:
    """Become gunicorn with the module that ``APP_MODULE``, a wsgi.py or a setup.py names; return if there is none."""
    module = is_installed() and (os.environ.get("APP_MODULE") or module_of_files(source))
    if not module:
        return
    if not os.environ.get("WEB_CONCURRENCY"):
        os.environ["WEB_CONCURRENCY"] = str(default_workers())
    arguments, origin = settings(port)
    announce(f"Serving application with gunicorn ({module}) with {origin} settings ...")
    become(["gunicorn", module, *arguments])


def lacked_for() -> str:
    """Return what gunicorn would serve if it were installed, or an empty string."""
    module = os.environ.get("APP_MODULE")
    if is_installed() or not (module or Path("wsgi.py").is_file()):
        return ""
    return f"APP_MODULE={module}" if module else "wsgi.py"


def is_installed() -> bool:
    """Whether PATH has gunicorn, as the image asks: it need not be importable by the ``python`` on PATH."""
    return shutil.which("gunicorn") is not None


def module_of_files(source: Path) -> str:
    """Return the name of the module to serve, or an empty string. Raises Failure if setup.py does not say its own."""
    if Path("wsgi.py").is_file():
        return "wsgi"
    setup = precedence.setup_file(source)
    return project.name(setup) if setup else ""


def settings(port: str) -> tuple[list[str], str]:
    """Return gunicorn's arguments and what to call their origin; ``APP_CONFIG`` or ``GUNICORN_CMD_ARGS`` replace ours.

    Arguments are split at blanks and quotes are not special, as in the image's script, where they are an unquoted
    variable: what works here works there. (gunicorn also reads ``GUNICORN_CMD_ARGS`` by itself; old ones did not.)
    """
    configuration, arguments = os.environ.get("APP_CONFIG"), os.environ.get("GUNICORN_CMD_ARGS", "").split()
    if configuration:
        return [*arguments, "--config", configuration], "custom"
    if arguments:
        return arguments, "custom"
    return [f"--bind=0.0.0.0:{port}", "--access-logfile=-"], "default"
