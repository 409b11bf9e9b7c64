"""What is said of a rehearsal once the application is ready: how long it took, what to look at, what a pod has else."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from s2itasks.check import checking
from s2itasks.check.registry import RULES
from s2itasks.check.rule import Finding, Rule, Severity
from s2itasks.console import detail, duration, event, warning
from s2itasks.errors import UsageError
from s2itasks.graph import Graph

WRITTEN_OUT = "S2I517"  # the rule about places that a script writes out
MOST = 5  # lines of one kind


def show_places_written_out(source: Path, graph: Graph, environ: Mapping[str, str]) -> None:
    """Name the lines that write /opt/app-root or /tmp/src out, where these are somewhere else."""
    for finding in _findings(source, graph, environ, [RULES[WRITTEN_OUT]]):
        warning(f"{finding.path}:{finding.line}: {finding.message}")


def show_script(script: Path) -> None:
    """Show what can be done with the application while it runs, and afterwards."""
    for command in ("--list", "exec -- python --version", "shell", "jobs"):
        detail(f"{shlex.quote(str(script))} {command}")


def show_durations(took: Sequence[tuple[str, float]]) -> None:
    """Show how long each phase took."""
    event("rehearse", "took " + ", ".join(f"{duration(seconds)} {phase}" for phase, seconds in took))


def show_findings(source: Path, graph: Graph, environ: Mapping[str, str]) -> None:
    """Show what ``check`` finds in the source."""
    counted = [
        each for each in _findings(source, graph, environ, RULES.values()) if each.rule.severity != Severity.HINT
    ]
    if counted:
        event("rehearse", f"s2itasks check finds {len(counted)}:")
        _show_some(
            [f"{each.path}:{each.line}: {each.rule.severity.value} {each.rule.id}: {each.message}" for each in counted]
        )


def show_warnings(warnings: Sequence[str]) -> None:
    """Show what the application warned of when it started."""
    if warnings:
        event("rehearse", "the application warns:")
        _show_some(warnings)


def show_differences(differences: Sequence[str]) -> None:
    """Show what is not as in a pod."""
    event("rehearse", "not as in a pod:")
    for each in differences:
        detail(each)


def _findings(source: Path, graph: Graph, environ: Mapping[str, str], rules: Collection[Rule]) -> list[Finding]:
    try:
        return checking.check(source, graph, environ, rules)
    except UsageError:  # there is no .s2i
        return []


def _show_some(lines: Sequence[str]) -> None:
    for line in lines[:MOST]:
        detail(line)
    if len(lines) > MOST:
        detail(f"and {len(lines) - MOST} more")
