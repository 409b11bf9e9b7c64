"""The builder's ``assemble``: makes an application's source ready to run.

Steps and their order are those of the ``assemble`` script of the Python builder images.
"""

from __future__ import annotations

import os
from pathlib import Path

from .django import collect_static_files
from .errors import ConflictingTools
from .install import install_application, install_dependencies, upgrade_pip
from .upload import install_source


def assemble(source: Path) -> None:
    """Build the application in *source*, the current directory. Raises Failure, or OSError, at the first problem."""
    if os.environ.get("ENABLE_PIPENV") and os.environ.get("ENABLE_MICROPIPENV"):
        raise ConflictingTools
    install_source(source)
    upgrade_pip()
    install_dependencies(source)
    install_application()
    collect_static_files(source)
