"""The name of a project, which the builder's ``run`` takes for the module to serve."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from .errors import NameUnknown
from .steps import last_line, warn


def name(setup: Path) -> str:
    """Return the name in a setup.py: as pip installed it, else as the script says it.

    The images' script always asks setup.py. Where that cannot run there, it is warned of. Raises NameUnknown, or
    StepFailed if setup.py does.
    """
    lacks_setuptools = find_spec("setuptools") is None and b"setuptools" in setup.read_bytes()
    installed = installed_from(setup.parent)
    if installed and lacks_setuptools:
        warn(
            f"{setup.name} can say its name only with setuptools, which images of Python 3.12 and later lack",
            cure=f"set APP_MODULE={installed} in .s2i/environment, so that their run needs no name",
        )
    if not installed and lacks_setuptools:
        raise NameUnknown(setup)
    return installed or last_line([sys.executable, str(setup), "--name"])


def installed_from(directory: Path) -> str:
    """Return the name of what pip has installed from a directory, as its metadata has it; empty where there is none."""
    return next(_installed_from(directory.resolve().as_uri()), "")


def _installed_from(address: str) -> Iterator[str]:
    for distribution in metadata.distributions():
        origin = distribution.read_text("direct_url.json")
        if origin and json.loads(origin).get("url") == address:
            yield distribution.metadata["Name"]
