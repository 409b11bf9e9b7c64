"""Rules 3xx: env scripts, which are sourced under ``set -a`` and ``set -eo pipefail``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.shell import Block, Command, Compound, Node

TESTS = ("[", "[[", "((", "test", "grep", "egrep", "fgrep", "type", "which", "pgrep", "expr", "cmp", "diff")
TEMPORARY = re.compile(r"[a-z_][a-z0-9_]*$")
CONFIGURES = re.compile(r"(\w+_proxy|npm_config_\w+|_)$")  # lower-case variables that programs look for
DECLARES = ("export", "local", "declare", "typeset", "readonly")


@error(301, "An env script for an interpreter other than bash")
def not_bash(source: Source) -> Iterator[Spot]:
    """Bash sources it, whatever its first line says."""
    for file in source.of(Role.ENV_SCRIPT):
        program = " ".join(filter(None, file.shebang)) if file.shebang else ""
        if program and not re.search(r"\b(bash|sh|dash|ash)\b", program):
            yield at(file, 1, f"it is sourced by bash, so '#!{program}' has no effect; write it in bash")


@warning(302, "An env script that prints")
def prints(source: Source) -> Iterator[Spot]:
    """deploy_env is evaluated for every command in a pod: its output is noise in all of them."""
    for file in source.of(Role.ENV_SCRIPT):
        for command in file.script.commands():
            if command.name in ("echo", "printf", "cat") and not _is_quiet(command):
                message = f"{command.name} prints, for every command in a pod; leave it out, or send it to >&2"
                yield at(file, command.line, message)


def _is_quiet(command: Command) -> bool:
    assigns = command.name == "printf" and command.argv[1:2] == ["-v"]
    return assigns or command.captured or bool(command.function) or command.stdout_redirected


@error(303, "An env script that exits")
def exits(source: Source) -> Iterator[Spot]:
    """It is sourced: exit and exec would end or replace the shell that does it."""
    for file in source.of(Role.ENV_SCRIPT):
        for command in file.script.commands():
            if (command.name == "exit" or command.replaces) and not command.in_subshell:
                cure = "use 'return' to leave it early" if command.name == "exit" else "run it without 'exec'"
                yield at(file, command.line, f"{command.name} ends the shell that sources the script; {cure}")


@warning(304, "An env script whose last command can be false")
def last_command_false(source: Source) -> Iterator[Spot]:
    """The script runs under set -e, and its last status is its own."""
    for file in filter(_is_fully_read, source.of(Role.ENV_SCRIPT)):
        for node in _last_false(file.script):
            message = "this is the last command, and if it is false, the phase fails; use 'if', or end with 'true'"
            yield at(file, node.line, message)


def _last_false(block: Block) -> Iterator[Node]:
    """Return the beginning of a block's last list of commands if that can be false, also inside of its last ``if``."""
    chain: list[Node] = []
    for node in reversed(block.nodes):
        chain.insert(0, node)
        if not node.before:
            break
    if not chain or chain[-1].after == "&" or any(node.before == "||" for node in chain):
        return
    last = chain[-1]
    if any(_is_test(node) for node in chain if node.after != "|"):
        yield chain[0]
    elif isinstance(last, Compound) and len(chain) == 1 and last.kind in ("if", "for", "while", "until", "case", "{"):
        for inner in last.blocks:
            if not inner.condition:
                yield from _last_false(inner)


def _is_test(node: Node) -> bool:
    if not isinstance(node, Command):
        return False
    asks = node.name == "command" and node.argv[1:2] in (["-v"], ["-V"])
    return node.name in TESTS or asks or node.negated


@warning(305, "An env script that leaves temporary variables behind")
def temporaries(source: Source) -> Iterator[Spot]:
    """Every variable that it sets is exported."""
    for file in filter(_is_fully_read, source.of(Role.ENV_SCRIPT)):
        gone = {word.lstrip("-") for each in _unset(file) for word in each.argv[1:]}
        kept = {word.partition("=")[0] for each in _declared(file) for word in each.argv[1:]}
        seen: set[str] = set()
        for name, line in _assigned(file.script):
            if name not in gone | kept | seen and not CONFIGURES.match(name):
                seen.add(name)
                yield at(
                    file,
                    line,
                    f"{name} is exported to everything that runs; 'unset {name}' when it is no longer needed",
                )


def _is_fully_read(file: File) -> bool:
    return file.fully_read


def _unset(file: File) -> Iterator[Command]:
    return (command for command in file.script.commands() if command.name == "unset")


def _declared(file: File) -> Iterator[Command]:
    """Return the declarations: what is exported by name is meant, what is local is none of the environment's."""
    return (command for command in file.script.commands() if command.name in DECLARES)


def _assigned(script: Block) -> Iterator[tuple[str, int]]:
    for node in script.nodes_within():
        if node.in_subshell:
            continue
        if isinstance(node, Compound) and node.kind == "for" and node.name:
            yield node.name, node.line
        elif isinstance(node, Command) and not node.words:
            for assignment in node.assignments:
                if TEMPORARY.match(assignment.name):
                    yield assignment.name, assignment.line
