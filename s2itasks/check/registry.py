"""Every rule, by its id."""

from __future__ import annotations

from collections.abc import Iterator

from . import ignores
from .file import Role
from .rule import Rule, Spot, at, warning
from .rules import (
    django,
    entry_points,
    env_scripts,
    environment,
    files,
    hooks,
    installations,
    jobs,
    logs,
    names,
    paths,
    predecessors,
    reach,
    scripts,
    syntax,
    tasks,
    variables,
)
from .source import Source

MODULES = (
    entry_points,
    reach,
    installations,
    files,
    names,
    syntax,
    tasks,
    env_scripts,
    environment,
    hooks,
    predecessors,
    scripts,
    paths,
    logs,
    variables,
    django,
    jobs,
)


@warning(607, "A comment that ignores an unknown rule")
def unknown_ignored(source: Source) -> Iterator[Spot]:
    """A misspelt id silences nothing."""
    ignoring = [file for file in source.files.values() if file.path == ".s2iignore"]
    for file in (*source.scripts, *source.of(Role.ENVIRONMENT), *ignoring):
        for line, rule in ignores.named(file):
            if rule not in RULES:
                yield at(file, line, f"there is no rule {rule!r} to ignore; the ids are those that check prints")


_declared = [each for module in MODULES for each in vars(module).values() if isinstance(each, Rule)]
RULES = {rule.id: rule for rule in sorted([*_declared, unknown_ignored], key=lambda rule: rule.id)}
