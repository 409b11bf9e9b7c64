"""The commands that hooks call because builder images have them: what stands in for one, and which are absent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.check.file import File
from s2itasks.check.source import Source
from s2itasks.errors import UsageError
from s2itasks.graph import Graph
from s2itasks.process.replacing import replace
from s2itasks.rehearse.pod_environment import SYSTEM
from s2itasks.rehearse.root import Root
from s2itasks.rehearse.untried import Untried

OURS = ("fix-permissions",)  # files beside this one
OF_ALL = ("fix-permissions", "cgroup-limits", "container-entrypoint", "generate_container_user")
OF_FULL = ("gcc", "g++", "make", "git", "node", "npm", "npx")
SOURCING = (".", "source")
ASKING = ("command", "type", "hash", "which", "[", "[[", "test")  # a script that asks whether there is one is prepared


def install(root: Root) -> Path:
    """Write those that stand in for an image's, and return their directory, which is to be the last of PATH."""
    directory = root.path / "commands"
    directory.mkdir(exist_ok=True)
    for name in OURS:
        replace(directory / name, Path(__file__).with_name(name).read_bytes(), 0o755)
    return directory


def absent(source: Path, graph: Graph, environ: Mapping[str, str]) -> Iterator[Untried]:
    """Yield the first call of each that an image has and this machine has not.

    :param source: the application's repository.
    :param graph: the phases that there are.
    :param environ: the shell's environment.
    """
    try:
        scripts = [*Source.read(source, graph, environ).scripts]
    except UsageError:  # there is no .s2i
        return
    named = set()
    for file in scripts:
        for line, word in _called(file):
            if word not in named and not _is_there(word):
                named.add(word)
                whose = "builder images have" if _name(word) in OF_ALL else "the full builder images have"
                where = f"{file.path}:{line}: {word}"
                yield Untried(
                    f"{where}: {whose} it, and this machine has not; install it, or try the script with --container",
                    f"{where}: {whose} it, and this machine has not",
                )


def _called(file: File) -> Iterator[tuple[int, str]]:
    """Yield what a script calls or sources of them, with the line, unless it asks somewhere whether that is there."""
    commands = [(command.line, command.invoked()) for command in file.script.commands()]
    asked = {_name(word) for _, argv in commands if argv and argv[0] in ASKING for word in argv[1:]}
    for line, argv in commands:
        words = argv[1:2] if argv and argv[0] in SOURCING else argv[:1]
        yield from ((line, word) for word in words if _name(word) in {*OF_ALL, *OF_FULL} - asked)


def _is_there(word: str) -> bool:
    if "/" in word:
        return Path(word).exists()
    return word in OURS or shutil.which(word, path=SYSTEM) is not None


def _name(word: str) -> str:
    return word.rpartition("/")[2]
