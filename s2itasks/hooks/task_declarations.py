"""Finding the tasks that a task file declares: functions at the top level with invoke's decorator."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DEEPEST = 300  # tasks, each before the next; invoke follows them recursively, which Python ends at some 900
SHOWN = 5  # tasks of a circle that a message names
TOO_DEEP = "it is nested too deeply for Python"
TAKE_APART = "take it apart"
BEGINS_STATEMENT = re.compile(rb"(?!elif\b|else\b|except\b|finally\b)[^\s#)\]}]")


class BadDeclaration(ValueError):
    """A file is Python, but what it declares cannot be followed.

    :param lineno: where, as a SyntaxError has it.
    :param cure: what to do about it.
    """

    def __init__(self, reason: str, lineno: int | None, cure: str) -> None:
        super().__init__(reason)
        self.lineno = lineno
        self.cure = cure


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


def declared(text: bytes, file: str) -> list[ApplicationTask]:
    """Return the tasks of a file in the order they are declared in.

    :raises SyntaxError, ValueError: when it is not valid Python.
    :raises BadDeclaration: when it is nested too deeply, or a task is its own prerequisite.
    """
    try:
        tree = ast.parse(text, file)
    except (MemoryError, RecursionError):
        raise BadDeclaration(TOO_DEEP, _line_too_deep(text), TAKE_APART) from None
    tasks = list(_tasks(tree))
    _require_order({task.name: task for task in tasks})
    return tasks


def _tasks(tree: ast.Module) -> Iterator[ApplicationTask]:
    decorators = set(_decorators(tree))
    names: dict[str, str] = {}  # of tasks by the names of their functions
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if _dotted(call.func if call else decorator) in decorators:
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


def _require_order(tasks: Mapping[str, ApplicationTask]) -> None:
    """Refuse tasks that are their own prerequisites, or stand on top of too many.

    :raises BadDeclaration: names the task.
    """
    heights: dict[str, int] = {}

    def height(name: str, above: tuple[str, ...]) -> int:
        if name in above:
            circle = (*above[above.index(name) :], name)
            shown = " needs ".join(circle if len(circle) <= SHOWN else (*circle[:SHOWN], "..."))
            reason = f"task {name!r} is its own prerequisite ({shown})"
            raise BadDeclaration(reason, tasks[name].line, "take one out")
        if name not in heights and len(above) <= DEEPEST:
            before = [each for each in tasks[name].prerequisites if each in tasks]
            heights[name] = 1 + max((height(each, (*above, name)) for each in before), default=0)
        if heights.get(name, DEEPEST + 1) > DEEPEST:
            reason = f"more than {DEEPEST} tasks have to run before task {name!r}, each before the next"
            raise BadDeclaration(reason, tasks[name].line, "let fewer of them need each other")
        return heights[name]

    for name in tasks:
        height(name, ())


def _line_too_deep(text: bytes) -> int | None:
    """Return the line of the first statement at the left margin that Python cannot parse for its depth, if known."""
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if BEGINS_STATEMENT.match(line)]
    for begin, end in zip(begins, [*begins[1:], len(lines)]):
        try:
            ast.parse(b"".join(lines[begin:end]).lstrip(b"@"))  # a decorator alone is no statement
        except (MemoryError, RecursionError):  # noqa: PERF203 - the file is broken anyway
            return begin + 1
        except (SyntaxError, ValueError):
            continue
    return None


def _decorators(tree: ast.Module) -> Iterator[str]:
    """Return the spellings that invoke's ``task`` has in a module."""
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
    """Return the function that a prerequisite is: itself, or the first argument of ``call``."""
    function = value.args[0] if isinstance(value, ast.Call) and value.args else value
    try:
        return _dotted(function) or ast.unparse(function)
    except RecursionError:
        raise BadDeclaration(TOO_DEEP, value.lineno, TAKE_APART) from None


def _dotted(value: ast.expr) -> str:
    """Return a name with dots, or nothing where it is more than that."""
    names: list[str] = []
    while isinstance(value, ast.Attribute):
        names.append(value.attr)
        value = value.value
    return ".".join([value.id, *reversed(names)]) if isinstance(value, ast.Name) else ""


def _constant(value: ast.expr | None) -> object:
    return value.value if isinstance(value, ast.Constant) else None
