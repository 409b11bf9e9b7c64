"""Rules 208, 210 and 218: scripts and directories by names that nothing looks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check import elsewhere
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import ACTION_HOOKS, Source
from s2itasks.hooks import near_misses

CODE = (".py", ".yaml", ".yml", ".json", ".toml")


@error(208, "A hook with a name that no phase has")
def misspelt_hook(source: Source) -> Iterator[Spot]:
    """A misspelling, or the name that another platform has for it: nothing runs it."""
    for file in source.strangers:
        directory, _, name = file.path.rpartition("/")
        if directory != ACTION_HOOKS or not file.has_code:
            continue
        others = _text_of_others(source, file)
        missed = near_misses.of_hook(
            name, source.graph.hooks, looks_like_script=file.looks_like_script, is_mentioned=others.__contains__
        )
        if missed:
            yield at(file, 1, str(missed))


@error(218, "Something of .s2i in a place that nothing looks at")
def misplaced(source: Source) -> Iterator[Spot]:
    """A misspelling, or the place that another platform has for them."""
    for missed in near_misses.of_directories(source.names, source.graph.hooks):
        yield Spot(missed.path, 1, str(missed))


@warning(210, "A script among the hooks that nothing runs")
def unknown_script(source: Source) -> Iterator[Spot]:
    """Executable, without extension, and no other file of .s2i names it."""
    known = {spot.path for spot in misspelt_hook.look(source)}
    for file in _strangers(source):
        if file.path in known or not file.executable_in_index_or_tree:
            continue
        if not _named_elsewhere(source, file) and not any(elsewhere.mentioning(source.root, file.path.encode())):
            message = f"there is no phase {file.name!r} and no hook mentions it; keep a helper in another directory"
            yield at(file, 1, message)


def _strangers(source: Source) -> Iterator[File]:
    """Return what lies among the hooks, is none, and looks as if it were to be run."""
    for file in source.strangers:
        directory, _, name = file.path.rpartition("/")
        is_text = name.upper() == name or name.lower().startswith(near_misses.NOT_HOOKS)
        if directory == ACTION_HOOKS and near_misses.SCRIPT_NAME.match(name) and not is_text and file.has_code:
            yield file


def _named_elsewhere(source: Source, named: File) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(named.name)}(?![\w-])", _text_of_others(source, named)))


def _text_of_others(source: Source, file: File) -> str:
    """Return what may name a helper: the other scripts, and code and settings beside them."""
    read = [*source.scripts, *(each for each in source.of(Role.OTHER) if each.name.endswith(CODE))]
    return "\n".join(each.text for each in read if each is not file)
