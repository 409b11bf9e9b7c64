"""The tasks that an application declares in ``.s2i/tasks.py``, read from its text.

It is not imported to find them: that would take the application's packages, which a laptop need not have, and their
time, which those who do not use it need not pay. So a task is a function at the top level with invoke's decorator.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from s2itasks.hooks.errors import TaskFileUnreadable
from s2itasks.layout import Layout
from s2itasks.process import reading
from s2itasks.process.errors import cure_of_reading

if TYPE_CHECKING:
    from .task_declarations import ApplicationTask


def path(layout: Layout) -> Path:
    """Return the place of the task file."""
    return layout.source / ".s2i" / "tasks.py"


def tasks(layout: Layout) -> dict[str, ApplicationTask]:
    """Return the tasks by their names, in the order they are declared in; none where there is no task file.

    :raises TaskFileUnreadable: when it cannot be read or is no Python.
    """
    file = path(layout)
    shown = layout.shown(file)
    try:
        layout.require_inside(file)
        text = reading.content(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as problem:
        cure = cure_of_reading(shown, problem)
        raise TaskFileUnreadable(shown, None, problem.strerror or str(problem), cure=cure) from None
    from .task_declarations import BadDeclaration, declared  # noqa: PLC0415 - most applications have no task file

    try:
        return {task.name: task for task in declared(text, str(file))}
    except BadDeclaration as problem:
        raise TaskFileUnreadable(shown, problem.lineno, str(problem), cure=problem.cure) from None
    except (SyntaxError, ValueError) as problem:
        raise TaskFileUnreadable(shown, getattr(problem, "lineno", None), str(problem.args[0])) from None
