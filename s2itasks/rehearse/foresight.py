"""What is known of a rehearsal before anything slow begins, from the source's files and the known variables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from s2itasks.console import event, warning

from . import interpreter
from .machine_pythons import Interpreter
from .versions import shown

DISABLE = "DISABLE_PYPROJECT_TOML_PROCESSING"


def foresee(source: Path, variables: Mapping[str, str], python: str | None, environ: Mapping[str, str]) -> Interpreter:
    """Say what will be, and what will not work; return the Python to rehearse with.

    :param variables: what is known of a pod's environment.
    :param python: the one that is asked for.
    :param environ: the shell's environment.
    :raises Failure: when the rehearsal would end with one.
    """
    choice = interpreter.choose(python, source, environ, installed=not variables.get(DISABLE))
    found = choice.interpreter
    event("rehearse", f"Python {shown(found.version)} ({found.executable}), {choice.why}")
    for remark in choice.remarks:
        warning(remark)
    return found
