"""What hooks of OpenShift V2 did with the data directory while they built: a build has none of a deployment's."""

from __future__ import annotations

import re

from s2itasks.shell import Compound

from .draft import MARK, Draft
from .entry import Entry, Fate
from .unit import Unit, is_code
from .whereabouts import goes, sets

OURS = re.compile(r"(?:OPENSHIFT|S2I)_\w+")
PLACES = ("ln", "mkdir", "cp", "mv", "rm", "touch", "chmod", "unlink", "echo", "[", "[[", "test", ":", "true")
IN_DATA = re.compile(r"\$\{?OPENSHIFT_DATA_DIR\b")
LATER = "moved to deploy: a build has no volume, and what it writes there is hidden by the one of a deployment"
IN_BUILD_ONLY = "a build has no volume: what it writes to the data directory is not there in a deployment, and what it "
IN_BUILD_ONLY += "looks for is not there in a build; move it to deploy, or write elsewhere"
AT_EACH_START = "it runs whenever a container starts, and not once for each push, and replaces what is in the data "
AT_EACH_START += "directory by then: write cp -n, or move it to a 'setup' hook (s2itasks setup --once FILE)"


def move(draft: Draft, unit: Unit, links: list[str]) -> bool:
    """Move a statement that makes links into the data directory, or directories there; tell whether that was done.

    :param links: lines for the beginning of ``deploy``, which get it.
    """
    if goes(draft.script) or not _moves(draft, unit):
        return False
    lines = [line for index in range(unit.first, unit.last + 1) for line in draft.lines[index].now]
    if not draft.comment_out(unit, LATER, Fate.MOVED):
        return False
    head = f"{MARK} from {draft.path}"
    if _replaces(unit):
        draft.entries.append(Entry(draft.path, unit.first + 1, Fate.LEFT, AT_EACH_START, "\n".join(lines)))
        lines.insert(0, f"{MARK} {AT_EACH_START}")
    links += [*([] if head in links else [head]), *lines]
    return True


def _moves(draft: Draft, unit: Unit) -> bool:
    """Whether a unit does nothing but prepare the data directory, by variables that ``deploy`` has, too."""
    commands, nodes = unit.commands, [node for node in unit.within if isinstance(node, Compound)]
    words = [word for command in commands for word in command.all_words()]
    words += [word for node in nodes for word in node.words]
    loops = {node.name for node in nodes if node.kind == "for"}
    named = {each.name for word in words for each in word.expansions} - loops
    plain = all(not command.assignments and command.name in PLACES for command in commands)
    says = all(command.name in ("echo", "[", "[[", "test") and not command.redirects for command in commands)
    in_data = any(IN_DATA.search(word.text) for word in words)
    known = all(OURS.fullmatch(name) and not sets(draft.text, name) for name in named)
    own = not any(_is_named_elsewhere(draft, unit, name) for name in loops)
    functions = any(node.kind == "function" for node in nodes)
    return in_data and plain and known and own and not (unit.depth or says or functions)


def _is_named_elsewhere(draft: Draft, unit: Unit, name: str) -> bool:
    """Whether a script names a variable outside of a unit."""
    others = (line for at, line in enumerate(draft.lines) if not unit.first <= at <= unit.last)
    return any(re.search(rf"\b{name}\b", each) for line in others for each in line.now if is_code(each))


def _replaces(unit: Unit) -> bool:
    """Whether it puts something in the place of what may be in the data directory, and asks for nothing before."""
    asks = any(command.name in ("[", "[[", "test") for command in unit.commands)
    for command in unit.commands:
        spares = any(re.fullmatch(r"-\w*[nu]\w*|--no-clobber|--update", word) for word in command.argv[1:])
        copies = command.name in ("cp", "mv") and IN_DATA.search(command.words[-1].text) and not spares
        removes = command.name == "rm" and any(IN_DATA.search(word) for word in command.argv[1:])
        writes = any(each.operator == ">" and IN_DATA.search(each.target.text) for each in command.redirects)
        if (copies or removes or writes) and not asks:
            return True
    return False


def name_the_rest(draft: Draft) -> None:
    """Say of what is left of it in a build that it is not that of a deployment."""
    told: dict[int, None] = {}
    for command in draft.script.commands():
        names = any(each.name == "OPENSHIFT_DATA_DIR" for each in command.expansions())
        says = command.name in ("echo", "printf") and not command.redirects
        index = draft.index_of(command.line)
        if names and not says:
            told.setdefault(index)
    for index in told:
        draft.note(index, IN_BUILD_ONLY)
