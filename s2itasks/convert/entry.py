"""What a conversion has done to a line or a file, and why: an entry of its report."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Fate(enum.Enum):
    """What has become of a line or a file.

    Of a file, `WRITTEN` is said where it or a part of it has a successor, `DROPPED` where it needs none.
    """

    WRITTEN = "written"
    DROPPED = "dropped"
    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"
    COMMENTED = "kept as a comment"
    LEFT = "left as it is"


LEFT_TO_A_PERSON = (Fate.COMMENTED, Fate.LEFT)


@dataclass(frozen=True)
class Entry:
    """One thing that was done, or that is left to do.

    :param path: the original file, in the source; empty for what concerns no file.
    :param line: the number of its first line there; 0 for the whole file.
    :param why: a clause that says what was done and why, or what somebody has to do.
    :param before: the line or lines as they were.
    :param after: what stands there instead, if anything does.
    """

    path: str
    line: int
    fate: Fate
    why: str
    before: str = ""
    after: str = ""

    @property
    def left(self) -> bool:
        """Whether somebody should look at it."""
        return self.fate in LEFT_TO_A_PERSON
