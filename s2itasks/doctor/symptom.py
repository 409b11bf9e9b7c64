"""What was looked at, and what came of it."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Verdict(enum.Enum):
    """How much it matters."""

    OK = "ok"
    WARNING = "warning"
    FAILS = "fails"


class Symptom(NamedTuple):
    """What was seen of one thing.

    :param topic: what it belongs to, a word.
    :param seen: a sentence without its full stop.
    :param cure: what to do, empty where nothing has to be done.
    """

    topic: str
    verdict: Verdict
    seen: str
    cure: str = ""

    @property
    def text(self) -> str:
        """All that there is to say, in one line."""
        return f"{self.seen}; {self.cure}" if self.cure else self.seen


def ok(topic: str, seen: str) -> Symptom:
    """Return something that is as it should be."""
    return Symptom(topic, Verdict.OK, seen)


def warns(topic: str, seen: str, cure: str) -> Symptom:
    """Return something that may be as it should be."""
    return Symptom(topic, Verdict.WARNING, seen, cure)


def fails(topic: str, seen: str, cure: str) -> Symptom:
    """Return something that fails, or would."""
    return Symptom(topic, Verdict.FAILS, seen, cure)
