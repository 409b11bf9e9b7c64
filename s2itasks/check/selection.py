"""Which rules are asked: what ``--select`` and ``--ignore`` name."""

from __future__ import annotations

from s2itasks.errors import UsageError

from .registry import RULES
from .rule import Rule


def rule(name: str, purpose: str) -> Rule:
    """Return the rule with an id.

    :param name: the id, in any case.
    :param purpose: what it is wanted for: ``to explain``.
    :raises UsageError: when there is none.
    """
    found = RULES.get(name.strip().upper())
    if found is None:
        raise no_rule(name.strip(), purpose)
    return found


def no_rule(name: str, purpose: str) -> UsageError:
    """Return the error for a rule that does not exist."""
    return UsageError(f"there is no rule {name!r} {purpose}", cure=f"choose from {min(RULES)} to {max(RULES)}")
