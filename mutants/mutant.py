"""A deliberate fault: a small replacement in one file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class DoesNotApplyError(Exception):
    """The file does not hold the text, or holds it more than once."""


class Mutant(NamedTuple):
    """A fault, and who should notice it.

    :param breaks: what no longer holds with it, as a promise that is broken.
    :param file: the file, below the top of the tree.
    :param old: the text that is replaced; it occurs exactly once.
    :param new: what stands there instead.
    :param tests: what most likely notices, below ``tests/``: files, or single tests as pytest names them.
    """

    breaks: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        """Name it for a report."""
        return f"{self.file}: {self.breaks}"

    def mutated(self, tree: Path) -> str:
        """Return the file's text with the fault in it.

        :raises DoesNotApplyError: when the text is not there exactly once.
        """
        file = tree / self.file
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        found = text.count(self.old)
        if found != 1:
            raise DoesNotApplyError(f"the text to replace is there {found} times")
        return text.replace(self.old, self.new)
