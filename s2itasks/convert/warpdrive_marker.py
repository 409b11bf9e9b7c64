"""A ``setup`` hook that keeps itself from running twice: its marker becomes that of ``setup --once``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from s2itasks.shell import Command, Compound

from .draft import Draft
from .unit import Unit

MARKER = (
    "the marker in it keeps a second run from doing anything; called with --once, two at the same time are one, too"
)
PLACE = re.compile(r"(?:/|\$\{?(?:S2I|OPENSHIFT)_\w+)[\w./${}-]*")  # the same for whoever calls the hook
BESIDE = ("set", "umask", ":")  # what may stand around the guard and does nothing by itself


def call_once(drafts: Mapping[str, Draft]) -> None:
    """Let other hooks call ``setup`` with its marker, where it has one."""
    marker = _marker(drafts["setup"]) if "setup" in drafts else ""
    if not marker:
        return
    directory = marker.rpartition("/")[0]
    new = [*([f'mkdir -p "{directory}"'] if directory else []), f's2itasks setup --once "{marker}"']
    for draft in drafts.values():

        def called(unit: Unit, draft: Draft = draft) -> bool:
            argv = unit.command.argv if unit.command else []
            return argv == ["s2itasks", "setup"] and draft.replace(unit, new, MARKER)

        draft.visit(called)


def _marker(setup: Draft) -> str:
    """Return the marker that a ``setup`` hook looks for first and writes; nothing where it does anything without it."""
    nodes = [node for node in setup.script.nodes if not (isinstance(node, Command) and node.name in BESIDE)]
    guard = nodes[0] if len(nodes) == 1 else None
    if not isinstance(guard, Compound) or guard.kind != "if" or len(guard.blocks) != len(("condition", "body")):
        return ""
    for unit in setup.units():
        tests = [each for each in unit.commands if each.name in ("[", "[[", "test") and each.in_condition]
        argv = tests[0].argv if tests else []
        if unit.depth or guard not in unit.nodes or len(tests) != 1 or argv[1:3] != ["!", "-f"]:
            continue
        written = {redirect.target.text for each in unit.commands for redirect in each.redirects}
        touched = {word for each in unit.commands if each.name == "touch" for word in each.argv[1:]}
        if argv[3] in written | touched and PLACE.fullmatch(argv[3]):
            return argv[3]
    return ""
