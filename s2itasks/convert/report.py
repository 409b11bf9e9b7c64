"""The report of a conversion: per file what was done and why, and what is left to a person; as Markdown or JSON."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from s2itasks.check import elsewhere
from s2itasks.check.fixing import shown
from s2itasks.check.rule import Finding
from s2itasks.console import plain
from s2itasks.masking.names import MASK
from s2itasks.process import reading

from .conversion import Conversion
from .entry import Entry, Fate

HEADING = "# What has been converted from "
NONE = "Nothing."
KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----")
KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----")
NEW_LINE, SPELLED = "\n", "\\\\n"
LONGEST = 300  # characters of a line that are shown


def markdown(made: Conversion, findings: Sequence[Finding] | None) -> str:
    """Return the report for people.

    :param findings: what `check` finds in the result; None where there is none yet.
    """
    lines = [f"{HEADING}{made.origin.title}", "", "## Left to you", ""]
    left = [entry for entry in made.entries if entry.left]
    lines += [_item(entry) for entry in left] or [NONE]
    if findings is None:
        lines += ["", "`s2itasks check` tells more, once the files are written."]
    elif findings:
        lines += ["", "`s2itasks check` says of the result:", "", *map(_finding, findings)]
    lines += ["", "## What was done"]
    for path in dict.fromkeys(entry.path for entry in made.entries):
        lines += ["", f"### {_code(path) if path else 'The environment'}", ""]
        entries = _merged([entry for entry in made.entries if entry.path == path])
        lines += [_item(entry, named=False, number=number) for number, entry in entries]
    lines += ["", "## What can be deleted", ""]
    can_go = "Once the converted application runs: " + ", ".join(map(_code, made.deletable))
    lines += [can_go if made.deletable else NONE, ""]
    return "\n".join(lines)


def as_json(made: Conversion, findings: Sequence[Finding] | None) -> str:
    """Return the report for programs."""
    report = {
        "from": made.origin.value,
        "entries": [_object(entry) for entry in made.entries],
        "left": sum(entry.left for entry in made.entries),
        "check": None
        if findings is None
        else [
            {"rule": each.rule.id, "severity": each.rule.severity.value, "path": each.path, "line": each.line,
             "message": each.message}
            for each in findings
        ],
        "written": sorted({*made.files, *made.added}),
        "moved": made.moved,
        "deletable": made.deletable,
    }  # fmt: skip
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def summary(made: Conversion) -> Iterator[str]:
    """Yield a line for everything that is left to a person."""
    for entry in made.entries:
        if entry.left:
            yield f"{_place(entry)}{masked(entry.why)}"


def is_one(path: Path) -> bool:
    """Whether a file is a report of a conversion, which another one may take the place of, or empty."""
    try:
        text = "" if path.is_symlink() else reading.content(path).decode("utf-8", "replace")
    except OSError:
        return False
    return not path.is_symlink() and (not text or text.startswith((HEADING, elsewhere.REPORT.decode())))


def masked(text: str) -> str:
    """Return lines of a file without secrets and without control characters."""
    lines = without_keys(text.split("\n"))
    return "\n".join(plain(shown(line.replace("\t", "    ")))[:LONGEST] for line in lines)


def without_keys(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with those of private keys masked, each of which alone looks like nothing."""
    inside = False
    for line in lines:
        inside = inside and not KEY_ENDS.search(line)
        yield MASK if inside and line.strip() else line
        inside = inside or (bool(KEY_BEGINS.search(line)) and not KEY_ENDS.search(line))


def _object(entry: Entry) -> dict[str, object]:
    return {
        "path": entry.path or None,
        "line": entry.line or None,
        "what": entry.fate.name.lower(),
        "why": masked(entry.why),
        "before": masked(entry.before) or None,
        "after": masked(entry.after) or None,
        "left": entry.left,
    }


def _place(entry: Entry) -> str:
    line = f":{entry.line}" if entry.line else ""
    return f"{entry.path}{line}: " if entry.path else ""


def _merged(entries: Sequence[Entry]) -> Iterator[tuple[str, Entry]]:
    """Yield entries in the order of their lines, one for a line that several things were done to, with those lines.

    Lines that follow each other and have met the same fate for the same reason make one entry.
    """
    by_line: dict[int, Entry] = {}
    whole = [entry for entry in entries if not entry.line]
    for entry in entries:
        known = by_line.get(entry.line)
        if known is not None and entry.line:
            why = "; ".join(dict.fromkeys([*known.why.split("; "), *entry.why.split("; ")]))
            fate = known.fate if known.fate is Fate.LEFT else entry.fate
            entry = Entry(entry.path, entry.line, fate, why, known.before, entry.after or known.after)  # noqa: PLW2901
        by_line[entry.line] = entry
    yield from (("", entry) for entry in whole)
    ordered = [by_line[line] for line in sorted(by_line) if line]
    for _, group in itertools.groupby(ordered, key=lambda each: (each.fate, each.why)):
        same = list(group)
        numbers = f"lines {', '.join(str(each.line) for each in same)}" if len(same) > 1 else f"line {same[0].line}"
        before, after = ("\n".join(filter(None, texts)) for texts in zip(*((each.before, each.after) for each in same)))
        yield numbers, Entry(same[0].path, same[0].line, same[0].fate, same[0].why, before, after)


def _item(entry: Entry, *, named: bool = True, number: str = "") -> str:
    """Return an item of a list; a text that was changed stands below it."""
    place = f"{_code(f'{entry.path}:{entry.line}' if entry.line else entry.path)}: " if named and entry.path else ""
    place = place if named else f"{number}, " if number else ""
    fate = "" if named else f"{entry.fate.value}: "
    lines = [f"- {place}{fate}{_prose(masked(entry.why)).replace(NEW_LINE, SPELLED)}"]
    diff = [*_signed("-", entry.before), *(_signed("+", entry.after) if not named else ())]
    if diff and (not named or entry.line):
        fence = "````" if any("```" in line for line in diff) else "```"
        lines += [f"  {fence}diff", *(f"  {line}" for line in diff), f"  {fence}"]
    return "\n".join(lines)


def _signed(sign: str, text: str) -> Iterable[str]:
    return [f"{sign} {line}" for line in masked(text).split("\n")] if text else []


def _finding(finding: Finding) -> str:
    place = _code(f"{finding.path}:{finding.line}")
    return f"- {place}: {finding.rule.severity.value} {finding.rule.id}: {_prose(masked(finding.message))}"


def _code(text: str) -> str:
    text = plain(text)
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _prose(text: str) -> str:
    """Return a text in which nothing means anything to Markdown."""
    for character in ("\\", "`", "*", "_", "<", "[", "]"):
        text = text.replace(character, f"\\{character}")
    return text
