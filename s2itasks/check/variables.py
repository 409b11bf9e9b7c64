"""The variables that scripts read and set."""

from __future__ import annotations

from collections.abc import Iterator

from s2itasks.shell import Command, Compound

from .file import File
from .source import Source

SOURCES = (".", "source", "eval")  # take in what is not in the script, and may do anything
OF_FILES = frozenset({"-b", "-d", "-e", "-f", "-h", "-L", "-r", "-s", "-w", "-x"})  # tests of a file of that name


def set_by(source: Source, env_script: str) -> set[str]:
    """Return the variables that an env script of the source sets; none where there is no such script."""
    file = source.hook(env_script)
    return _assigned(file) if file is not None else set()


def reads_elsewhere(file: File) -> bool:
    """Whether a script takes in what is not in it."""
    return any(command.name in SOURCES for command in file.script.commands())


def _assigned(file: File) -> set[str]:
    """Return the variables that a script assigns, exports, reads or loops over."""
    names: set[str] = set()
    for node in file.script.nodes_within():
        if isinstance(node, Compound):
            names |= {node.name} if node.kind == "for" else set()
        elif isinstance(node, Command):
            if not node.words:
                names |= {assignment.name for assignment in node.assignments}
            elif node.name in ("export", "declare", "local", "typeset", "readonly", "read", "mapfile", "readarray"):
                names |= {word.partition("=")[0] for word in node.argv[1:]}
    return names


def handled(file: File) -> set[str]:
    """Return the variables that a script sets itself, has a default for, or asks for before it uses them."""
    names = _assigned(file)
    for command in file.script.commands():
        tests = command.name in ("[", "[[", "test") and not OF_FILES.intersection(command.argv)
        names |= {each.name for each in command.expansions() if each.guarded or tests}
    return names


def first_readings(file: File) -> Iterator[tuple[str, int]]:
    """Yield each variable that a script reads, with the line where it does first."""
    seen: set[str] = set()
    if not file.fully_read:  # what it sets itself may be missing
        return
    for node in file.script.nodes_within():
        words = node.all_words() if isinstance(node, Command) else node.words if isinstance(node, Compound) else ()
        for word in words:
            for expansion in word.expansions:
                if expansion.name not in seen:
                    seen.add(expansion.name)
                    yield expansion.name, expansion.line
