"""What README and docs show: their blocks of code, and what is said about each in a comment above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"((?:^<!--[^\n]*-->\n)*)^```(\w*)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMANDS = ("bash", "console")


class Block(NamedTuple):
    """A block of code.

    :param line: where it begins in its page, from 1.
    :param notes: the comments above it.
    :param title: the file that it is the text of, or nothing.
    """

    page: Path
    line: int
    notes: str
    language: str
    title: str
    text: str

    @property
    def is_run(self) -> bool:
        """Whether it has commands that this machine can run."""
        return self.language in COMMANDS and not self.title and "<!-- not run: " not in self.notes

    def commands(self) -> Iterator[tuple[str, str]]:
        """Yield each command with what is shown of its output; a block of bash is one command, and shows nothing."""
        if self.language == "bash":
            yield self.text, ""
            return
        for command, output in re.findall(r"^\$ (.*(?:\n> .*)*)\n((?:(?!\$ ).*\n)*)", self.text, re.MULTILINE):
            yield command.replace("\n> ", "\n"), output


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        title = re.search(r'title="(.*?)"', found[3])
        line = text.count("\n", 0, found.start(2)) + 1
        yield Block(page, line, found[1], found[2], title[1] if title else "", found[4])


def agrees(shown: str, said: str) -> bool:
    """Whether a page shows what a command has said; "..." stands for any lines, and within a line for any text."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else ".*?".join(map(re.escape, line.split("..."))) + r"\n"
        for line in _steady(shown).splitlines()
    )
    return re.fullmatch("".join(lines), _steady(said)) is not None


def _steady(text: str) -> str:
    """Return a text without what is different each time: durations, ports, dates, and the names made of checksums."""
    text = re.sub(r"\b\d+(\.\d+)? s\b", "N s", text)
    text = re.sub(r"(?<=127\.0\.0\.1:)\d+", "PORT", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\d at \d\d:\d\d UTC", "DATE", text)
    text = re.sub(r"-[0-9a-f]{8}\b", "-CHECKSUM", text)
    text = re.sub(r" *█+", " BAR", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
