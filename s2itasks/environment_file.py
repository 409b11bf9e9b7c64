"""Reading ``.s2i/environment`` with python-dotenv, and telling of every line that gives no variable."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from .failures import Unreadable


@dataclass(frozen=True)
class EnvironmentFile:
    """What the file says.

    :param values: name to value, in the file's order; the last of duplicates wins, as under S2I.
    :param dropped: number of each line that gives no variable, and why.
    """

    values: dict[str, str] = field(default_factory=dict)
    dropped: list[tuple[int, str]] = field(default_factory=list)


def read(path: Path, shown: str) -> EnvironmentFile:
    """Read the file; a missing one says nothing. Nothing is interpolated: a ``$`` is a ``$``, as under S2I.

    Bytes that are not UTF-8 are kept as they are.

    :raises Unreadable: when it is there but cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return EnvironmentFile()
    except OSError as problem:
        raise Unreadable(shown, os.strerror(problem.errno or 0)) from None
    text = content.decode("utf-8-sig", "surrogateescape").replace("\r\n", "\n")
    file = EnvironmentFile()
    for binding in parse_stream(io.StringIO(text)):
        original = binding.original.string
        line = binding.original.line + len(original) - len(original.lstrip("\n"))
        if binding.error:
            file.dropped.append((line, "it is no NAME=value, or a quote is left open"))
        elif binding.key is not None and binding.value is None:
            file.dropped.append((line, f"{binding.key} has no '=' and no value"))
        elif binding.key is not None and binding.value is not None:
            file.values[binding.key] = os.fsdecode(binding.value.encode("utf-8", "surrogateescape"))
    return file
