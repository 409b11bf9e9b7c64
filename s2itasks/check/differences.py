"""What ``--fix`` would change, as git shows it; secrets are masked, so that not all of it can be applied."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from s2itasks.console import plain
from s2itasks.process.verdict import BYTE_ORDER_MARK

from .file import Role
from .fixing import Plan, shown, shown_comment

CONTEXT = 3  # lines
LONG = 1000  # lines; difflib takes minutes for ten thousand that somebody has chosen
NO_NEWLINE = r"\ No newline at end of file"


def unified(plans: Iterable[Plan]) -> Iterator[str]:
    """Return the lines that git would show for plans that change something; paths are those in the source."""
    for plan in plans:
        old, new = plain(f"a/{plan.file.path}"), plain(f"b/{plan.file.path}")
        changed = list(_changed(plan))
        yield f"diff --git {old} {new}"
        if plan.run_bit:
            yield from ("old mode 100644", "new mode 100755")
        if changed:
            yield from (f"--- {old}", f"+++ {new}", *changed)


def _changed(plan: Plan) -> Iterator[str]:
    if plan.file.role is Role.ELSEWHERE:  # a line of it may be a whole template, and those around it hold secrets
        yield from (f"{line[0]}{line[2:]}" for change in plan.changes for line in change.diff)
        return
    before, after = _lines(plan.file.content), _lines(plan.content)
    short = max(len(before), len(after)) <= LONG
    behind = [line for line in before if "#" in line]  # what comments are taken from
    for line in list(difflib.unified_diff(before, after))[2:] if short else _in_one(before, after):
        text = line.removesuffix("\n")
        of = next((each for each in behind if text.startswith("+#") and text[2:].strip() in each), "")
        if of:
            text = f"+{shown_comment(text[1:], of)}"
        yield text if text.startswith("@@ ") else text[0] + _spelled(text[1:])
        if text == line:
            yield NO_NEWLINE


def _in_one(before: list[str], after: list[str]) -> Iterator[str]:
    """Return a single hunk, from the first line that differs to the last."""
    first = _alike(before, after)
    same = _alike(before[first:][::-1], after[first:][::-1])
    begin = max(0, first - CONTEXT)
    old, new = len(before) - same, len(after) - same
    around = before[old : old + CONTEXT]
    yield f"@@ -{begin + 1},{old - begin + len(around)} +{begin + 1},{new - begin + len(around)} @@\n"
    yield from (f" {line}" for line in before[begin:first])
    yield from (f"-{line}" for line in before[first:old])
    yield from (f"+{line}" for line in after[first:new])
    yield from (f" {line}" for line in around)


def _alike(before: list[str], after: list[str]) -> int:
    """Return how many lines two texts share at their beginning."""
    return next(
        (count for count, (old, new) in enumerate(zip(before, after)) if old != new), min(len(before), len(after))
    )


def _lines(content: bytes) -> list[str]:
    """Split at LF, which stays."""
    *whole, rest = content.decode("utf-8", "surrogateescape").split("\n")
    return [*(f"{line}\n" for line in whole), *([rest] if rest else [])]


def _spelled(line: str) -> str:
    """Spell out what is not printable, CR and byte-order marks among it, but leave tabs."""
    mark = BYTE_ORDER_MARK.decode() if line.startswith(BYTE_ORDER_MARK.decode()) else ""
    text = line.removeprefix(mark).removesuffix("\r")
    end = "\r" if line.endswith("\r") else ""
    return "\t".join(map(plain, f"{mark}{shown(text)}{end}".split("\t")))
