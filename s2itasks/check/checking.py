"""Asking the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from s2itasks.graph import Graph
from s2itasks.masking.text import masked_text

from .ignores import Ignores
from .registry import RULES
from .rule import Finding, Rule
from .source import Source

MOST = 200  # findings of a rule in one file; nobody reads more, and each takes its time


def check(
    root: Path, graph: Graph, environ: Mapping[str, str], rules: Collection[Rule] = RULES.values()
) -> list[Finding]:
    """Return what is wrong with the ``.s2i`` of a source, by file and line.

    :param root: the directory that holds it.
    :param graph: the phases that there are.
    :param environ: the environment for the tools that are asked: git, bash, shellcheck.
    :param rules: those to ask.
    :raises UsageError: when there is no ``.s2i``.
    """
    return findings(Source.read(root, graph, environ), rules)


def findings(source: Source, rules: Collection[Rule] = RULES.values()) -> list[Finding]:
    """Return what is wrong with a source that is read already."""
    found = set()
    ignores: dict[str, Ignores] = {}
    for rule in rules:
        seen: Counter[str] = Counter()
        for spot in rule.look(source):
            seen[spot.path] += 1
            if seen[spot.path] > MOST:
                continue
            file = source.files.get(spot.path)
            if file is not None and spot.path not in ignores:
                ignores[spot.path] = Ignores(file)
            if file is None or not ignores[spot.path].cover(spot.line, rule.id):
                found.add(Finding(rule, spot.path, spot.line, masked_text(spot.message)))
    return sorted(found, key=lambda finding: (finding.path, finding.line, finding.rule.id, finding.message))
