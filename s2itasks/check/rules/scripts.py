"""Rules 514 and 516: what scripts pass over, and what they had better not say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, warning
from s2itasks.check.secrets import likeness
from s2itasks.check.source import TASKS, Source
from s2itasks.check.variables import reads_elsewhere
from s2itasks.masking.text import holds_password, looks_like, masked_name
from s2itasks.shell import Block, Command, Compound, Literal, Node, Word

# Commands whose failure changes nothing, or is the point.
HARMLESS = (
    *("[", "[[", "((", "test", "echo", "printf", ":", "true", "false", "export", "unset", "set", "shopt", "trap"),
    *("wait", "exit", "return", "shift", "local", "declare", "typeset", "readonly", "alias", "umask", "ulimit", "let"),
    *("sleep", "kill", "pkill", "killall", "rm", "rmdir", "date", "id", "whoami", "pwd", "ls", "env", "which", "type"),
    *("command", "grep", "break", "continue", "read", "exec", "eval"),
)
LOOKS_AT_STATUS = re.compile(r"\$\?|\$\{\?\}|PIPESTATUS|\btrap\b.*\bERR\b")
OPTION = re.compile(r"--?([A-Za-z][\w-]+)(?:=(.*))?", re.DOTALL)


@warning(514, "A failure that is passed over")
def passed_over(source: Source) -> Iterator[Spot]:
    """Without set -e, the status of a script is that of its last command."""
    for file in source.of(Role.HOOK, Role.JOB):
        if not file.is_shell or not file.fully_read or file.stops_at_failures or LOOKS_AT_STATUS.search(file.text):
            continue
        if reads_elsewhere(file):  # which may say set -e
            continue
        for command in _without_effect(file.script, is_last=True):
            message = (
                f"where {command.name!r} fails, {file.name} goes on, and may succeed; begin with 'set -eo pipefail'"
            )
            yield at(file, command.line, message)
            break


def _without_effect(block: Block, *, is_last: bool) -> Iterator[Command]:
    """Yield the commands of a block whose failure nobody hears of.

    :param is_last: whether the block's status is the script's.
    """
    lists = list(_lists(block))
    for each in lists:
        ends = is_last and each is lists[-1]
        if any(node.before == "||" for node in each):
            continue
        for node in each:
            if node.background or node.negated:
                continue
            if isinstance(node, Compound) and node.kind in ("if", "for", "while", "until", "case", "{"):
                for inner in node.blocks:
                    if not inner.condition:
                        yield from _without_effect(inner, is_last=ends and node.kind in ("if", "case", "{"))
            elif isinstance(node, Command) and node.words and node.name not in HARMLESS and not ends:
                yield node


def _lists(block: Block) -> Iterator[list[Node]]:
    """Yield what a block does, in lists of commands with ``&&``, ``||`` or ``|`` between them."""
    current: list[Node] = []
    for node in block.statements():
        if current and not node.before:
            yield current
            current = []
        current.append(node)
    if current:
        yield current


@warning(516, "A secret in a script")
def secret(source: Source) -> Iterator[Spot]:
    """It is in the repository and in the image, and whoever may pull that has it."""
    for file in source.scripts:
        for line, said in _in_shell(file) if file.is_shell else _in_text(file):
            yield at(
                file, line, f"{said}, which will be in the image; keep it in a Secret, and read it from a variable"
            )
    tasks = source.files.get(TASKS)
    for line, said in _in_text(tasks) if tasks is not None else ():
        yield Spot(TASKS, line, f"{said}, which will be in the image; keep it in a Secret, and read it from a variable")


def _in_shell(file: File) -> Iterator[tuple[int, str]]:
    """Yield what looks like a secret in assignments, options and other words, with its line."""
    for command in file.script.commands():
        for name, word in _named(command):
            value = _literal(word)
            why = likeness(name, value) if name else looks_like(value)
            if why:
                what = f"the value of {masked_name(name)}" if name else "a word"
                yield word.line, f"{what} looks like {why}"
                break
        else:
            if holds_password(" ".join(_literal(word) or "$" for word in command.words)):
                yield command.line, f"{command.name} is given what looks like a password"


def _named(command: Command) -> Iterator[tuple[str, Word]]:
    """Yield the words of a command that may hold a value, with the name of a variable or an option, if it has one."""
    for assignment in command.assignments:
        yield assignment.name, assignment.value
    before = ""
    for word in command.words:
        text = word.text
        option = OPTION.fullmatch(text)
        if before and not option:
            yield before, word
        elif option and option[2] is not None:
            yield option[1].replace("-", "_"), _value(word, len(text) - len(option[2]))
        elif re.match(r"\w+=", text):
            yield text.partition("=")[0], _value(word, text.index("=") + 1)
        else:
            yield "", word
        before = option[1].replace("-", "_") if option and option[2] is None else ""
    for redirect in command.redirects:
        yield "", redirect.target


def _value(word: Word, offset: int) -> Word:
    """Return what stands behind a name in a word."""
    if not all(isinstance(part, Literal) for part in word.parts):
        return word
    return Word.literal(word.text[offset:], word.line)


def _literal(word: Word) -> str:
    """Return the text of a word in which nothing is expanded; nothing of others."""
    return word.text if all(isinstance(part, Literal) for part in word.parts) else ""


def _in_text(file: File) -> Iterator[tuple[int, str]]:
    if not file.binary:
        for number, line in enumerate(file.lines, start=1):
            why = looks_like(line)
            if why:
                yield number, f"the line holds what looks like {why}"
