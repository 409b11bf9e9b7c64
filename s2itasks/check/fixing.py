"""Mending what can be mended without thinking: run bits, line endings, byte-order marks, spellings."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.environment.file_problems import Kind, problems
from s2itasks.layout import leads_out
from s2itasks.masking.text import is_secret, masked, masked_text
from s2itasks.process.replacing import replace
from s2itasks.process.verdict import BYTE_ORDER_MARK

from . import calls, git_index
from .file import File, Role
from .rule import Finding
from .source import Source

PREDECESSOR = "S2I510"
RUN_BIT = ("S2I201", "S2I212", "S2I219", "S2I601")
# An assignment whose value certainly ends where it seems to; and those before a call of ours, which is what changes.
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=(?:[\w./:@%+,=-]*|'[^']*'|\"[^\"\\`$]*\")(?=[ \t]|\Z)", re.ASCII)
BEFORE_CALL = re.compile(
    rf"(?:[ \t]*{ASSIGNMENT.pattern})+(?=[ \t]+(?:\S*/)?(?:powershift|warpdrive|s2itasks)[ \t])", re.ASCII
)


@dataclass(frozen=True)
class Change:
    """What was done to a file.

    :param diff: the line that was changed, before and after, secrets masked; none where that is not the point.
    """

    rule: str
    path: str
    what: str
    diff: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is to be done to a file.

    :param content: that it is to have.
    :param changes: what is then different in it.
    :param run_bit: the rules for which it is to become executable.
    """

    file: File
    content: bytes
    changes: Sequence[Change]
    run_bit: frozenset[str]


def plans(source: Source, findings: Sequence[Finding]) -> Iterator[Plan]:
    """Return what can be mended of what the findings name; what a link leads to outside of the source stays."""
    for path in sorted({finding.path for finding in findings}):
        file = source.files.get(path)
        if file is not None and _belongs_to(source, file):
            found = [finding for finding in findings if finding.path == path]
            content, changes = _mended(file, found)
            rules = (
                {finding.rule.id for finding in found} if file.role is not Role.JOB or file.looks_like_script else ()
            )
            yield Plan(file, content, changes, frozenset(RUN_BIT).intersection(rules))


def fix(source: Source, findings: Sequence[Finding]) -> Iterator[Change]:
    """Mend what can be mended.

    :return: each change as soon as it is made, so that a failure leaves none unsaid.
    :raises GitRefused: when the run bit cannot be set in git's index.
    :raises OSError: when a file cannot be written.
    """
    for plan in plans(source, findings):
        if plan.content != plan.file.content:
            path = Path(os.path.realpath(plan.file.location))
            replace(path, plan.content, path.stat().st_mode & 0o7777)
        yield from plan.changes
        yield from _make_executable(source, plan.file, plan.run_bit)


def _belongs_to(source: Source, file: File) -> bool:
    return file.is_regular and not leads_out(source.root, file.location)


def _mended(file: File, findings: Sequence[Finding]) -> tuple[bytes, list[Change]]:
    """Change a file's text, one rule after another."""
    content, changes = _without_predecessor(file, {each.line for each in findings if each.rule.id == PREDECESSOR})
    for rule, (what, mend) in MENDS.items():
        if any(finding.rule.id == rule for finding in findings):
            content = mend(content)
            changes.append(Change(rule, file.path, what))
    if file.role is Role.ENVIRONMENT:
        content, spelled = _respelled(file, content, {(finding.rule.id, finding.line) for finding in findings})
        changes += spelled
    return content, changes


def _without_predecessor(file: File, wanted: set[int]) -> tuple[bytes, list[Change]]:
    """Write ``s2itasks`` for ``powershift image`` in some lines."""
    text = file.content.decode("utf-8", "surrogateescape")
    changes: list[Change] = []

    def mended(call: re.Match[str]) -> str:
        number = text.count("\n", 0, call.start()) + 1
        if number not in wanted:
            return call[0]
        instead = calls.of_s2itasks_instead(call)  # all that is shown: a line may be a whole template, with secrets
        diff = (*(f"- {line.strip()}" for line in call[0].splitlines()), f"+ {instead}")
        changes.append(Change(PREDECESSOR, file.path, "'powershift image' replaced by 's2itasks'", diff))
        return instead

    mended_text = calls.OF_POWERSHIFT.sub(mended, text) if wanted else text
    return mended_text.encode("utf-8", "surrogateescape"), changes


def _respelled(file: File, content: bytes, wanted: set[tuple[str, int]]) -> tuple[bytes, list[Change]]:
    """Write lines of ``.s2i/environment`` so that S2I and s2itasks agree on them."""
    mark = BYTE_ORDER_MARK if content.startswith(BYTE_ORDER_MARK) else b""
    text = content.removeprefix(mark).decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    changes: list[Change] = []
    for problem in problems(text):
        rule, what = SPELLINGS.get(problem.kind, ("", ""))
        if problem.agreed is None or (rule, problem.line) not in wanted:
            continue
        line = lines[problem.line - 1].removesuffix("\r")
        end = lines[problem.line - 1][len(line) :]
        comment = _comment_behind(line, problem.agreed)
        above = [f"# {comment}"] if comment else []
        lines[problem.line - 1] = f"{end}\n".join([*above, f"{problem.agreed}{end}"])
        diff = (
            f"- {shown(line)}",
            *(f"+ {shown_comment(each, line)}" for each in above),
            f"+ {shown(problem.agreed)}",
        )
        changes.append(Change(rule, file.path, what, diff))
    return mark + "\n".join(lines).encode("utf-8", "surrogateescape"), changes


def _comment_behind(line: str, agreed: str) -> str:
    """Return the comment behind a value, which goes into a line of its own."""
    value = agreed.partition("=")[2]
    written = line.partition("=")[2]
    behind = written[written.find(value) + len(value) :].lstrip("\"' \t")
    return behind[1:].strip() if behind.startswith("#") and not agreed.startswith("#") else ""


def _without_blank_lines(content: bytes) -> bytes:
    mark = BYTE_ORDER_MARK if content.startswith(BYTE_ORDER_MARK) else b""
    return mark + content.removeprefix(mark).lstrip()


MENDS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "S2I203": ("byte-order mark removed", lambda content: content.removeprefix(BYTE_ORDER_MARK)),
    "S2I202": ("line endings converted to LF", lambda content: content.replace(b"\r\n", b"\n")),
    "S2I205": ("blank lines before the shebang removed", _without_blank_lines),
}
SPELLINGS = {
    Kind.QUOTES: ("S2I401", "quotes removed"),
    Kind.EXPORT: ("S2I402", "'export' removed"),
    Kind.COMMENT: ("S2I403", "the comment begins in the first column"),
    Kind.DIFFERENCE: ("S2I410", "spelled so that S2I and s2itasks agree"),
}


def _make_executable(source: Source, file: File, rules: Collection[str]) -> Iterator[Change]:
    for rule in rules:
        mode = file.mode & 0o7777
        if not mode & 0o111:
            Path(os.path.realpath(file.location)).chmod(mode | 0o100 | (mode & 0o444) >> 2)
        if file.executable_in_index:
            yield Change(rule, file.path, "run bit set")
            continue
        try:
            git_index.make_executable(source.root, source.environ, file.path)
        except git_index.GitRefused:
            if not mode & 0o111:
                yield Change(rule, file.path, "run bit set, not yet in git's index")
            raise
        yield Change(rule, file.path, "run bit set, also in git's index")


def shown(line: str) -> str:
    """Show a line of ``.s2i/environment``, or of a script, without its secrets."""
    name, separator, value = line.partition("=")
    return masked_text(f"{name}{separator}{masked(name.strip(), value)}")


def shown_in_script(line: str) -> str:
    """Show a line of a script without its secrets, and with the call of a predecessor or of s2itasks that follows them.

    Of a value that may go on behind a blank (``A=(x y)``, ``A=x"y z"``, a here-document), nothing is shown up to the
    line's end.
    """
    assignments = BEFORE_CALL.match(line)
    end = assignments.end() if assignments else 0
    return ASSIGNMENT.sub(lambda each: shown(each[0]), line[:end]) + shown(line[end:])


def shown_comment(comment: str, line: str) -> str:
    """Show what is a comment for s2itasks; for S2I, behind a secret without quotes, it is a part of that."""
    name, _, value = line.partition("=")
    return "# ***" if is_secret(name) and value.lstrip()[:1] not in ("'", '"') else masked_text(comment)
