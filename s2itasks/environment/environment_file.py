"""Reading ``.s2i/environment``: as s2itasks does, with python-dotenv, and as S2I does, line by line."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import NamedTuple

from s2itasks.process import reading
from s2itasks.process.errors import Unreadable

S2I_LINE_LIMIT = 64 * 1024  # bytes; Go's bufio.Scanner gives up on a longer line, and S2I on the rest of the file
# What Go's strings.TrimSpace removes; Python's strip() would take four control characters more.
S2I_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


class Assignment(NamedTuple):
    """What a reader makes of a line.

    :param line: its number, from 1.
    :param name: None where the reader gets no variable out of it.
    :param value: likewise.
    :param lines: how many lines it took; python-dotenv lets quoted values go on over several.
    """

    line: int
    name: str | None
    value: str | None
    lines: int = 1


def read(path: Path, shown: str) -> dict[str, str]:
    """Return the variables of a file; a missing file has none.

    Nothing is interpolated (a ``$`` is a ``$``, as under S2I), the last of duplicates wins, and bytes that are not
    UTF-8 are kept as they are.

    :raises Unreadable: when the file is there but cannot be read.
    """
    return {_native(name): _native(value) for name, value in variables(text(path, shown)).items()}


def variables(content: str) -> dict[str, str]:
    """Return the variables of a file's content; see `read`."""
    return {
        each.name: each.value
        for each in (as_dotenv(content) if content else ())
        if each.name and each.value is not None and "=" not in each.name and "\0" not in each.name + each.value
    }


def text(path: Path, shown: str) -> str:
    """Return the content of a file, or nothing where there is none; a byte that is not UTF-8 becomes a surrogate.

    :raises Unreadable: when the file is there but cannot be read.
    """
    try:
        return reading.content(path).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as problem:
        raise Unreadable(shown, problem) from None


def as_dotenv(content: str) -> list[Assignment]:
    """Read it as python-dotenv does, without interpolation; lines that it drops have no name or no value."""
    from dotenv.parser import parse_stream  # noqa: PLC0415 - it takes 30 ms to import, and most have no such file

    assignments = []
    for binding in parse_stream(io.StringIO(content.removeprefix("\ufeff"), newline="")):
        original = binding.original.string
        blank = original[: len(original) - len(original.lstrip())]
        line = binding.original.line + _newlines(blank)  # it counts from the blank lines before it
        lines = 1 + _newlines(original.strip())
        if binding.error:
            assignments.append(Assignment(line, None, None, lines))
        elif binding.key is not None:
            assignments.append(Assignment(line, binding.key, binding.value, lines))
    return assignments


def as_s2i(content: str) -> list[Assignment]:
    """Read it as S2I does: no quotes, no ``export``, no inline comments; a comment has its ``#`` in column 0.

    The source is ``GetEnvironment`` and ``EnvironmentList.Set`` of source-to-image. Lines that it drops have no
    name; after a line that is too long there is nothing.
    """
    assignments = []
    for number, line in enumerate(content.split("\n"), start=1):
        if len(line.encode("utf-8", "surrogateescape")) >= S2I_LINE_LIMIT:
            break
        name, separator, value = line.removesuffix("\r").partition("=")
        if line.startswith("#") or not line.strip(S2I_SPACE):
            continue
        if not separator or not name:
            assignments.append(Assignment(number, None, None))
        else:
            assignments.append(Assignment(number, name.strip(S2I_SPACE), value.strip(S2I_SPACE)))
    return assignments


def _native(string: str) -> str:
    """Spell a string of a UTF-8 file as Python spells the same bytes in the environment."""
    return os.fsdecode(string.encode("utf-8", "surrogateescape"))


def _newlines(string: str) -> int:
    return string.count("\n") + string.replace("\r\n", "").count("\r")
