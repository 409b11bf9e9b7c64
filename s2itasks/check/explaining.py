"""The page of each rule: what it finds and why, an example with and without the flaw, the cure."""

from __future__ import annotations

from pathlib import Path

from . import selection

PAGES = Path(__file__).with_name("pages")
SITE = ""  # where they are on the web, with a slash at the end; nowhere yet


def explain(name: str) -> None:
    """Print the page of a rule.

    :param name: its id, in any case.
    :raises UsageError: when there is no such rule.
    """
    print(page(selection.rule(name, "to explain").id), end="", flush=True)


def page(rule: str) -> str:
    """Return the page of the rule with an id."""
    return (PAGES / f"{rule}.md").read_text(encoding="utf-8")


def address(rule: str) -> str | None:
    """Return where on the web the page of the rule with an id is; None while that is nowhere."""
    return f"{SITE}{rule}.md" if SITE else None
