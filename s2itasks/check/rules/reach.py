"""Rules 103, 109 and 110: whether the entry points reach the hooks, and how."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.shell import Command, Compound, Node, Word

from .entry_points import call, has_one_file, hooks_of, is_nearly_s2itasks, listed

# Commands that name the hooks without running any.
LOOKS = ("[", "[[", "test", "ls", "find", "cat", "echo", "printf", "chmod", "chown", "mkdir", "rm", "cp", "mv", "sed")
MOVES = ("mv", "cp", "rsync", "ln", "tar", "install", "cd", "pushd", "eval", ".", "source", "bash", "sh", "git")
SOURCE = r"(?:\./|~/|\$\{?(?:HOME|S2I_SOURCE_PATH|PWD)\}?/|/opt/app-root/src/|\$\{?APP_ROOT\}?/src/)?"
IN_SOURCE = re.compile(rf"{SOURCE}\.s2i/action_hooks")
BESIDE = re.compile(r"(?=[^ ]*(?:dirname|BASH_SOURCE|\$\{0%)).*action_hooks")


@error(103, "An entry point that does not reach s2itasks")
def not_reached(source: Source) -> Iterator[Spot]:
    """The hooks are there, and nothing calls them."""
    for file in source.of(Role.ENTRY_POINT):
        hooks = hooks_of(source, file.name)
        may_run_them = _runs_hooks(file) or (not file.fully_read and "action_hooks" in file.text)
        if hooks and not source.dockerfile and not may_run_them and not _calls_s2itasks(source, file):
            never = f"{listed(hooks)} {'is' if len(hooks) == 1 else 'are'} never run"
            yield at(file, 1, f"nothing in it calls s2itasks, so {never}; {_instead(source, file)}")


@error(109, "A script that looks for hooks where they are not")
def too_early(source: Source) -> Iterator[Spot]:
    """S2I starts it in an empty directory, uploads into another one, and has put the script itself into a third."""
    for file in source.of(Role.ENTRY_POINT):
        if not file.is_shell or source.dockerfile:
            continue
        moved = file.name == "run"
        for node in file.script.nodes_within():
            if isinstance(node, Command) and not node.function:
                moved = moved or _may_move(node)
            makes = isinstance(node, Command) and node.name == "mkdir"
            words = [] if makes else _words(node)
            message = next(filter(None, (_not_there(word.text, moved=moved) for word in words)), "")
            if message and not node.function:
                yield at(file, node.line, f"{message}; {_instead(source, file)}")
                break


def _instead(source: Source, file: File) -> str:
    """Return the cure; what runs the builder as well must not stay beside it."""
    return f"replace what it does by: exec {call(file.name, one_file=has_one_file(source))}"


def _not_there(word: str, *, moved: bool) -> str:
    """Return why a word finds no hooks, if it looks for some."""
    if BESIDE.match(word):
        return "S2I runs this script as /tmp/scripts/..., and there are no hooks beside it"
    if not moved and IN_SOURCE.match(word):
        return "what is uploaded is still in /tmp/src, so there are no hooks here yet"
    return ""


def _may_move(command: Command) -> bool:
    """Whether a command moves what was uploaded to its place, or leads there."""
    program = (command.invoked() or [""])[0]
    moves = program.rpartition("/")[2] in MOVES and not any(IN_SOURCE.match(word) for word in command.argv)
    builds = program.rpartition("/")[2] == "assemble"
    reaches = calls.of_s2itasks(command) is not None or calls.of_powershift(command) is not None
    return moves or builds or reaches


@warning(110, "An entry point that runs hooks by itself")
def by_hand(source: Source) -> Iterator[Spot]:
    """They get no environment then, no limits, no order, and nothing says which of them failed."""
    for file in source.of(Role.ENTRY_POINT):
        if not source.dockerfile and not _calls_s2itasks(source, file):
            for line in _runs_hooks(file)[:1]:
                message = "it runs hooks without s2itasks, so without the environment, the order and the messages of it"
                yield at(file, line, f"{message}; {_instead(source, file)}")


def _runs_hooks(file: File) -> list[int]:
    """Return the lines in which a script may run hooks by itself."""
    lines = []
    for node in file.script.nodes_within():
        name = (node.invoked() or [""])[0].rpartition("/")[2] if isinstance(node, Command) else ""
        if name not in LOOKS and any("action_hooks" in word.text for word in _words(node)):
            lines.append(node.line)
    return lines


def _calls_s2itasks(source: Source, file: File) -> bool:
    """Whether a script reaches s2itasks, directly or through another script."""
    if not file.is_shell or not file.script.nodes or not file.fully_read:
        return "s2itasks" in file.text
    for command in file.script.commands():
        installs = any(word in ("install", "download", "wheel") for word in command.argv)
        program = (command.invoked() or [""])[0].rpartition("/")[2]
        if calls.of_powershift(command) is not None or is_nearly_s2itasks(program):
            return True
        for word in command.all_words():
            if "s2itasks" in word.text and not installs:
                return True
            if not installs and _leads_on(source, file, word.text):
                return True
    return False


def _leads_on(source: Source, file: File, word: str) -> bool:
    """Whether a word names another script of the source in which s2itasks is called."""
    inside = re.sub(r"^(\$\{?\w+\}?|/tmp/src|/opt/app-root/src|\.|\$\(.*\)|`.*`)/", "", word)
    for path in {inside, f".s2i/bin/{os.path.basename(word)}"}:  # noqa: PTH119 - a word, not a path
        target = source.files.get(path)
        if target is not None and target is not file and re.search("s2itasks|action_hooks", target.text):
            return True
        if path and not path.startswith("/") and target is None and "s2itasks" in source.text_of(source.root / path):
            return True
    return False


def _words(node: Node) -> list[Word]:
    if isinstance(node, Command):
        return node.all_words()
    return node.words if isinstance(node, Compound) else []
