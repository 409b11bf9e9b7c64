"""Finding the tasks that a task file declares: functions at the top level with invoke's decorator."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


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


def declared(text: bytes, file: str) -> Iterator[ApplicationTask]:
    """Give the tasks of a file in the order they are declared in.

    :raises SyntaxError, ValueError: when it is no Python.
    """
    tree = ast.parse(text, file)
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
