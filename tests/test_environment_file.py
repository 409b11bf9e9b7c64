"""``.s2i/environment``: S2I's reading, ours, and a warning wherever they differ or a line is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from application import Application
from hypothesis import given
from hypothesis import strategies as st

from s2itasks.environment.environment_file import Assignment, as_dotenv, as_s2i, read
from s2itasks.environment.file_problems import problems

Reading = list[tuple[str, str]]
BAR: Reading = [("FOO", "bar")]
AGREED = [
    ("FOO=bar", BAR),
    (" FOO = bar ", BAR),
    ("FOO=a=b", [("FOO", "a=b")]),
    ("FOO=it's", [("FOO", "it's")]),
    ("FOO=C:\\new", [("FOO", "C:\\new")]),
    ("FOO=$HOME/x", [("FOO", "$HOME/x")]),
    ("FOO=\\${HOME}", [("FOO", "\\${HOME}")]),
    ("FOO=a#b", [("FOO", "a#b")]),
    ("FOO=", [("FOO", "")]),
    ("FOO=bar\r\nBAR=x  \r\n", [("FOO", "bar"), ("BAR", "x")]),
    ("# FOO=bar\n\nFOO=bar", BAR),
]
DIFFERENT = [
    ('FOO="bar baz"', [("FOO", '"bar baz"')], [("FOO", "bar baz")], "FOO=bar baz"),
    ("FOO='bar'", [("FOO", "'bar'")], BAR, "FOO=bar"),
    ("FOO=bar # note", [("FOO", "bar # note")], BAR, "FOO=bar"),
    ("export FOO=bar", [("export FOO", "bar")], BAR, "FOO=bar"),
    ("  # FOO=bar", [("# FOO", "bar")], [], "a comment with its # in the first column"),
    ('FOO="a\\nb"', [("FOO", '"a\\nb"')], [("FOO", "a\nb")], "set it in build_env or deploy_env"),
    ('FOO="unterminated', [("FOO", '"unterminated')], [], "FOO=unterminated"),
    ('FOO="a"b', [("FOO", '"a"b')], [], "FOO=ab"),
    ('FOO="l1\nl2"', [("FOO", '"l1')], [("FOO", "l1\nl2")], "set it in build_env or deploy_env"),
    ("\ufeffFOO=bar", [("\ufeffFOO", "bar")], BAR, "FOO=bar"),
    ("FOO=a\rBAR=b", [("FOO", "a\rBAR=b")], [("FOO", "a"), ("BAR", "b")], "FOO=a"),
]


def variables(assignments: list[Assignment]) -> Reading:
    """Return those that have a name and a value."""
    return [(each.name, each.value) for each in assignments if each.name is not None and each.value is not None]


@pytest.mark.parametrize(("content", "reading"), AGREED)
def test_what_both_read_alike(content: str, reading: Reading) -> None:
    """And nothing is said about it."""
    assert variables(as_s2i(content)) == variables(as_dotenv(content)) == reading
    assert problems(content) == []


@pytest.mark.parametrize(("content", "theirs", "ours", "cure"), DIFFERENT)
def test_what_they_read_differently(content: str, theirs: Reading, ours: Reading, cure: str) -> None:
    """Exactly one warning, with both readings and the cure."""
    assert variables(as_s2i(content)) == theirs
    assert variables(as_dotenv(content)) == ours
    (problem,) = problems(content)
    assert problem.line == 1
    assert f"S2I reads {theirs[0][0]!r} as {theirs[0][1]!r}" in problem.message
    assert (
        f"s2itasks reads {ours[0][0]!r} as {ours[0][1]!r}" if ours else "s2itasks reads no variable"
    ) in problem.message
    assert problem.message.endswith(cure)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("A=1\nFOO\n", 2, "the line gives no variable, neither for S2I nor for s2itasks; a variable is NAME=value"),
        ("=x", 1, "the line gives no variable, neither for S2I nor for s2itasks; a variable is NAME=value"),
        ("A=1\nB=2\nA=3", 3, "A is already in line 1, which this line replaces"),
        ("\n1A=b", 2, "'1A' is not a name that a shell can use: letters, digits and _ only, no digit first"),
        ("A.B=c", 1, "'A.B' is not a name that a shell can use: letters, digits and _ only, no digit first"),
        ("A=caf\udce9", 1, "A holds bytes that are not UTF-8; they are kept, but other tools may refuse them"),
        ("A=x\0y", 1, "'A' holds a NUL byte, which no variable can; s2itasks leaves it out"),
        (f"A={'x' * 65536}\nB=1", 1, "the line is longer than 64 KiB: S2I reads neither it nor anything after it"),
    ],
)
def test_what_is_wrong_with_lines_that_both_read_alike(content: str, line: int, said: str) -> None:
    """Lost lines, invalid names, bytes that are no text, duplicates, lines that are too long."""
    (problem,) = problems(content)
    assert (problem.line, problem.message) == (line, said)


def test_s2i_reads_nothing_after_a_line_that_is_too_long() -> None:
    """Go's scanner ends there."""
    assert variables(as_s2i(f"A=1\nB={'x' * 65536}\nC=1")) == [("A", "1")]
    assert len(variables(as_s2i(f"A=1\nB={'x' * 65000}\nC=1"))) == 3


def test_secrets_are_masked() -> None:
    """Also the password in a URL; the cure still says how to spell it."""
    content = "DB_PASSWORD=\"hunter2\"\nAPI_TOKEN='t0ken'\nDATABASE_URL='postgres://me:hunter2@host/db'\n"
    messages = [problem.message for problem in problems(content)]
    assert not [message for message in messages if "hunter2" in message or "t0ken" in message]
    assert messages[0].endswith("both agree on DB_PASSWORD=***")
    assert "'postgres://me:***@host/db'" in messages[2]


@given(st.text(alphabet="AB=#\"' \\\n\r$x\t\ufeff\udce9é", max_size=30))
def test_every_difference_is_reported(content: str) -> None:
    """A file without any report means the same to both, whatever is in it."""
    if not problems(content):
        assert variables(as_s2i(content)) == variables(as_dotenv(content))


@given(st.text(max_size=200))
def test_no_content_is_too_odd(content: str) -> None:
    """Whatever somebody saved under that name, there is an answer."""
    for problem in problems(content):
        assert problem.message.isprintable() or "\\" in problem.message


def test_reading_the_file(tmp_path: Path) -> None:
    """Byte-order mark, CRLF, a missing final newline, duplicates, bytes that are no text."""
    path = tmp_path / "environment"
    path.write_bytes(b"\xef\xbb\xbfA=1\r\nB=x y\r\nA=2\r\nC=caf\xe9")
    assert read(path, "environment") == {"A": "2", "B": "x y", "C": "caf\udce9"}
    assert read(tmp_path / "none", "none") == {}
    path.write_bytes(b"A=x\0y\n'a=b'=c\nB=1\n")
    assert read(path, "environment") == {"B": "1"}


@pytest.mark.slow
def test_the_warnings_of_a_build(application: Application) -> None:
    """At assemble, with file and line; a command in the pod says nothing of its own."""
    application.write(application.upload / ".s2i" / "environment", '\n\nA=1\nB="two"\nNOVALUE\n')
    application.builder("assemble", "true")
    said = application.s2itasks("assemble").succeeded().err.splitlines()
    where = "s2itasks: warning: .s2i/environment, line "
    assert [line.replace(where, "") for line in said if line.startswith(where)] == [
        "4: S2I reads 'B' as '\"two\"', s2itasks reads 'B' as 'two'; both agree on B=two",
        "5: the line gives no variable, neither for S2I nor for s2itasks; a variable is NAME=value",
    ]
    assert application.s2itasks("exec", "true").succeeded().err == ""
