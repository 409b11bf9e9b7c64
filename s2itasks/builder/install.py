"""Installing what an application needs, and the application itself, into the environment of the ``python`` on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from s2itasks import precedence

from .pip import install_tools, pip
from .steps import announce, step
from .tool import install_tool


def upgrade_pip() -> None:
    """Bring pip, setuptools and wheel up to date if ``UPGRADE_PIP_TO_LATEST`` is set."""
    if os.environ.get("UPGRADE_PIP_TO_LATEST"):
        announce("Upgrading pip, setuptools and wheel to the latest version ...")
        install_tools("pip", "setuptools", "wheel", called="the latest pip, setuptools and wheel")


def install_dependencies(source: Path) -> None:
    """Install with the one tool that the environment asks for: Pipenv, micropipenv, or else pip."""
    if os.environ.get("ENABLE_PIPENV"):
        install_with_pipenv(source)
    elif os.environ.get("ENABLE_MICROPIPENV"):
        micropipenv = install_tool("micropipenv", "micropipenv[toml]", source)
        announce("Installing dependencies via micropipenv ...")
        step([micropipenv, "install", "--deploy"])
    elif Path("requirements.txt").is_file():
        announce("Installing dependencies ...")
        pip("install", "-r", "requirements.txt")


def install_with_pipenv(source: Path) -> None:
    """Install what Pipfile.lock or requirements.txt lists, with the Pipenv of ``PIN_PIPENV_VERSION``."""
    version = os.environ.get("PIN_PIPENV_VERSION")
    pipenv = install_tool("pipenv", f"pipenv=={version}" if version else "pipenv", source)
    announce("Installing dependencies via pipenv ...")
    active = activate()
    if Path("Pipfile").is_file():
        step([pipenv, "install", "--deploy", *([] if active else ["--system"])])
    elif Path("requirements.txt").is_file():
        # Without a lock file Pipenv refuses --system, unless told that there will be none.
        step([pipenv, "install", "-r", "requirements.txt", *([] if active else ["--system", "--skip-lock"])])


def activate() -> bool:
    """Show Pipenv the environment to install into, or it makes one of its own; tell whether there is one to show.

    On the builder image an activated environment tells it. Here PATH alone may have chosen the interpreter, this one,
    and in a plain Python image that belongs to no environment at all.
    """
    if not os.environ.get("VIRTUAL_ENV") and sys.prefix != sys.base_prefix:
        os.environ["VIRTUAL_ENV"] = sys.prefix
    return bool(os.environ.get("VIRTUAL_ENV"))


def install_application() -> None:
    """Install the application if it is a package, unless told not to."""
    files = precedence.package_files(os.environ, lambda file: Path(file).is_file())
    # The image installs once for setup.{py,cfg} and once for pyproject.toml, but `pip install .` reads all of
    # these files at once: the second run would build the same package again and replace the first.
    if files:
        announce(f"Installing application (via {', '.join(files)}) ...")
        pip("install", ".")
