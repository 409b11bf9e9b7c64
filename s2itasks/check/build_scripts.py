"""BuildConfigs that name the place of their S2I scripts: S2I then does not look into ``.s2i/bin``."""

from __future__ import annotations

import re
from collections.abc import Iterator

STRATEGY = "sourceStrategy"
FOUND = re.compile(rf"(?<![\w.-])[\"']?\b{STRATEGY}[\"']?[ \t]*:(?P<flow>\s*\{{)?")
TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|[{}\[\],:]|[^\s{}\[\],:\"']+(?::[^\s{}\[\],\"']+)*")
IN_BLOCK = re.compile(r"[\"']?scripts[\"']?[ \t]*:[ \t]+(\"[^\"]*\"|'[^']*'|[^\s#]\S*)")
NOTHING = ("", "null", "~", "|", ">", "{", "[")


def named(text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of each line of a manifest or template, as YAML or JSON, with the place that it names."""
    end = 0
    for found in FOUND.finditer(text):
        before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if found.start() < end or before.lstrip().startswith("#"):
            continue
        inside = _of_flow(text, found.end()) if found["flow"] else _of_block(text, found.end(), len(before))
        for position, value in inside:
            end = position
            bare = value.strip("\"'")
            if bare not in NOTHING:
                yield text.count("\n", 0, position) + 1, bare


def _of_flow(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Yield the values of ``scripts`` between braces, and where they begin; last, where the braces end."""
    strategies, before = [True], ["", ""]  # for each brace or bracket that is open, whether it is that of a strategy
    for token in TOKEN.finditer(text, start):
        word = token[0]
        if word in "{[":
            strategies.append(before[-1] == ":" and before[-2].strip("\"'") == STRATEGY)
        elif word in "}]":
            strategies.pop()
        elif strategies[-1] and before[-1] == ":" and before[-2].strip("\"'") == "scripts":
            yield token.start(), word
        if not strategies:
            yield token.end(), ""
            return
        before = [before[-1], word]
    yield len(text), ""


def _of_block(text: str, start: int, column: int) -> Iterator[tuple[int, str]]:
    """Yield those of a mapping with a line for each key.

    :param column: that of the key whose value the mapping is.
    """
    inside = 0
    position = text.find("\n", start) + 1
    while 0 < position < len(text):
        end = text.find("\n", position)
        line = text[position : end if end >= 0 else len(text)]
        code = line.lstrip(" ")
        indent = len(line) - len(code)
        if code.strip() and not code.startswith("#"):
            if indent <= column:
                return
            inside = inside or indent
            value = IN_BLOCK.match(code) if indent == inside else None
            if value:
                yield position, value[1]
        position = end + 1
