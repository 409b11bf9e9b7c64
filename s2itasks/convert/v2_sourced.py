"""What OpenShift V2 sourced around a cartridge's action reached what that started: env scripts take its place."""

from __future__ import annotations

import re

from s2itasks.shell import Command, Compound

from .draft import Draft
from .entry import Fate
from .unit import Unit
from .v2_variables import READ_BY_V2
from .whereabouts import ENDS, sets

ENV_SCRIPTS = {"pre_start": "deploy_env", "pre_build": "build_env"}  # of what V2 sourced before it started something
EXPORTED = re.compile(r"[A-Za-z_]\w*(?:=|\Z)", re.ASCII)
OF_PROCESS = ("ulimit", "umask")
OWN = re.compile(r"(?:OPENSHIFT|S2I)_")  # what hooks read that ran without it
NOT_THERE = re.compile(r"(?:PWD|OLDPWD|BASH\w*|FUNCNAME|LINENO|RANDOM|SECONDS|\d+|[^\w])\Z")
MOVED = "moved to {}: V2 sourced it, so that what it started had it"
COPIED = "{} has it, too: V2 sourced it, so that what it started had it"
UNSURE = "V2 sourced it, so that what it started had it; a hook is a process of its own: put it into {}, if need be"


def lift(draft: Draft, around: str) -> list[str]:
    """Return the lines of a script that was sourced that an env script is to have; say of others that one needs them.

    What was sourced before a start moves; what was sourced before a build stays as well, because ``pre_build`` does not
    have what ``build_env`` sets.

    :param around: the action that V2 sourced it around, as in ``pre_start``.
    """
    script = ENV_SCRIPTS.get(around, "")
    if not script or not draft.readable:
        return []
    lines: list[str] = []
    sure = {unit.first for unit in _sure(draft)}
    stays = script == "build_env"

    def act(unit: Unit) -> bool:
        if unit.depth or unit.first not in sure:
            return False
        text = _text(draft, unit)
        limits = any(node.name in OF_PROCESS for node in unit.commands)
        lines.append(f"{text} || true" if limits and unit.command else text)
        if stays:
            draft.tell(unit.first, COPIED.format(script))
            return False
        return draft.comment_out(unit, MOVED.format(script), Fate.MOVED)

    draft.visit(act)
    left = {draft.index_of(each.line) for each in draft.script.commands() if _reaches_others(each)}
    for index in sorted(left.difference(sure if stays else ())):
        draft.note(index, UNSURE.format(script))
    return lines


def _sure(draft: Draft) -> list[Unit]:
    """Return the units that mean the same at the beginning: what they read is set by others of them, or by nobody."""
    ending = [each.line for each in draft.script.commands() if each.name in ENDS and not each.function]
    end = min(map(draft.index_of, ending), default=len(draft.lines))
    functions = {node.name for node in draft.script.nodes_within() if isinstance(node, Compound)}
    found = [unit for unit in draft.units() if not unit.depth and unit.first < end and _is_setting(unit)]
    found = found if functions.isdisjoint(("export", *OF_PROCESS)) else []
    changed = True
    while changed:
        known = {index for unit in found for index in range(unit.first, unit.last + 1)}
        rest = "\n".join(each for at, line in enumerate(draft.lines) if at not in known for each in line.now)
        kept = [unit for unit in found if not any(sets(rest, name) for name in (*_set(unit), *_read(unit)))]
        changed, found = len(kept) != len(found), kept
    return found


def _is_setting(unit: Unit) -> bool:
    """Whether a unit does nothing but to set variables, or limits of processes."""
    for node in unit.nodes:
        if not isinstance(node, Command) or node.redirects or node.background or any(True for _ in node.within()):
            return False
        plain = not node.words and node.assignments
        exports = node.name == "export" and node.argv[1:] and all(map(EXPORTED.match, node.argv[1:]))
        limits = node.name in OF_PROCESS and len(unit.nodes) == 1
        if not (plain or exports or limits) or node.before not in ("", "&&"):
            return False
    return not any(map(NOT_THERE.match, _read(unit))) and not any(map(OWN.match, _set(unit)))


def _set(unit: Unit) -> list[str]:
    """Return the variables that a unit sets."""
    names = [each.name for command in unit.commands for each in command.assignments]
    exports = [command.argv[1:] for command in unit.commands if command.name == "export"]
    return [*names, *(word.partition("=")[0] for words in exports for word in words)]


def _read(unit: Unit) -> list[str]:
    """Return the variables that a unit reads."""
    return [each.name for command in unit.commands for each in command.expansions()]


def _reaches_others(command: Command) -> bool:
    """Whether a command changes the environment of what runs after the script that it stands in was sourced."""
    if command.name == "export" and {word.partition("=")[0] for word in command.argv[1:]} <= {*READ_BY_V2}:
        return False  # of those, something else is said
    exports = command.name == "export" or (command.name in ("declare", "typeset") and "-x" in command.argv)
    return exports or command.name in OF_PROCESS or command.name in (".", "source")


def _text(draft: Draft, unit: Unit) -> str:
    return "\n".join(line for index in range(unit.first, unit.last + 1) for line in draft.lines[index].now).strip()
