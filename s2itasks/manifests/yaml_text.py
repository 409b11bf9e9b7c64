"""Writing YAML: keys in their alphabetical order, a comment above what needs one, the same bytes for the same input.

It writes what every reader of YAML 1.1 and 1.2 reads alike: a string is plain only where nobody could take it for
anything else, and in double quotes otherwise. Readers of an object find ``kind`` and ``metadata`` at the top because
the alphabet puts them there, as it does for ``kubectl get -o yaml``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from s2itasks import console

WIDTH = 100  # columns of a comment, and of a list that is kept in one line
LONGEST_KEY = 1024  # characters of a key that stands before its colon, says YAML 1.2 in 7.4.2
PLAIN = re.compile(r"(?:--)?[A-Za-z/](?:[A-Za-z0-9_./@%+-]|:(?=[A-Za-z0-9_./@%+-]))*\Z")
# Words that a reader of YAML 1.1 takes for true, false or nothing.
RESERVED = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
TEMPLATE = re.compile(r"\{(?=\{)")  # what Helm evaluates begins with two
OPENING = r"\\x7b"
ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


class Note(NamedTuple):
    """A value with a reason, which becomes a comment above it.

    :param why: plain text of any length; what is indented in it stays in lines of its own.
    """

    value: Any
    why: str


def document(value: Mapping[str, Any]) -> str:
    """Return the text of one object, with a line feed at its end.

    :param value: mappings, sequences, strings, whole numbers, booleans and None, any of them in a `Note`.
    :raises TypeError: for anything else.
    """
    return "".join(f"{line}\n" for line in _mapping(value)) or "{}\n"


def bare(value: Any) -> Any:
    """Return a value without its notes."""
    if isinstance(value, Note):
        return bare(value.value)
    if isinstance(value, Mapping):
        return {key: bare(each) for key, each in value.items()}
    if _is_list(value):
        return [bare(each) for each in value]
    return value


def comment(text: str, indent: str = "") -> Iterator[str]:
    """Yield the lines of a comment, in which what is not printable is spelled out, and nothing a template of Helm."""
    for line in map(_harmless, text.rstrip("\n").split("\n") if text else ()):
        shift = line[: len(line) - len(line.lstrip())]
        wrapped = [line] if shift else textwrap.wrap(line, WIDTH - len(indent) - 2, break_on_hyphens=False)
        yield from (f"{indent}# {each}".rstrip() for each in wrapped or [""])


def _harmless(line: str) -> str:
    return TEMPLATE.sub("{ ", console.plain(line))


def _mapping(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for key in sorted(value):
        item, why = _taken_apart(value[key])
        yield from comment(why, indent)
        head = f"{indent}{_scalar(key)}:"
        if len(head) > LONGEST_KEY:
            yield f"{indent}? {_scalar(key)}"
            head = f"{indent}:"
        if isinstance(item, Mapping) and item:
            yield head
            yield from _mapping(item, f"{indent}  ")
        elif _is_list(item) and item and not _fits(item, indent):
            yield head
            yield from _items(item, f"{indent}  ")
        else:
            yield f"{head} {_in_line(item)}"


def _items(value: Sequence[Any], indent: str) -> Iterator[str]:
    for each in value:
        item, why = _taken_apart(each)
        yield from comment(why, indent)
        inside: list[str] = []
        if isinstance(item, Mapping) and item:
            inside = list(_mapping(item, f"{indent}  "))
        elif _is_list(item) and item and not _fits(item, indent):
            inside = list(_items(item, f"{indent}  "))
        if not inside:
            yield f"{indent}- {_in_line(item)}"
            continue
        first = next(number for number, line in enumerate(inside) if not line.lstrip().startswith("#"))
        yield from (line[2:] for line in inside[:first])  # the comment of what the dash stands before
        yield f"{indent}- {inside[first][len(indent) + 2 :]}"
        yield from inside[first + 1 :]


def _taken_apart(value: Any) -> tuple[Any, str]:
    return (value.value, value.why) if isinstance(value, Note) else (value, "")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, Note))


def _fits(value: Sequence[Any], indent: str) -> bool:
    """Whether a list is one of scalars, such as a command line, that is read best in one line."""
    scalars = all(isinstance(each, (str, int)) or each is None for each in value)
    return scalars and len(indent) + len(_in_line(value)) < WIDTH - 20


def _in_line(value: Any) -> str:
    if _is_list(value):
        return f"[{', '.join(_scalar(each, inside=True) for each in value)}]"
    if isinstance(value, Mapping):
        return "{}"
    return _scalar(value)


def _scalar(value: Any, *, inside: bool = False) -> str:
    """Return a scalar.

    :param inside: it is in brackets, where a colon may mean more.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        message = f"{type(value).__name__} is nothing that the YAML of an object consists of"
        raise TypeError(message)
    plain = PLAIN.match(value) and value.lower() not in RESERVED and not (inside and ":" in value)
    return value if plain else f'"{TEMPLATE.sub(OPENING, "".join(map(_quoted, value)))}"'


def _quoted(character: str) -> str:
    if character in ESCAPED:
        return ESCAPED[character]
    if " " <= character <= "~":
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"  # noqa: PLR2004 - how many digits there are
