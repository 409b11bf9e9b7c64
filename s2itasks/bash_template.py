"""Bash programs with blanks, which are filled in when a runtime is pinned."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from pathlib import Path

DIRECTORY = Path(__file__).with_name("bash")
WHEN = re.compile(r"(?ms)^ *@when ([\w ]+)@\n(.*?)^ *@end@\n")


def read(name: str) -> str:
    """Give a template."""
    return (DIRECTORY / f"{name}.template").read_text(encoding="utf-8")


def filled(template: str, values: Mapping[str, str], true: Container[str] = ()) -> str:
    """Give the program that a template becomes.

    :param values: what stands in the place of each ``@name@``.
    :param true: the conditions under which lines from ``@when CONDITION...@`` to ``@end@`` are kept: all of them.
    """
    text = WHEN.sub(lambda block: block[2] if all(each in true for each in block[1].split()) else "", template)
    return re.sub(r"@(\w+)@", lambda blank: values[blank[1]], text)
