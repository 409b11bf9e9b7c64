"""``[tool.s2itasks.check]`` in the ``pyproject.toml`` of a source: which rules are asked there, and how strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s2itasks.console import plain, warning
from s2itasks.errors import ConfigurationError, UsageError
from s2itasks.process import reading

from . import selection
from .source import Source
from .toml import Parser, parser

FILE = "pyproject.toml"
TABLE = "tool.s2itasks.check"
HEADER = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*[\"']?s2itasks\b", re.MULTILINE)
LISTS = ("select", "ignore")
KEYS = (*LISTS, "strict")


class Misconfigured(ConfigurationError):
    """The table, or the file around it, is not what it should be."""

    def __init__(self, file: Path, problem: str, cure: str) -> None:
        super().__init__(f"{file}: {problem}", cure=cure)


@dataclass(frozen=True)
class Configuration:
    """What the table says.

    :param select: ids of rules, or what they begin with; all rules where there are none.
    :param ignore: likewise; none of these is asked.
    :param strict: warnings count, too.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False


def read(source: Source) -> Configuration:
    """Read the table; a file that cannot be read, or not with this Python, is warned of and has no effect.

    :raises Misconfigured: when the file is not valid TOML, or the table has a key or a value that means nothing.
    """
    path = source.root / FILE
    text = _text(source, path)
    if text is None or "s2itasks" not in text:
        return Configuration()
    parse = parser()
    if parse is None:
        if HEADER.search(text):
            warning(
                f"{source.root / FILE}: [{TABLE}] is not read with this Python; use 3.11 or later, or install tomli"
            )
        return Configuration()
    return _checked(path, _table(path, parse, text))


def _text(source: Source, path: Path) -> str | None:
    try:
        source.layout.require_inside(source.layout.source / FILE)
        return reading.content(path).decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as problem:
        raise Misconfigured(path, f"not valid TOML: it is not UTF-8 ({problem.reason})", "correct it") from None
    except OSError as problem:
        warning(f"{path}: settings of check in it have no effect: {problem.strerror}")
        return None


def _table(path: Path, parse: Parser, text: str) -> Mapping[str, Any]:
    try:
        document = parse(text)
    except (ValueError, RecursionError) as problem:
        raise Misconfigured(path, f"not valid TOML: {plain(str(problem))}", "correct it") from None
    table: Any = document
    names = TABLE.split(".")
    for depth, name in enumerate(names, start=1):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise Misconfigured(path, f"{'.'.join(names[:depth])} is not a table", f"write [{TABLE}]")
    return dict(table)


def _checked(path: Path, table: Mapping[str, Any]) -> Configuration:
    for key, value in table.items():
        if key not in KEYS:
            raise Misconfigured(path, f"[{TABLE}] has no key {key!r}", f"choose from: {', '.join(KEYS)}")
        if key in LISTS:
            _require_rules(path, key, value)
        elif not isinstance(value, bool):
            raise Misconfigured(path, f"{key} in [{TABLE}] is not true or false", f"write {key} = true, or remove it")
    lists = {key: tuple(table.get(key, ())) for key in LISTS}
    return Configuration(**lists, strict=table.get("strict", False))


def _require_rules(path: Path, key: str, value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Misconfigured(path, f"{key} in [{TABLE}] is not a list of strings", f'write {key} = ["S2I503"]')
    try:
        selection.rules(value, f"to {key}")
    except UsageError as problem:
        raise Misconfigured(path, f"{key} in [{TABLE}]: {problem.problem}", problem.cure) from None
