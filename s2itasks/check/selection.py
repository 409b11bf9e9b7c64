"""Which rules are asked: what ``--select`` and ``--ignore`` name."""

from __future__ import annotations

from collections.abc import Sequence

from s2itasks.errors import UsageError

from .registry import RULES
from .rule import Rule


def rule(name: str, purpose: str) -> Rule:
    """Return the rule with an id.

    :param name: the id, in any case.
    :param purpose: what it is wanted for: ``to explain``.
    :raises UsageError: when there is none.
    """
    found = RULES.get(name.upper())
    if found is None:
        raise UsageError(f"there is no rule {name!r} {purpose}", cure=f"choose from {min(RULES)} to {max(RULES)}")
    return found


def rules(names: Sequence[str], purpose: str) -> set[str]:
    """Return the ids of the rules that somebody names.

    :param names: ids and what ids begin with, several in one item with commas between them: ``S2I503,S2I2``.
    :param purpose: what they are wanted for: ``to ignore``.
    :raises UsageError: when there is none of a name.
    """
    found: set[str] = set()
    for name in (name.strip() for item in names for name in item.split(",")):
        begun = {each for each in RULES if name and each.startswith(name.upper())}
        found |= begun or {rule(name, purpose).id}
    return found
