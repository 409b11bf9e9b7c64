"""Rule 114: whether there is a command ``s2itasks`` when a build calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, warning
from s2itasks.check.source import Source
from s2itasks.check.variables import SOURCES
from s2itasks.shell import Command

from .entry_points import call

# What may put it there, or a directory of it on PATH: such a script is left in peace.
INSTALLS = re.compile(
    r"\b(?:install|pip\d?|pipx|pipenv|poetry|uvx?|pdm|conda|mamba|curl|wget|eval|alias|PATH=|activate)\b|"
    rf"{re.escape(calls.ONE_FILE)}|s2itasks\s*\(\)|\bfunction\s+s2itasks\b|\$\("
)
SHELLS = ("bash", "sh", *SOURCES)


@warning(114, "A call to s2itasks that nothing installs")
def not_installed(source: Source) -> Iterator[Spot]:
    """The build ends with 127, unless the builder image has s2itasks."""
    for file in source.of(Role.ENTRY_POINT):
        if file.name != "assemble" or source.dockerfile or not file.fully_read or _may_install(file):
            continue
        for command in file.script.commands():
            if (command.invoked() or [""])[0] == "s2itasks":
                message = "nothing here installs s2itasks; unless the builder image has it, call the one file"
                yield at(file, command.line, f"{message}: {call('assemble', one_file=True)}")
                break


def _may_install(file: File) -> bool:
    """Whether a script may install something, or runs another one, which may."""
    code = "\n".join(line for line in file.lines if not line.lstrip().startswith("#"))
    return bool(INSTALLS.search(code)) or any(map(_runs_another, file.script.commands()))


def _runs_another(command: Command) -> bool:
    argv = command.invoked() or [""]
    if command.replaces:
        return False
    return argv[0] in SHELLS or "/" in argv[0] or "$" in argv[0]
