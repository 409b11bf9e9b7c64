"""Variables that an application requires: how they are written down."""

from __future__ import annotations

import pytest

from s2itasks.environment import required
from s2itasks.environment.required import NoName, Required


def test_lines() -> None:
    """A name, and behind # what it is for; blank lines and comments are none; the first of two counts."""
    text = "\ufeff# the secrets\n\nSECRET_KEY  # signs sessions: #1\r\n  DATABASE_URL\nB# x\nSECRET_KEY # again\n"
    assert required.parse(text, ".s2i/required") == [
        Required("SECRET_KEY", "signs sessions: #1", 3),
        Required("DATABASE_URL", "", 4),
        Required("B", "x", 5),
    ]


@pytest.mark.parametrize("line", ["SECRET KEY", "1A", "export A", "A-B", "Ä", "A,B"])
def test_what_is_no_name(line: str) -> None:
    """Named with its line."""
    with pytest.raises(NoName) as refused:
        required.parse(f"A\n{line}\n", ".s2i/required")
    assert str(refused.value).startswith(f".s2i/required:2: {line!r} is not the name of a variable; write a line")


def test_a_value_is_not_repeated() -> None:
    """It may be a secret."""
    with pytest.raises(NoName) as refused:
        required.parse("SECRET_KEY=hunter2\n", ".s2i/required")
    assert str(refused.value) == (
        ".s2i/required:1: 'SECRET_KEY' is not the name of a variable; "
        "write the name alone: values belong into .s2i/environment or a Secret"
    )


def test_an_empty_value_is_a_missing_one() -> None:
    """As an operator means it who sets a variable to nothing."""
    wanted = required.parse("A\nB\nC # for c\n", "")
    assert [each.shown for each in required.missing(wanted, {"A": "1", "B": ""})] == ["B", "C (for c)"]
