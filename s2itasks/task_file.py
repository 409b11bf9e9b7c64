"""The tasks that an application declares in ``.s2i/tasks.py``, read from its text.

It is not imported to find them: that would take the application's packages, which a laptop need not have, and their
time, which those who do not use it need not pay. So a task is a function at the top level with invoke's decorator.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .failures import TaskFileUnreadable
from .layout import Layout


@dataclass(frozen=True)
class ApplicationTask:
    """A task of the application.

    :param line: where it is declared, 1 for the first line of the file.
    :param help: the first line of its documentation.
    :param prerequisites: the names of the tasks that it declares to run before it.
    """

    name: str
    line: int
    help: str
    prerequisites: tuple[str, ...]

    def shown(self, file: str) -> str:
        """Spell it for a message.

        :param file: how messages call the task file.
        """
        return f"{self.name} of {file} (line {self.line})"


def path(layout: Layout) -> Path:
    """Give the place of the task file."""
    return layout.source / ".s2i" / "tasks.py"


def tasks(layout: Layout) -> dict[str, ApplicationTask]:
    """Give the tasks by their names, in the order they are declared in; none where there is no task file.

    :raises TaskFileUnreadable: when it cannot be read or is no Python.
    """
    file = path(layout)
    shown = layout.shown(file)
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as problem:
        raise TaskFileUnreadable(shown, None, problem.strerror or str(problem)) from None
    except (SyntaxError, ValueError) as problem:
        raise TaskFileUnreadable(shown, getattr(problem, "lineno", None), str(problem.args[0])) from None
    return {task.name: task for task in _declared(tree)}


def _declared(tree: ast.Module) -> Iterator[ApplicationTask]:
    decorators = set(_decorators(tree))
    names: dict[str, str] = {}  # of tasks by the names of their functions
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if ast.unparse(call.func if call else decorator) in decorators:
                given = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
                before = [*call.args, *_elements(given.get("pre"))] if call else []
                names[function.name] = str(_constant(given.get("name")) or function.name)
                yield ApplicationTask(
                    name=names[function.name],
                    line=function.lineno,
                    help=(ast.get_docstring(function) or "").partition("\n")[0].rstrip("."),
                    prerequisites=tuple(names.get(each, each) for each in map(_function, before)),
                )
                break


def _decorators(tree: ast.Module) -> Iterator[str]:
    """Give the spellings that invoke's ``task`` has in a module."""
    for statement in tree.body:
        if isinstance(statement, ast.Import):
            for name in statement.names:
                if name.name in ("invoke", "invoke.tasks"):
                    yield f"{name.asname or name.name}.task"
        elif isinstance(statement, ast.ImportFrom) and statement.module in ("invoke", "invoke.tasks"):
            for name in statement.names:
                if name.name == "task":
                    yield name.asname or name.name
                elif name.name == "tasks":
                    yield f"{name.asname or name.name}.task"


def _elements(value: ast.expr | None) -> list[ast.expr]:
    return value.elts if isinstance(value, (ast.List, ast.Tuple)) else []


def _function(value: ast.expr) -> str:
    """Give the function that a prerequisite is: itself, or the first argument of ``call``."""
    return ast.unparse(value.args[0] if isinstance(value, ast.Call) and value.args else value)


def _constant(value: ast.expr | None) -> object:
    return value.value if isinstance(value, ast.Constant) else None
