"""Packaging tools, each in an environment of its own, where neither they nor the application can break the other."""

from __future__ import annotations

import sys
from pathlib import Path

from .pip import install_tools
from .steps import announce, step


def install_tool(name: str, requirement: str, source: Path) -> str:
    """Install *requirement* and return the path of its command *name*.

    It goes where the builder image has it, ``.local/venvs`` below the *source*, with a link in ``.local/bin``.
    A second build, perhaps on another Python, starts the environment anew. Raises :class:`StepFailed`.
    """
    announce(f"Installing {name} packaging tool ...")
    environment = source / ".local" / "venvs" / name
    # -I: like pip, venv must not import an application's modules from the current directory.
    step([sys.executable, "-I", "-m", "venv", "--clear", str(environment)])
    install_tools(requirement, called=name, python=str(environment / "bin" / "python"))

    command = environment / "bin" / name
    link = source / ".local" / "bin" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(command)
    return str(command)
