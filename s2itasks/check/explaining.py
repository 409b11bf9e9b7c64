"""The page of each rule: what it finds and why, an example with and without the flaw, the cure."""

from __future__ import annotations

from pathlib import Path

from . import selection

PAGES = Path(__file__).with_name("pages")


def explain(name: str) -> None:
    """Print the page of a rule.

    :param name: its id, in any case.
    :raises UsageError: when there is no such rule.
    """
    print(page(selection.rule(name, "to explain").id), end="", flush=True)


def page(rule: str) -> str:
    """Return the page of the rule with an id."""
    return (PAGES / f"{rule}.md").read_text(encoding="utf-8")
