"""The command ``check``: find, mend if that is asked for, report, and end with a status that says how it went."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks import console
from s2itasks.errors import Failure, UsageError
from s2itasks.graph import Graph

from . import checking, configuration, differences, fixing, reports, selection
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
            cure = f"try --fix for {report.fixable} of them"
        super().__init__(f"{report.counted} in {report.source / '.s2i'}", cure=cure, status=1)


class Mendable(Failure):
    """There is something that ``--fix`` would change."""

    def __init__(self, source: Path, files: int) -> None:
        said = f"--fix would change {files} file{'' if files == 1 else 's'} in {source}"
        super().__init__(said, cure="run check --fix to have that done", status=1)


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
    diff: bool = False,
    statistics: bool = False,
) -> None:
    """Check a source, and print what there is to say.

    :param graph: the phases that there are.
    :param format: one of `reports.FORMATS`.
    :param strict: warnings count, too.
    :param select: ids of rules, or what they begin with, several in one item with commas between them; all where there
        are none.
    :param ignore: likewise; none of these is asked.
    :param fix: mend what can be mended first.
    :param diff: only print what that would change.
    :param statistics: print how often each rule does not hold, instead of the findings.
    :raises UsageError: when there is no ``.s2i``, or no such format or rule.
    :raises Misconfigured: when the ``pyproject.toml`` of the source asks for what does not exist.
    :raises Flawed: when there are findings that count.
    :raises Mendable: when there is a difference to print.
    :raises Failure: when something cannot be mended, after the report of what was mended until then.
    """
    _require_fitting(format, fix=fix, diff=diff, statistics=statistics)
    selected, ignored = selection.rules(select, "to select"), selection.rules(ignore, "to ignore")
    source = Source.read(root, graph, environ)
    configured = configuration.read(source)
    rules = _rules(configured, selected, ignored)
    findings = checking.findings(source, rules)
    if diff:
        _show_differences(source, findings)
        return
    changes: list[Change] = []
    failed = _mend(source, findings, changes) if fix else None
    if changes:
        findings = checking.check(root, graph, environ, rules)
    report = Report(root, findings, changes)
    _show(report, "statistics" if statistics else format)
    if failed:
        raise failed
    if report.errors or ((strict or configured.strict) and report.warnings):
        raise Flawed(report)


def _show(report: Report, format: str) -> None:  # noqa: A002 - the option's name
    if format in reports.FOR_READERS:
        for line in reports.FOR_READERS[format](report):
            console.show(line)
    else:
        for text in reports.FOR_PROGRAMS[format](report):
            print(text)
        sys.stdout.flush()


def _require_fitting(format: str, *, fix: bool, diff: bool, statistics: bool) -> None:  # noqa: A002 - the option's name
    """Refuse options that are not there, or not together."""
    if format not in reports.FORMATS:
        raise UsageError(f"check has no format {format!r}", cure=f"choose one of: {', '.join(reports.FORMATS)}")
    given = {"--diff": diff, "--statistics": statistics, "--fix": fix and diff, f"--format {format}": format != "text"}
    wanted = [option for option, asked in given.items() if asked]
    if len(wanted) > 1 and (diff or statistics):
        raise UsageError(f"check takes {wanted[0]} or {wanted[1]}, and not both", cure="leave one of them out")


def _show_differences(source: Source, findings: Sequence[Finding]) -> None:
    changing = [plan for plan in fixing.plans(source, findings) if plan.run_bit or plan.content != plan.file.content]
    for line in differences.unified(changing):
        print(line)
    sys.stdout.flush()
    if changing:
        raise Mendable(source.root, len(changing))


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
