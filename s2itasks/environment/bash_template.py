"""Bash files with blanks, which are filled in before bash reads them.

They are bash as they stand, so that shellcheck and shfmt read them: a blank is a quoted variable, ``"$S2ITASKS_NAME"``,
and lines that are not always wanted stand between the comments ``# when CONDITION ...`` and ``# end``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

WHEN = re.compile(r" *# when ([\w ]+)")
END = re.compile(r" *# end")
BLANK = re.compile(r'"\$S2ITASKS_([A-Z_]+)"')
# What bash need not read, which takes it longer than to run it. But a comment with a blank says what a program is for.
UNNEEDED = re.compile(r'(?m)^ *#(?!!|.*"\$S2ITASKS_).*\n| +# .*$|^ +|^\n')


def read(directory: Path, name: str) -> str:
    """Return the template of a name, as it stands."""
    return (directory / f"{name}.bash").read_text(encoding="utf-8")


def filled(template: str, values: Mapping[str, str], true: Iterable[str] = ()) -> str:
    """Return the program that a template becomes, without comments; `` # `` begins one, wherever it stands.

    :param values: what stands in the place of each ``"$S2ITASKS_NAME"``, by the name in lower case, quoted for bash.
    :param true: the conditions under which lines from ``# when CONDITION ...`` to ``# end`` are kept: all of them.
    """
    return BLANK.sub(lambda blank: values[blank[1].lower()], _reduced(template, frozenset(true)))


@cache
def _reduced(template: str, true: frozenset[str]) -> str:
    """Return what of a template is wanted; commands share it, and so do the applications of a test run."""
    return UNNEEDED.sub("", "".join(_kept(template, true)))


def _kept(template: str, true: frozenset[str]) -> Iterator[str]:
    """Yield the lines whose conditions hold; blocks may stand in blocks."""
    holds = [True]
    for line in template.splitlines(keepends=True):
        when = WHEN.fullmatch(line.rstrip("\n"))
        if when:
            holds.append(holds[-1] and all(each in true for each in when[1].split()))
        elif END.fullmatch(line.rstrip("\n")):
            holds.pop()
        elif holds[-1]:
            yield line
