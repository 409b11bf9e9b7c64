"""Running pip as the console script ``pip`` runs: the application's files are not on its path."""

from __future__ import annotations

import sys

from .errors import StepFailed
from .steps import step, warn

# Not `python -m pip`: that looks for modules in the current directory first, and an application with a types.py or a
# runpy.py of its own could install nothing. -P would do from 3.11 on; -I would also hide PYTHONPATH and user packages.
LAUNCHER = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "import runpy; runpy.run_module('pip', run_name='__main__', alter_sys=True)"
)


def pip(*arguments: str, python: str = sys.executable) -> None:
    """Run pip with *arguments* for the interpreter *python*. Raises :class:`StepFailed`."""
    step([python, "-c", LAUNCHER, *arguments], name=" ".join(["pip", *arguments]))


def install_tools(*requirements: str, called: str, python: str = sys.executable) -> None:
    """Install packaging tools; a private index that lacks them (``PIP_INDEX_URL``) is no obstacle.

    The first try uses pip's settings and the second ignores them (``--isolated``), as on the builder image. *called* is
    what a message calls the tools. Raises :class:`StepFailed` if both fail.
    """
    try:
        pip("install", "-U", *requirements, python=python)
    except StepFailed:
        warn(
            f"Installation of {called} failed, trying again from official PyPI with pip --isolated install",
            cure="see pip's output above, and the index of PIP_INDEX_URL",
        )
        pip("install", "--isolated", "-U", *requirements, python=python)
