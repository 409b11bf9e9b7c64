"""Running in the pinned runtime what pods run all day, without invoke and python-dotenv.

They take longer to import than everything else that a probe does. So `graph_file.compiled` writes down beforehand what
they would find out. Whatever is not simple on a command line is left to them. (What is imported here has named tuples
and no dataclasses for the same reason: those import inspect, ast and dis.)
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from s2itasks.environment import environment_file
from s2itasks.layout import Layout
from s2itasks.process import limits
from s2itasks.process.errors import Unreadable
from s2itasks.process.inherited import of_this_process
from s2itasks.session import Session


def run(words: Sequence[str], graph: str) -> bool:
    """Run the one phase that is asked for, if it is compiled; tell whether that was so.

    :param words: the command line.
    :param graph: the file with the compiled graph.
    :raises Failure: as the phase does.
    """
    try:  # what is no ASCII in it are the bytes of .s2i/environment, which Python spells as the locale says
        compiled = json.loads(os.fsdecode(Path(graph).read_bytes()))
    except FileNotFoundError:
        return False
    phase = compiled["phases"].get(words[0]) if words else None
    if phase is None:
        return False
    name, *rest = words
    command = _command(rest) if phase["takes_command"] else []
    options = {} if phase["takes_command"] else _options(rest, phase["flags"], phase["operand"])
    if command is None or options is None:
        return False
    session = Session(of_this_process(), compiled["environment"]["variables"])
    if not session.layout.has_root or not _is_current(compiled["environment"]["content"], session.layout):
        return False
    session.command = command
    session.becomes = name
    session.quiet = phase["quiet"]
    session.limit = limits.parse(options.pop("timeout", ""), "--timeout", each=phase["limits_each"])
    *before, body = map(_imported, phase["bodies"])
    for each in before if phase["operand"] in (None, *options) else ():  # see `Phase.acts`
        each(session)
    body(session, **options)
    return True


def _command(words: list[str]) -> list[str] | None:
    """Return the command behind ``exec``, or None where there is an option before it."""
    if words[:1] == ["--"]:
        return words[1:]
    return None if words and words[0].startswith("-") else words


def _options(words: list[str], flags: Mapping[str, bool], operand: str | None) -> dict[str, Any] | None:
    """Read the options of a phase, or return None where there is more to say about them.

    :param flags: the spelling of each, and whether it takes a value.
    :param operand: the parameter that a bare word goes to.
    """
    options: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        flag, separator, value = word.partition("=")
        if operand is not None and word and not word.startswith("-") and operand not in options:
            options[operand] = word
            continue
        name = flag[2:].replace("-", "_")
        if flag not in flags or name in options or (separator and not flags[flag]):
            return None
        options[name] = True
        if flags[flag]:
            options[name] = value if separator else next(rest, "")
            if not options[name] or options[name].startswith("-"):
                return None
    return options


def _is_current(content: str, layout: Layout) -> bool:
    """Whether ``.s2i/environment`` is what it was; somebody edits it in a running container, or mounts another."""
    try:
        return environment_file.text(layout.environment_file, "") == content
    except Unreadable:
        return False


def _imported(body: str) -> Callable[..., None]:
    module, _, name = body.rpartition(".")
    function: Callable[..., None] = getattr(import_module(module), name)
    return function
