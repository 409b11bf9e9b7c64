"""The command ``check``: find, mend if that is asked for, report, and end with a status that says how it went."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks.errors import Failure, UsageError
from s2itasks.graph import Graph

from . import checking, configuration, fixing, reports, selection
from .configuration import Configuration
from .fixing import Change
from .registry import RULES
from .reports import Report
from .rule import Finding, Rule
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
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fix: bool = False,
) -> None:
    """Check a source, and print what there is to say.

    :param graph: the phases that there are.
    :param format: one of `reports.FORMATS`.
    :param strict: warnings count, too.
    :param select: ids of rules, or what they begin with, several in one item with commas between them; all where there
        are none.
    :param ignore: likewise; none of these is asked.
    :param fix: mend what can be mended first.
    :raises UsageError: when there is no ``.s2i``, or no such format or rule.
    :raises Misconfigured: when the ``pyproject.toml`` of the source asks for what does not exist.
    :raises Flawed: when there are findings that count.
    :raises Failure: when something cannot be mended, after the report of what was mended until then.
    """
    if format not in reports.FORMATS:
        raise UsageError(f"check has no format {format!r}", cure=f"choose one of: {', '.join(reports.FORMATS)}")
    selected, ignored = selection.rules(select, "to select"), selection.rules(ignore, "to ignore")
    source = Source.read(root, graph, environ)
    configured = configuration.read(source)
    rules = _rules(configured, selected, ignored)
    findings = checking.findings(source, rules)
    changes: list[Change] = []
    failed = _mend(source, findings, changes) if fix else None
    if changes:
        findings = checking.check(root, graph, environ, rules)
    report = Report(root, findings, changes)
    for line in reports.FORMATS[format](report):
        print(line)
    sys.stdout.flush()
    if failed:
        raise failed
    if report.errors or ((strict or configured.strict) and report.warnings):
        raise Flawed(report)


def _rules(configured: Configuration, selected: set[str], ignored: set[str]) -> list[Rule]:
    """Return the rules to ask; what the command line selects takes the place of what is configured."""
    if not selected:
        selected = selection.rules(configured.select, "to select") or set(RULES)
        ignored = ignored | selection.rules(configured.ignore, "to ignore")
    return [rule for rule in RULES.values() if rule.id in selected - ignored]


def _mend(source: Source, findings: Sequence[Finding], changes: list[Change]) -> Failure | OSError | None:
    """Add each change as it is made; return what kept the others from being made."""
    try:
        for change in fixing.fix(source, findings):
            changes.append(change)  # noqa: PERF402 - none is to be lost where the next one fails
    except (Failure, OSError) as failure:
        return failure
    return None
