"""Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from s2itasks import __version__
from s2itasks.console import plain

from . import explaining
from .fixing import Change
from .registry import RULES
from .rule import Finding, Rule, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
Object = dict[str, Any]


def log(source: Path, findings: Sequence[Finding], changes: Sequence[Change]) -> Object:
    """Return a log of one run: all rules with their pages, what was found, and what was mended before.

    :param source: as the user spelled it; addresses are relative to where the user is.
    """
    driver = {"name": "s2itasks", "version": __version__, "rules": [_rule(rule) for rule in RULES.values()]}
    run = {
        "tool": {"driver": driver},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(source, change) for change in changes],
            }
        ],
        "results": [_result(source, finding) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> Object:
    page = explaining.page(rule.id)
    address = explaining.address(rule.id)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": page.split("\n\n")[2].replace("\n", " ")},
        "help": {"text": page, "markdown": page},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"level": _level(rule)},
    }


def _result(source: Path, finding: Finding) -> Object:
    return {
        "ruleId": finding.rule.id,
        "ruleIndex": list(RULES).index(finding.rule.id),
        "level": _level(finding.rule),
        "message": _message(finding.message),
        "locations": [_location(source / finding.path, region={"startLine": finding.line})],
    }


def _notification(source: Path, change: Change) -> Object:
    return {
        "associatedRule": {"id": change.rule, "index": list(RULES).index(change.rule)},
        "level": "note",
        "message": _message(f"fixed: {change.what}"),
        "locations": [_location(source / change.path)],
    }


def _level(rule: Rule) -> str:
    return "note" if rule.severity is Severity.HINT else rule.severity.value


def _message(text: str) -> Object:
    """Return a message; in what a repository says there are no links, which look as in Markdown."""
    return {"text": plain(text).replace("](", "] (")}


def _location(path: Path, **more: Object) -> Object:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}, **more}}


def _uri(path: Path) -> str:
    """Return the address of a file, relative to the current directory where it is below that."""
    relative = os.path.relpath(path)
    if relative.startswith(f"..{os.sep}"):
        return f"file://{quote(os.fsencode(os.path.normpath(path.absolute())))}"
    return quote(os.fsencode(relative))
