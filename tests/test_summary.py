"""The summary of a build."""

from __future__ import annotations

from s2itasks.build import summary
from s2itasks.console import duration
from s2itasks.session import Step


def lines(steps: list[Step]) -> list[str]:
    """Draw them, without colours."""
    return ["".join(piece.text for piece in line) for line in summary.lines(steps, block="#")]


def test_bars_are_in_proportion_to_the_longest() -> None:
    """Thirty blocks for it, and a word instead of a bar for what was skipped."""
    steps = [Step("upload", 0.01), Step("pre_build", None, "no such hook"), Step("build", 10), Step("assemble", 5)]
    assert lines(steps) == [
        "upload          0.01 s",
        "pre_build      skipped  no such hook",
        "build           10.0 s  ##############################",
        "assemble         5.0 s  ###############",
    ]


def test_nothing_to_draw() -> None:
    """No steps, or steps that took no time at all."""
    assert lines([]) == []
    assert lines([Step("upload", 0)]) == ["upload       0.00 s"]


def test_durations_are_spelled_for_readers() -> None:
    """Hundredths below a second, minutes above sixty."""
    assert [duration(each) for each in (0, 0.126, 1, 59.94, 60, 125.9)] == [
        "0.00 s",
        "0.13 s",
        "1.0 s",
        "59.9 s",
        "1 min 00 s",
        "2 min 05 s",
    ]
