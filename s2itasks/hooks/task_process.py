"""Starting a task of the application: in a process of its own, under the application's interpreter."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks.layout import Layout
from s2itasks.process.errors import CommandNotFound

from . import task_file

PROGRAM = "task_program.py"
INVOKE = "task_invoke.py"
PATIENCE = 20  # seconds; a pod may be short of CPU


def command(layout: Layout, name: str, words: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Return the argv that runs a task.

    It is the ``python`` that the application finds on its PATH, so the task can import the application's packages. It
    gets invoke from us where the application has none that would do, see `task_invoke`.

    :param words: the task's options.
    :param env: the environment that it will have.
    :raises CommandNotFound: when there is no interpreter.
    """
    python = _interpreter(env.get("PATH"))
    if python is None:
        raise CommandNotFound("python")
    file = task_file.path(layout)
    programs, packages = _ours(layout)
    return [python, str(programs / PROGRAM), str(packages), str(file), layout.shown(file), name, *words]


def invoke(layout: Layout, environ: Mapping[str, str]) -> str:
    """Return which invoke a task gets, or nothing where that is not known, as on a laptop: no image is there to ask.

    The interpreter is that of the application root if it is a virtual environment, as after the image's activation,
    which is not asked. What ``deploy_env`` would make of PATH is not known, either.

    :param environ: the process environment.
    """
    path = os.pathsep.join([str(layout.application / "bin"), environ.get("PATH", os.defpath)])
    python = _interpreter(path) if layout.application.is_dir() else None
    if python is None:
        return ""
    programs, packages = _ours(layout)
    argv = [python, str(programs / INVOKE), str(packages)]
    try:
        done = subprocess.run(  # noqa: S603 - the application's own
            argv, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = os.fsdecode(done.stdout).splitlines() if done.returncode == 0 else []
    return lines[-1] if lines else ""


def _interpreter(path: str | None) -> str | None:
    return shutil.which("python", path=path) or shutil.which("python3", path=path)


def _ours(layout: Layout) -> tuple[Path, Path]:
    """Return where our programs and our invoke are: in the copy that ``assemble`` set aside, if there is one."""
    programs = layout.runtime / "s2itasks" / "hooks"
    if (programs / INVOKE).is_file():
        return programs, layout.runtime
    return Path(__file__).parent, _packages()


def _packages() -> Path:
    """Return the directory that our own invoke comes from."""
    spec = importlib.util.find_spec("invoke")
    assert spec is not None  # noqa: S101 - we run on it
    assert spec.origin is not None  # noqa: S101 - likewise
    return Path(spec.origin).parent.parent
