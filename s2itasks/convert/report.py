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
    lines += [_item(entry, numbers) for numbers, entry in _left(made)] or [NONE]
    if findings is None:
        lines += ["", "`s2itasks check` tells more, once the files are written."]
    elif findings:
        lines += ["", "`s2itasks check` says of the result:", "", *map(_finding, findings)]
    lines += ["", "## What was done", *_done(made), "", "## What can be deleted", ""]
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
    """Return lines without secrets and without control characters."""
    return "\n".join(plain(shown(line.replace("\t", "    "))) for line in without_keys(text.split("\n")))


def excerpt(text: str) -> str:
    """Return lines of a file likewise, as far as they are of any use in a report."""
    lines = masked(text).split("\n")
    return "\n".join(line if len(line) <= LONGEST else f"{line[:LONGEST]} …" for line in lines)


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
        "before": excerpt(entry.before) or None,
        "after": excerpt(entry.after) or None,
        "left": entry.left,
    }


def _place(entry: Entry) -> str:
    line = f":{entry.line}" if entry.line else ""
    return f"{entry.path}{line}: " if entry.path else ""


def _left(made: Conversion) -> Iterator[tuple[str, Entry]]:
    """Yield what is left to a person, one entry for all lines of a file of which the same is said, with those lines."""
    same: dict[tuple[str, Fate, str], list[Entry]] = {}
    for entry in made.entries:
        if entry.left:
            same.setdefault((entry.path, entry.fate, entry.why), []).append(entry)
    for (path, fate, why), entries in same.items():
        numbers = ", ".join(str(line) for line in dict.fromkeys(entry.line for entry in entries) if line)
        before = "\n".join(dict.fromkeys(entry.before for entry in entries if entry.before))
        yield numbers, Entry(path, entries[0].line, fate, why, before)


def _done(made: Conversion) -> Iterator[str]:
    """Yield the lines that say what was done to each file; what is left of it has been said."""
    done = [entry for entry in made.entries if not entry.left]
    short: dict[tuple[Fate, str], list[str]] = {}
    for path in dict.fromkeys(entry.path for entry in done):
        entries = [entry for entry in done if entry.path == path]
        if path and all(not entry.line and not entry.after for entry in entries):
            for entry in entries:
                short.setdefault((entry.fate, entry.why), []).append(_code(path))
        else:
            yield from ("", f"### {_code(path) if path else 'The environment'}", "")
            yield from (_change(entry, numbers) for numbers, entry in _merged(entries))
    if short:
        yield from ("", "### Whole files", "")
    for (fate, why), paths in short.items():
        yield f"- {', '.join(paths)}: {fate.value}: {_why(why)}"
    if not done:
        yield from ("", NONE)


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
            after = entry.after or known.after
            entry = Entry(entry.path, entry.line, entry.fate, why, known.before, after)  # noqa: PLW2901
        by_line[entry.line] = entry
    yield from (("", entry) for entry in whole)
    ordered = [by_line[line] for line in sorted(by_line) if line]
    for _, group in itertools.groupby(ordered, key=lambda each: (each.fate, each.why)):
        same = list(group)
        numbers = f"lines {', '.join(str(each.line) for each in same)}" if len(same) > 1 else f"line {same[0].line}"
        before, after = ("\n".join(filter(None, texts)) for texts in zip(*((each.before, each.after) for each in same)))
        yield numbers, Entry(same[0].path, same[0].line, same[0].fate, same[0].why, before, after)


def _item(entry: Entry, numbers: str) -> str:
    """Return an item of what is left, with the lines as they were below it."""
    place = f"{_code(f'{entry.path}:{numbers}' if numbers else entry.path)}: " if entry.path else ""
    fate = f"{entry.fate.value}: " if entry.fate is Fate.COMMENTED else ""
    return _with_diff(f"- {place}{fate}{_why(entry.why)}", _signed("-", entry.before) if numbers else [])


def _change(entry: Entry, numbers: str) -> str:
    """Return an item of what was done to a file, with the change below it."""
    said = f"- {f'{numbers}, ' if numbers else ''}{entry.fate.value}: {_why(entry.why)}"
    return _with_diff(said, [*_signed("-", entry.before), *_signed("+", entry.after)])


def _with_diff(said: str, diff: Sequence[str]) -> str:
    fence = "````" if any("```" in line for line in diff) else "```"
    return "\n".join([said, f"  {fence}diff", *(f"  {line}" for line in diff), f"  {fence}"] if diff else [said])


def _signed(sign: str, text: str) -> list[str]:
    return [f"{sign} {line}" for line in excerpt(text).split("\n")] if text else []


def _why(why: str) -> str:
    return _prose(masked(why)).replace(NEW_LINE, SPELLED)


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
