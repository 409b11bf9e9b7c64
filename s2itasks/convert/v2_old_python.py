"""What an entry point of OpenShift V2 does that is not needed any more, or that today's Python has not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from .conversion import Conversion
from .entry import Fate

# What V2's Python had, and today's has not.
OLD = {
    re.compile(
        r"^\s*(?:import imp\b|from imp\b|.*\bimp\.(?:find|load)_module)"
    ): "Python has no module imp since 3.12: use importlib",
    re.compile(
        r"\bdjango\.core\.handlers\.wsgi\b"
    ): "since Django 1.7: from django.core.wsgi import get_wsgi_application; application = get_wsgi_application()",
}
ACTIVATES = re.compile(r"activate_this|bin/activate\b")
EXECUTES = re.compile(r"\b(?:execfile|exec|open|run_path|exists|isfile)\s*\(")
ACTIVE = "the virtual environment is active: delete "
BY_HAND = f"{ACTIVE}what activates it, with the whole statement that it stands in (a try with its except)"
EXECFILE = "Python 3 has no execfile: write exec(compile(open(path).read(), path, 'exec'))"


def say(made: Conversion, path: str, text: str) -> None:
    """Say what there is in a file, with what to do about it."""
    lines = text.splitlines()
    activating: dict[int, str] = {}
    told: dict[int, str] = {}
    try:
        found = _Activation(ast.parse(text), lines)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # as Python 2 is none
        told = {at: BY_HAND for at, line in enumerate(lines, start=1) if ACTIVATES.search(line) or _executes(line)}
    else:
        for statement in found.statements:
            activating[statement.lineno] = "\n".join(_lines_of(statement, lines))
            told[statement.lineno] = found.why(statement)
        known = {at for each in found.statements for at in range(each.lineno, (each.end_lineno or each.lineno) + 1)}
        told.update({at: EXECFILE for at, line in enumerate(lines, start=1) if _executes(line) and at not in known})
    for at, line in enumerate(lines, start=1):
        old = (why for pattern, why in OLD.items() if pattern.search(line))
        why = told.get(at) or next(old, "")
        if why and not line.lstrip().startswith("#"):
            made.say(path, Fate.LEFT, why, at, activating.get(at, line))


def _executes(line: str) -> bool:
    return re.search(r"\bexecfile\s*\(", line) is not None


class _Activation:
    """The statements of a module that activate a virtual environment."""

    def __init__(self, tree: ast.Module, lines: Sequence[str]) -> None:
        self.lines = lines
        self.tree = tree
        self.names = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and self._matches(node, ACTIVATES)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self.statements = [*self._in(tree.body)]

    def why(self, statement: ast.stmt) -> str:
        """Return what to do with a statement."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        why = f"{ACTIVE}this line" if first == last else f"{ACTIVE}the whole statement, lines {first} to {last}"
        why += "" if statement in self.tree.body else " (and write 'pass' where nothing else is left)"
        set_there = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)} & self.names
        gone = {id(node) for each in self.statements for node in ast.walk(each)}
        others = sorted({
            each.lineno
            for each in ast.walk(self.tree)
            if isinstance(each, ast.Name) and each.id in set_there and id(each) not in gone
        })  # fmt: skip
        if others and isinstance(statement, ast.Assign):
            why += f", once nothing reads what it sets: line {', '.join(map(str, others))} does"
        return why

    def _in(self, body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
        """Yield those in a block: each as a whole, where nothing else is in it."""
        for statement in body:
            if self._activates(statement):
                yield statement
            else:
                for each in _blocks(statement):
                    yield from self._in(each)

    def _activates(self, statement: ast.stmt) -> bool:
        if isinstance(statement, (ast.If, ast.Try, ast.With)):
            inside = all(self._activates(each) for each in statement.body)
            return inside and not getattr(statement, "orelse", [])
        if isinstance(statement, (ast.Assign, ast.Expr)):
            reads = any(isinstance(each, ast.Name) and each.id in self.names for each in ast.walk(statement))
            return self._matches(statement, ACTIVATES) or (reads and self._matches(statement, EXECUTES))
        return False

    def _matches(self, node: ast.stmt, pattern: re.Pattern[str]) -> bool:
        return pattern.search("\n".join(_lines_of(node, self.lines))) is not None


def _lines_of(node: ast.stmt, lines: Sequence[str]) -> Sequence[str]:
    return lines[node.lineno - 1 : node.end_lineno or node.lineno]


def _blocks(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(statement, name, None) or []
    for handler in getattr(statement, "handlers", None) or []:
        yield handler.body
