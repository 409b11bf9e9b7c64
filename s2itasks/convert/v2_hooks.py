"""OpenShift V2's action hooks: what each becomes, with the migration and the links that have a place of their own."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from s2itasks.check.calls import HARMLESS, behind_django
from s2itasks.check.file import File
from s2itasks.shell import Command, Compound, Node

from . import v2_commands
from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .originals import begin_with_shebang
from .originals import draft as begun
from .unit import Unit
from .v2_data import OURS, move, name_the_rest
from .v2_leftovers import tell_the_rest
from .whereabouts import moves, sets

SAYING = ("echo", "printf", "which", "type", "grep", "[", "[[", "test", "ls", "cat")
PROGRAM = re.compile(r"python[\d.]*|manage\.py|django-admin(?:\.py)?")
IN_BUILD = "a build has no database; let the deploy hook call 's2itasks migrate', and move the command to that hook"
COLLECTS_TOO_LATE = "the builder does not do it any more, as a hook does, and nothing calls post_deploy unless the "
COLLECTS_TOO_LATE += "deployment does: move it to build"
MIGRATES_TOO_LATE = "the builder does not do it any more, as a hook does, and nothing calls post_deploy unless the "
MIGRATES_TOO_LATE += "deployment does: move it to a hook 'migrate', and let deploy call 's2itasks migrate'"
MISPLACED = {"pre_build": IN_BUILD, "build": IN_BUILD, "post_deploy": MIGRATES_TOO_LATE}  # a migration
RAN_ONCE = "V2 ran it once for each push, and deploy runs whenever a container starts: {}; packages belong into "
RAN_ONCE += "requirements.txt or build, data and users into a hook 'setup' (s2itasks setup --once FILE)"
INSTALLS = ("pip install", "pip3 install", "npm install", "npm ci", "bower install", "gem install", "yarn install")
AT_EACH_START = ("migrate", "collectstatic", "check", "shell", "help", "test", "showmigrations", "diffsettings")
SOUTH = "--migrate was South's; take it away, migrate does it"


@dataclass
class Hooks:
    """What the hooks have in common.

    :param places: what of ``.openshift`` is in ``.s2i`` now.
    :param links: lines for the beginning of ``deploy``.
    :param migrations: the commands that migrate, with the lines that are to call the hook instead.
    :param lifted: lines for env scripts, by the names of those.
    :param collects: whether one of them collects static files.
    """

    places: Collection[str] = ("action_hooks", "cron")
    links: list[str] = field(default_factory=list)
    migrations: dict[str, list[tuple[Draft, int]]] = field(default_factory=dict)
    lifted: dict[str, list[str]] = field(default_factory=dict)
    collects: bool = False
    migrates: bool = False


def converted(file: File, hooks: Hooks, *, phase: str, executed: bool = True, alone: bool = True) -> Draft:
    """Convert a hook or a job.

    :param hooks: is told what is of interest to others.
    :param phase: the phase whose hook it becomes; ``jobs`` for a job.
    :param alone: whether nothing but s2itasks calls it, which does so in the source directory.
    """
    draft = begun(file)
    for _ in range(2):  # what is taken out is not changed before, and what was changed may be taken out
        draft.visit(lambda unit: v2_commands.rule(draft, unit, alone=alone and phase != "pre_build"))
        v2_commands.substitute(draft, phase, hooks.places)
    if phase in ("pre_build", "build"):
        draft.visit(lambda unit: move(draft, unit, hooks.links))
        name_the_rest(draft)
    _look_for_django(draft, hooks, phase)
    if phase == "deploy" and executed:  # what was sourced ran before each start in V2, too
        _name_what_ran_once(draft)
    tell_the_rest(draft, phase)
    if file.is_shell:
        begin_with_shebang(draft, executed=executed)
    return draft


def with_migrate(hooks: Hooks, deploy: Draft | None) -> str:
    """Let the deploy hook call the hook ``migrate``; return what that is, or nothing where it is not sure.

    There has to be one command that migrates, however often, which means the same in another script: all that it reads
    comes from the environment, and the script has gone nowhere before, nor has it functions or aliases that the command
    may be.
    """
    if deploy is None or len(hooks.migrations) != 1 or not deploy.path or any(map(moves, deploy.script.commands())):
        return ""
    ((command, _),) = hooks.migrations.items()
    functions = {node.name for node in deploy.script.nodes_within() if isinstance(node, Compound)}
    aliases = any(each.name == "alias" for each in deploy.script.commands())
    changed = any(sets(deploy.text, name) for name in OURS.findall(command))
    if aliases or changed or not functions.isdisjoint(command.split()):
        return ""

    def found(unit: Unit) -> bool:
        return unit.command is not None and _is_migration(unit.command) and _text(deploy, unit) == command

    all_of_them = [each for each in deploy.script.commands() if _django(each, "migrate")]
    if len(all_of_them) != sum(map(found, deploy.units())):
        return ""
    why = f"the hook migrate has it: {command}"
    deploy.visit(lambda unit: found(unit) and deploy.replace(unit, ["s2itasks migrate"], why))
    return f"#!/bin/bash\n{MARK} from {deploy.path}, which calls it\nset -e\n{command}\n"


def insert(made: Conversion, draft: Draft, lines: list[str], why: str = "") -> None:
    """Put lines before the first command of a script; where a shell does not run it, say that they belong there.

    :param why: what the report says of it; nothing where it is said elsewhere.
    """
    if not draft.is_shell:
        made.say(draft.path, Fate.LEFT, f"it is no shell script; have it do first: {'; '.join(lines)}")
        return
    draft.insert(draft.first, lines)
    if why and draft.path:
        made.say(draft.path, Fate.CHANGED, why, after="\n".join(lines))


def _look_for_django(draft: Draft, hooks: Hooks, phase: str) -> None:
    notes: dict[int, str] = {}
    for command in draft.script.commands():  # before the first note, which has all lines below it move
        index = draft.index_of(command.line)
        if _django(command, "collectstatic"):
            hooks.collects = True
            if phase == "post_deploy":
                notes[index] = COLLECTS_TOO_LATE
        words = _django(command, "migrate")
        if words:
            hooks.migrates = True
            notes[index] = SOUTH if "--migrate" in words else MISPLACED.get(phase, "")
    for index, why in notes.items():
        if why:
            draft.note(index, why)
    if phase == "deploy":
        for unit in draft.units():
            if unit.command is not None and _is_migration(unit.command):
                hooks.migrations.setdefault(_text(draft, unit), []).append((draft, unit.first))


def _name_what_ran_once(draft: Draft) -> None:
    """Say of a deploy hook, once, what V2 did for each push, and s2itasks does for each container."""
    found: dict[int, str] = {}
    for command in draft.script.commands():
        words, django = command.invoked(), behind_django(command.invoked())
        program = words[0].rpartition("/")[2] if words else ""
        installs = next((f"{program} {each}" for each in words[1:2] if f"{program} {each}" in INSTALLS), "")
        installs = installs or (program if program == "easy_install" else "")
        loads = django[0] if django and django[0] not in AT_EACH_START else ""
        if (installs or loads) and command.name not in SAYING and not _is_guarded(command):
            found.setdefault(draft.index_of(command.line), installs or loads)
    if found:
        lines = ", ".join(f"{what} (line {index + 1})" for index, what in sorted(found.items()))
        draft.note(min(found), RAN_ONCE.format(lines))


def _is_guarded(command: Command) -> bool:
    """Whether something is asked for before a command runs: it stands in an ``if``, or behind a test."""
    before: Node = command
    while before.before in ("&&", "||") and before.block is not None and before.place:
        before = before.block.nodes[before.place - 1]
        if isinstance(before, Command) and before.name in ("[", "[[", "test"):
            return True
    return any(True for _ in command.around())


def _django(command: Command, subcommand: str) -> list[str]:
    """Return the words behind ``manage.py`` where a command of it changes something; none where it does not."""
    words = behind_django(command.invoked())
    changes = words[:1] == [subcommand] and not any(word in HARMLESS[subcommand] for word in words)
    return words if changes and command.name not in SAYING else []


def _is_migration(command: Command) -> bool:
    words = _django(command, "migrate")
    program = (command.invoked() or [""])[0].rpartition("/")[2]
    known = all(OURS.fullmatch(each.name) for each in command.expansions())
    plain = not command.redirects and not any(True for _ in command.within())
    return bool(words) and PROGRAM.fullmatch(program) is not None and "--migrate" not in words and known and plain


def _text(draft: Draft, unit: Unit) -> str:
    return "\n".join(line for index in range(unit.first, unit.last + 1) for line in draft.lines[index].now).strip()
