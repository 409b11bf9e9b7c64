"""The linter for ``.s2i``: the source that is checked, the rules, what they find, how it is mended and reported."""

from __future__ import annotations

from .checking import check
from .registry import RULES
from .rule import Finding, Rule, Severity

__all__ = ["RULES", "Finding", "Rule", "Severity", "check"]
