"""Rules 503, 504 and 509: what hooks write into logs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from s2itasks.check.rule import Spot, at, warning
from s2itasks.check.source import Source
from s2itasks.masking.text import masked_words
from s2itasks.shell import Command, Compound, Node

SHOWS_ALL = {
    "env": ([],),
    "printenv": ([],),
    "set": ([],),
    "export": ([], ["-p"]),
    "declare": ([], ["-x"], ["-p"], ["-px"], ["-xp"]),
    "typeset": ([], ["-x"], ["-p"], ["-px"], ["-xp"]),
}
PASSES_ON = ("sort", "cat", "tee", "uniq", "nl", "column")
TO_THE_LOG = re.compile(r"(2|/dev/std(out|err)|/dev/tty|/proc/(1|self)/fd/[12]|/dev/fd/[12])$")
CONTAINER_LOG = re.compile(r"^/proc/1/fd/[12]$")


@warning(503, "The environment goes into the log")
def dumps_environment(source: Source) -> Iterator[Spot]:
    """With every password in it."""
    for file in source.scripts:
        for command in file.script.commands():
            if command.words and command.argv[1:] in SHOWS_ALL.get(command.name, ()) and _reaches_the_log(command):
                said = " ".join(command.argv)
                message = f"{said!r} puts every variable into the log, even secrets; 's2itasks env' masks them"
                yield at(file, command.line, message)


def _reaches_the_log(command: Command) -> bool:
    if command.captured or (command.name in ("declare", "typeset") and command.function):
        return False
    for node in (command, *command.around()):
        if isinstance(node, Compound) and node.kind == "function":
            break
        if _goes_elsewhere(node) or not all(_is_passed_on(behind) for behind in _behind(node)):
            return False
    return True


def _goes_elsewhere(node: Node) -> bool:
    return any(each.of_stdout and not TO_THE_LOG.match(each.target.text) for each in node.redirects)


def _behind(node: Node) -> Iterator[Node]:
    """Return what a node's output is piped through."""
    nodes = node.block.nodes if node.block else []
    for place in range(node.place + 1, len(nodes)):
        if nodes[place - 1].after != "|":
            return
        yield nodes[place]


def _is_passed_on(behind: Node) -> bool:
    return isinstance(behind, Command) and behind.name in PASSES_ON and not _goes_elsewhere(behind)


@warning(504, "Commands are traced into the log")
def traces(source: Source) -> Iterator[Spot]:
    """With the values of all variables that they use."""
    message = "{} writes every command into the log with the values it is given, even secrets; leave out the 'x'"
    for file in source.scripts:
        options = file.shebang[1] if file.shebang and file.is_shell else ""
        if re.search(r"(^|\s)-[a-zA-Z]*x[a-zA-Z]*(\s|$)", options):
            yield at(file, 1, message.format(f"'#!{' '.join(file.shebang or ())}'"))
        for command in file.script.commands():
            words = list(takewhile("--".__ne__, command.argv[1:])) if command.name == "set" else []
            if any(re.match(r"-[a-zA-Z]*x", word) for word in words) or ("-o" in words and "xtrace" in words):
                yield at(file, command.line, message.format(f"'{' '.join(masked_words(command.argv))}'"))


@warning(509, "A probe that writes to the container's log by itself")
def own_log(source: Source) -> Iterator[Spot]:
    """Not every user may open PID 1's descriptors."""
    for file in source.probes:
        for command in file.script.commands():
            if any(CONTAINER_LOG.match(word.text) for word in command.all_words()):
                message = f"/proc/1/fd cannot be opened everywhere; drop it and call 's2itasks {file.name} --log'"
                yield at(file, command.line, message)
