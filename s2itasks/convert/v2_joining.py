"""What OpenShift V2 sourced around a cartridge's action becomes a part of the hook of a phase."""

from __future__ import annotations

from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .v2_data import OURS
from .v2_hooks import insert
from .whereabouts import ENDS, goes, sets

BACK = 'cd "$S2I_SOURCE_PATH"'
NOT_JOINED = "V2 sourced it, but it cannot be read as shell, or is none: put what it did into {}"
RETURNS = "V2 sourced it, which this ended; nothing is sourced in {}: put what follows into an if instead"


def join(made: Conversion, drafts: dict[str, Draft], phase: str, draft: Draft, *, first: bool) -> None:
    """Add a script to the hook of a phase.

    V2 ran each in a process of its own: where one could be noticed in the other, it gets a subshell.

    :param first: whether V2 sourced it before the hook, and not behind it.
    """
    known = drafts.get(phase)
    if not draft.readable:
        made.entries += draft.entries
        made.say(draft.path, Fate.LEFT, NOT_JOINED.format(phase))
        return
    made.say(draft.path, Fate.WRITTEN, f"V2 sourced it, whether it had a run bit or not; it is now in {phase}")
    returns = [each for each in draft.script.commands() if each.name == "return" and not each.function]
    for index in sorted({draft.index_of(each.line) for each in returns}):
        draft.note(index, RETURNS.format(phase))
    if known is None:
        drafts[phase] = draft
        if not draft.lines[0].now[:1] or not draft.lines[0].now[0].startswith("#!"):
            draft.lines[0].now = ("#!/bin/bash", *draft.lines[0].now)
        return
    made.entries += draft.entries
    before = first or not known.readable or _ends(known) or _sets(known)
    lines = [line for each in draft.lines for line in each.now if not line.startswith("#!")]
    if _touches(known) or _touches(draft):
        lines = ["(", *([BACK] if goes(known.script) and not before else []), *lines, ")"]
    block = [f"{MARK} from {draft.path}", *lines]
    if before:
        insert(made, known, block)
    else:
        known.insert(len(known.lines) - 1, block, behind=True)


def _ends(draft: Draft) -> bool:
    return any(command.name in ENDS and not command.function for command in draft.script.commands())


def _touches(draft: Draft) -> bool:
    """Whether what stands behind a script in one hook would notice it: by its directory, its variables or its end."""
    return goes(draft.script) or _ends(draft) or _sets(draft)


def _sets(draft: Draft) -> bool:
    return any(sets(draft.text, name) for name in OURS.findall(draft.text))
