"""The command ``check``: find, mend if that is asked for, report, and end with a status that says how it went."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks.errors import Failure, UsageError
from s2itasks.graph import Graph

from . import checking, fixing, reports
from .fixing import Change
from .registry import RULES
from .reports import Report
from .rule import Finding
from .source import Source


class Flawed(Failure):
    """There are findings that count."""

    def __init__(self, report: Report) -> None:
        cure = "correct them, or leave out a rule with --ignore"
        if report.fixable:
            cure = f"try --fix, which may mend {report.fixable} of them"
        super().__init__(f"{report.counted} in {report.source / '.s2i'}", cure=cure, status=1)


def lint(
    root: Path,
    graph: Graph,
    environ: Mapping[str, str],
    *,
    format: str = "text",  # noqa: A002 - the option's name
    strict: bool = False,
    ignore: Sequence[str] = (),
    fix: bool = False,
) -> None:
    """Check a source, and print what there is to say.

    :param graph: the phases that there are.
    :param format: one of `reports.FORMATS`.
    :param strict: warnings count, too.
    :param ignore: ids of rules, several in one item with commas between them.
    :param fix: mend what can be mended first.
    :raises UsageError: when there is no ``.s2i``, or no such format or rule.
    :raises Flawed: when there are findings that count.
    :raises Failure: when something cannot be mended, after the report of what was mended until then.
    """
    if format not in reports.FORMATS:
        raise UsageError(f"check has no format {format!r}", cure=f"choose one of: {', '.join(reports.FORMATS)}")
    ignored = [rule.strip() for item in ignore for rule in item.split(",")]
    for rule in ignored:
        if rule not in RULES:
            cure = f"choose from {min(RULES)} to {max(RULES)}"
            raise UsageError(f"there is no rule {rule!r} to ignore", cure=cure)
    source = Source.read(root, graph, environ)
    findings = checking.findings(source, ignore=ignored)
    changes: list[Change] = []
    failed = _mend(source, findings, changes) if fix else None
    if changes:
        findings = checking.check(root, graph, environ, ignore=ignored)
    report = Report(root, findings, changes)
    for line in reports.FORMATS[format](report):
        print(line)
    sys.stdout.flush()
    if failed:
        raise failed
    if report.errors or (strict and report.warnings):
        raise Flawed(report)


def _mend(source: Source, findings: Sequence[Finding], changes: list[Change]) -> Failure | OSError | None:
    """Add each change as it is made; return what kept the others from being made."""
    try:
        for change in fixing.fix(source, findings):
            changes.append(change)  # noqa: PERF402 - none is to be lost where the next one fails
    except (Failure, OSError) as failure:
        return failure
    return None
