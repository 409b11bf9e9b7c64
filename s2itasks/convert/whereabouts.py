"""Where a script goes while it runs, and which variables it sets: what a line of it means depends on both."""

from __future__ import annotations

import re
from collections.abc import Mapping

from s2itasks.shell import Script

from .unit import is_code

MOVES = ("cd", "pushd", "popd")
SOURCES = (".", "source", "eval")  # what may do anything, and so go elsewhere
GOES_BACK = re.compile(r"\bcd[ \t]+-(?![\w-])|\bOLDPWD\b|~-(?![\w-])")


def goes(script: Script) -> bool:
    """Whether a script may be in another directory in the end, or somewhere in between."""
    return any((command.invoked() or [""])[0] in (*MOVES, *SOURCES) for command in script.commands())


def goes_back(text: str) -> bool:
    """Whether a script reads which directory it was in before."""
    return bool(GOES_BACK.search(text))


def sets(text: str, name: str) -> bool:
    """Whether a script may set a variable: it names it otherwise than to put its value in."""
    pattern = re.compile(rf"(?<![\w$])(?<!\$\{{){name}\b|\$\{{{name}:?=")
    return any(is_code(line) and pattern.search(line) is not None for line in text.split("\n"))


def untouched(values: Mapping[str, str], text: str) -> dict[str, str]:
    """Return those of some variables that have their values all through a script."""
    return {name: value for name, value in values.items() if not sets(text, name)}
