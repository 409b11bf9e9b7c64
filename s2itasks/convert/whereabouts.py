"""Where a script goes while it runs, and which variables it sets: what a line of it means depends on both."""

from __future__ import annotations

import re
from collections.abc import Mapping

from s2itasks.check.variables import SOURCES
from s2itasks.shell import Command, Script

from .unit import is_code

MOVES = ("cd", "pushd", "popd")
ENDS = ("exit", "exec", "return")  # what comes behind is not run
SETTERS = "unset|read|readarray|mapfile|for|select|local|declare|typeset|printf -v|getopts"
GOES_BACK = re.compile(r"\bcd[ \t]+-(?![\w-])|\bOLDPWD\b|~-(?![\w-])")


def moves(command: Command) -> bool:
    """Whether a command may go to another directory."""
    return (command.invoked() or [""])[0] in (*MOVES, *SOURCES)


def goes(script: Script) -> bool:
    """Whether a script may be in another directory in the end, or somewhere in between; subshells are left out."""
    return any(moves(command) and not command.in_subshell for command in script.commands())


def goes_back(text: str) -> bool:
    """Whether a script reads which directory it was in before."""
    return bool(GOES_BACK.search(text))


def sets(text: str, name: str) -> bool:
    """Whether a script may set a variable, or takes it away."""
    pattern = re.compile(rf"(?<![\w$]){name}(?:\[[^\]]*\])?\+?=|\$\{{{name}:?=|\b(?:{SETTERS})\b[^\n;]*\s{name}\b")
    return any(is_code(line) and pattern.search(line) is not None for line in text.split("\n"))


def untouched(values: Mapping[str, str], text: str) -> dict[str, str]:
    """Return those of some variables that have their values all through a script."""
    return {name: value for name, value in values.items() if not sets(text, name)}
