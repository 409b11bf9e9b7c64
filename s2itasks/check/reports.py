"""Findings as text for a reader, JSON and SARIF for a program, and workflow commands for GitHub."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.console import plain

from . import explaining, sarif
from .fixing import Change
from .rule import Finding, Severity


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
        """How many are not."""
        return len(self.findings) - self.errors

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


def text(report: Report) -> Iterator[str]:
    """Write a line for each change and each finding, as compilers do, and one that counts them."""
    yield from _changes(report)
    for each in report.findings:
        place, rule = f"{report.shown(each.path)}:{each.line}", f"{each.rule.severity.value} {each.rule.id}"
        yield plain(f"{place}: {rule}: {each.message}")
    yield _summary(report)


def statistics(report: Report) -> Iterator[str]:
    """Write a line for each rule that does not hold, with how often; the most frequent first."""
    yield from _changes(report)
    counts = Counter(finding.rule.id for finding in report.findings)
    rules = {finding.rule.id: finding.rule for finding in report.findings}
    width = len(str(max(counts.values(), default=0)))
    for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield f"{count:{width}}  {rules[name].severity.value:7}  {name}  {rules[name].title}"
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
        yield f"::{each.rule.severity.value} {properties}::{_escaped(message)}"


def as_sarif(report: Report) -> Iterator[str]:
    """Write a SARIF log."""
    yield json.dumps(sarif.log(report.source, report.findings, report.changes), indent=2)


FORMATS: dict[str, Callable[[Report], Iterator[str]]] = {
    "text": text,
    "json": as_json,
    "github": github,
    "sarif": as_sarif,
}


def _changes(report: Report) -> Iterator[str]:
    for change in report.changes:
        yield plain(f"{report.shown(change.path)}: fixed {change.rule}: {change.what}")
        yield from (plain(f"    {line}") for line in change.diff)


def _summary(report: Report) -> str:
    if not report.findings:
        return "All checks passed!"
    mendable = f"; {report.fixable} can be mended with --fix" if report.fixable else ""
    return f"Found {report.counted}{mendable}."


def _properties(**properties: str) -> str:
    values = {name: _escaped(value).replace(":", "%3A").replace(",", "%2C") for name, value in properties.items()}
    return ",".join(f"{name}={value}" for name, value in values.items())


def _escaped(message: str) -> str:
    return plain(message).replace("%", "%25")
