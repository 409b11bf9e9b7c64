"""Findings as GitLab's Code Quality report, which a merge request shows beside its lines."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from s2itasks.console import plain

from . import explaining
from .rule import Finding, Severity

SEVERITIES = dict(zip((Severity.ERROR, Severity.WARNING, Severity.HINT), ("major", "minor", "info")))


def issues(source: Path, findings: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Yield an object for each finding.

    :param source: as the user spelled it; paths are relative to where the user is, which is the repository's top.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for each in findings:
        path, address = os.path.relpath(source / each.path), explaining.address(each.rule.id)
        what = each.rule.id, path, each.message
        seen[what] += 1
        yield {
            "check_name": each.rule.id,
            "description": plain(f"{each.rule.id} {each.rule.title}: {each.message}"),
            **({"content": {"body": f"See {address}"}} if address else {}),
            "fingerprint": _fingerprint(*what, str(seen[what])),
            "severity": SEVERITIES[each.rule.severity],
            "location": {"path": plain(path), "lines": {"begin": each.line}},
        }


def _fingerprint(*words: str) -> str:
    """Return what tells a finding from the others, and is the same where only its line has moved."""
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()
