"""Findings as text for a reader, JSON and SARIF for a program, and what GitHub and GitLab show beside lines."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks import colour
from s2itasks.columns import Piece, of_terminal, taken, wrapped
from s2itasks.console import Line, plain

from . import code_quality, explaining, sarif
from .fixing import Change
from .rule import Finding, Severity

STYLES = {"error": colour.RED, "warning": colour.YELLOW, "hint": colour.CYAN}  # of severities


@dataclass(frozen=True)
class Report:
    """What there is to say about a source.

    :param source: as the user spelled it; paths are shown from where the user is.
    """

    source: Path
    findings: Sequence[Finding]
    changes: Sequence[Change]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.rule.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many are warnings; the others are hints, which nobody counts."""
        return sum(finding.rule.severity is Severity.WARNING for finding in self.findings)

    @property
    def counted(self) -> str:
        """How many there are of each kind: ``1 error and 2 warnings``."""
        counts = ((self.errors, "error"), (self.warnings, "warning"))
        return " and ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts if count)

    @property
    def fixable(self) -> int:
        """How many ``--fix`` may mend; none once it has mended what it can."""
        return 0 if self.changes else sum(finding.rule.fixable for finding in self.findings)

    def shown(self, path: str) -> str:
        """Spell a path on one line."""
        return plain(str(self.source / path))


def text(report: Report) -> Iterator[Line]:
    """Write a line for each change and each finding, as compilers do, and one that counts them.

    On a terminal, the message of a finding that does not fit goes into lines of its own.
    """
    yield from _changes(report)
    width = of_terminal(sys.stdout)
    for each in report.findings:
        place, severity, message = f"{report.shown(each.path)}:{each.line}:", each.rule.severity, plain(each.message)
        rule = f" {severity.value} {each.rule.id}:"
        pieces = [Piece(place, colour.BOLD), Piece(rule, STYLES[severity.value])]
        if width is None or taken(f"{place}{rule} {message}") <= width:
            yield [*pieces, Piece(f" {message}")]
        else:
            yield pieces
            yield from ([Piece(f"    {line}")] for line in wrapped(message, width - 4))
    yield _summary(report)


def statistics(report: Report) -> Iterator[Line]:
    """Write a line for each rule that does not hold, with how often; the most frequent first."""
    yield from _changes(report)
    counts = Counter(finding.rule.id for finding in report.findings)
    rules = {finding.rule.id: finding.rule for finding in report.findings}
    width = len(str(max(counts.values(), default=0)))
    for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        severity = rules[name].severity
        said = Piece(f"  {severity.value:7}", STYLES[severity.value])
        yield [Piece(f"{count:{width}}"), said, Piece(f"  {name}  {rules[name].title}")]
    yield _summary(report)


def as_json(report: Report) -> Iterator[str]:
    """Write one JSON object."""
    findings = [
        {
            "rule": each.rule.id,
            "severity": each.rule.severity.value,
            "title": each.rule.title,
            "url": explaining.address(each.rule.id),
            "path": str(report.source / each.path),
            "line": each.line,
            "message": each.message,
            "fixable": each.rule.fixable,
        }
        for each in report.findings
    ]
    changes = [
        {"rule": each.rule, "path": str(report.source / each.path), "message": each.what} for each in report.changes
    ]
    counts = {"errors": report.errors, "warnings": report.warnings}
    yield json.dumps({**counts, "findings": findings, "changes": changes}, indent=2)


def github(report: Report) -> Iterator[str]:
    """Write workflow commands, which GitHub shows beside the lines of a pull request."""
    for change in report.changes:
        properties = _properties(file=report.shown(change.path), title=f"{change.rule} fixed")
        yield f"::notice {properties}::{_escaped(change.what)}"
    for each in report.findings:
        title = f"{each.rule.id} {each.rule.title}"
        properties = _properties(file=report.shown(each.path), line=str(each.line), title=title)
        address = explaining.address(each.rule.id)
        message = f"{each.message} ({address})" if address else each.message
        level = "notice" if each.rule.severity is Severity.HINT else each.rule.severity.value
        yield f"::{level} {properties}::{_escaped(message)}"


def as_sarif(report: Report) -> Iterator[str]:
    """Write a SARIF log."""
    yield json.dumps(sarif.log(report.source, report.findings, report.changes), indent=2)


def gitlab(report: Report) -> Iterator[str]:
    """Write a Code Quality report."""
    yield json.dumps(list(code_quality.issues(report.source, report.findings)), indent=2)


FOR_READERS: dict[str, Callable[[Report], Iterator[Line]]] = {"text": text, "statistics": statistics}
FOR_PROGRAMS: dict[str, Callable[[Report], Iterator[str]]] = {
    "json": as_json,
    "github": github,
    "gitlab": gitlab,
    "sarif": as_sarif,
}
FORMATS = ("text", *FOR_PROGRAMS)  # statistics have an option of their own


def _changes(report: Report) -> Iterator[str]:
    for change in report.changes:
        yield plain(f"{report.shown(change.path)}: fixed {change.rule}: {change.what}")
        yield from (plain(f"    {line}") for line in change.diff)


def _summary(report: Report) -> Line:
    if not report.counted:
        return [Piece("All checks passed!", colour.GREEN)]
    mendable = f"; {report.fixable} can be mended with --fix" if report.fixable else ""
    return [Piece(f"Found {report.counted}{mendable}.", colour.BOLD)]


def _properties(**properties: str) -> str:
    values = {name: _escaped(value).replace(":", "%3A").replace(",", "%2C") for name, value in properties.items()}
    return ",".join(f"{name}={value}" for name, value in values.items())


def _escaped(message: str) -> str:
    return plain(message).replace("%", "%25")
