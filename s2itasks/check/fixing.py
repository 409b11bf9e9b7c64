"""Mending what can be mended without thinking: run bits, line endings, byte-order marks, spellings."""

from __future__ import annotations

import contextlib
import difflib
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.environment_problems import Kind, problems
from s2itasks.masking import masked
from s2itasks.script import BYTE_ORDER_MARK

from . import git_index
from .file import File, Role
from .rule import Finding
from .source import Source

RUN_BIT = ("S2I201", "S2I601")


@dataclass(frozen=True)
class Change:
    """What was done to a file.

    :param diff: the lines that it changed, secrets masked; none where every line did, or no text.
    """

    rule: str
    path: str
    what: str
    diff: tuple[str, ...] = ()


def fix(source: Source, findings: Sequence[Finding]) -> list[Change]:
    """Mend what the findings name, as far as that is possible; what a link leads to outside of the source stays.

    :raises GitRefused: when the run bit cannot be set in git's index.
    :raises OSError: when a file cannot be written.
    """
    changes: list[Change] = []
    for path in sorted({finding.path for finding in findings}):
        file = source.files.get(path)
        if file is not None and _belongs_to(source, file):
            found = [finding for finding in findings if finding.path == path]
            changes += _rewrite(file, found)
            changes += _make_executable(source, file, {finding.rule.id for finding in found})
    return changes


def _belongs_to(source: Source, file: File) -> bool:
    return source.root.resolve() in file.location.resolve().parents


def _rewrite(file: File, findings: Sequence[Finding]) -> Iterator[Change]:
    """Change a file's text, one rule after another, and write it at the end."""
    content = file.content
    for rule, (what, mend) in MENDS.items():
        lines = {finding.line for finding in findings if finding.rule.id == rule}
        mended = mend(content, lines) if lines else content
        if mended != content:
            yield Change(rule, file.path, what, _diff(file, content, mended) if rule in SHOWN else ())
            content = mended
    if content != file.content:
        _write(file.location.resolve(), content)


def _without_mark(content: bytes, _: Collection[int]) -> bytes:
    return content.removeprefix(BYTE_ORDER_MARK)


def _without_cr(content: bytes, _: Collection[int]) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _without_blank_lines(content: bytes, _: Collection[int]) -> bytes:
    mark = BYTE_ORDER_MARK if content.startswith(BYTE_ORDER_MARK) else b""
    return mark + content.removeprefix(mark).lstrip()


def _respelled(kind: Kind) -> Callable[[bytes, Collection[int]], bytes]:
    """Give what writes the lines of one kind of problem in the way that S2I and s2itasks agree on."""

    def respell(content: bytes, lines: Collection[int]) -> bytes:
        text = content.decode("utf-8", "surrogateescape")
        written = text.split("\n")
        for problem in problems(text):
            if problem.kind is kind and problem.line in lines and problem.agreed is not None:
                line = written[problem.line - 1]
                end = "\r" if line.endswith("\r") else ""
                behind = line.rstrip("\r").rpartition(" #")[2].strip() if kind is Kind.COMMENT else ""
                keeps_comment = behind and not problem.agreed.startswith("#")
                comment = f"# {behind}{end}\n" if keeps_comment else ""
                written[problem.line - 1] = f"{comment}{problem.agreed}{end}"
        return "\n".join(written).encode("utf-8", "surrogateescape")

    return respell


MENDS: dict[str, tuple[str, Callable[[bytes, Collection[int]], bytes]]] = {
    "S2I403": ("comments begin in the first column", _respelled(Kind.COMMENT)),
    "S2I401": ("quotes removed", _respelled(Kind.QUOTES)),
    "S2I402": ("'export' removed", _respelled(Kind.EXPORT)),
    "S2I410": ("spelled so that S2I and s2itasks agree", _respelled(Kind.DIFFERENCE)),
    "S2I205": ("blank lines before the shebang removed", _without_blank_lines),
    "S2I202": ("line endings converted to LF", _without_cr),
    "S2I203": ("byte-order mark removed", _without_mark),
}
SHOWN = ("S2I401", "S2I402", "S2I403", "S2I410", "S2I205")


def _make_executable(source: Source, file: File, rules: set[str]) -> Iterator[Change]:
    for rule in rules.intersection(RUN_BIT):
        mode = file.mode & 0o7777
        if not mode & 0o111:
            file.location.resolve().chmod(mode | (mode & 0o444) >> 2)
        if file.executable_in_index:
            yield Change(rule, file.path, "run bit set")
        else:
            git_index.make_executable(source.root, source.environ, [file.path])
            yield Change(rule, file.path, "run bit set, also in git's index")


def _write(path: Path, content: bytes) -> None:
    """Replace a file at once, keeping its mode."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        os.chmod(name, path.stat().st_mode & 0o7777)  # noqa: PTH101 - the name is all there is
        os.replace(name, path)  # noqa: PTH105 - likewise
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - likewise
        raise


def _diff(file: File, before: bytes, after: bytes) -> tuple[str, ...]:
    secretive = file.role is Role.ENVIRONMENT
    old, new = ([_shown(line, secretive=secretive) for line in content.splitlines()] for content in (before, after))
    lines = difflib.unified_diff(old, new, n=0, lineterm="")
    return tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))


def _shown(line: bytes, *, secretive: bool) -> str:
    text = os.fsdecode(line).lstrip("\ufeff")
    name, separator, value = text.partition("=")
    return f"{name}{separator}{masked(name.strip(), value)}" if secretive else text
