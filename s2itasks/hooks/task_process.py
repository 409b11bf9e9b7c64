"""Starting a task of the application: in a process of its own, under the application's interpreter."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks.errors import CommandNotFound
from s2itasks.layout import Layout

from . import task_file

PROGRAM = "task_program.py"


def command(layout: Layout, name: str, words: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Give the argv that runs a task.

    It is the ``python`` that the application finds on its PATH, so the task can import the application's packages. It
    gets invoke from us where the application has none of its own: from the copy that ``assemble`` set aside, if there
    is one.

    :param words: the task's options.
    :param env: the environment that it will have.
    :raises CommandNotFound: when there is no interpreter.
    """
    path = env.get("PATH")
    python = shutil.which("python", path=path) or shutil.which("python3", path=path)
    if python is None:
        raise CommandNotFound("python")
    file = task_file.path(layout)
    program = layout.runtime / "s2itasks" / "hooks" / PROGRAM
    packages = layout.runtime
    if not program.is_file():
        program, packages = Path(__file__).with_name(PROGRAM), _packages()
    return [python, str(program), str(packages), str(file), layout.shown(file), name, *words]


def _packages() -> Path:
    """Give the directory that our own invoke comes from."""
    spec = importlib.util.find_spec("invoke")
    assert spec is not None  # noqa: S101 - we run on it
    assert spec.origin is not None  # noqa: S101 - likewise
    return Path(spec.origin).parent.parent
