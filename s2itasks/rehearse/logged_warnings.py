"""What an application warns of in its log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

HEADING = re.compile(r"\W*warnings?\W*", re.IGNORECASE)  # as Django's checks write it above the warnings themselves


def of(log: str) -> Sequence[str]:
    """Return the lines that warn, each once; those below a heading up to an empty line, without what is indented."""
    return [*dict.fromkeys(_warning_lines(log.splitlines()))]


def _warning_lines(lines: Sequence[str]) -> Iterator[str]:
    below = False  # a heading
    for line in lines:
        if HEADING.fullmatch(line):
            below = True
        elif not line.strip():
            below = False
        elif "warning" in line.lower() or (below and not line[0].isspace()):
            yield line.strip()
