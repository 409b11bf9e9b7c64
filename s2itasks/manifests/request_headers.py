"""The headers that a hook sends with its request; a probe of Kubernetes names the pod's address in ``Host``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Optional

from s2itasks.masking.text import masked_text
from s2itasks.shell import Command, Word
from s2itasks.shell.word import Literal

Headers = tuple[tuple[str, str], ...]
Found = Optional[Headers]  # None where it cannot be told what is sent, or it is not to be repeated

HEADER = re.compile(r"(?P<name>[A-Za-z0-9-]+):[ \t]*(?P<value>[^\s%\\][^%\\\r\n]*?)[ \t]*\Z")
REQUEST = re.compile(r"GET (?P<path>/[\w./~%-]*) HTTP/[\d.]+\n(?P<headers>(?:.+\n)*)\n\Z")
LINE_END = re.compile(r"(?:\\r|\r)?(?:\\n|\n)")  # as printf reads it, or as $'...' has become it
OPTION = re.compile(r"--header(?:=(?P<value>.*))?\Z", re.DOTALL)


def of_options(command: Command, host: str) -> tuple[list[str], Found]:
    """Return the argv of curl or wget without the options that set headers, and those.

    :param host: what they call the server where no option does.
    """
    argv = command.invoked()
    words = iter(command.words[len(command.words) - len(argv) :])
    rest, lines = [next(words).text], list[Word]()
    complete = True
    for word in words:
        option = OPTION.match(word.text)
        if (word.text == "-H" and rest[0].endswith("curl")) or (option and option["value"] is None):
            value = next(words, None)
            complete = complete and value is not None
            lines += [value] if value else []
        elif option:
            lines.append(Word.literal(option["value"], word.line) if _is_plain(word) else word)
        else:
            rest.append(word.text)
    found = _read([each.text for each in lines]) if complete and all(map(_is_plain, lines)) else None
    if found is not None and not _names_host(found):
        found = (("Host", host), *found)
    return rest, found


def of_request(commands: Sequence[Command]) -> tuple[str, Found]:
    """Return the path of the one request that is written out as a word, to its empty line, and its headers."""
    words = [word for command in commands for word in command.words if word.text.startswith("GET ")]
    asked = REQUEST.match(LINE_END.sub("\n", words[0].text)) if len(words) == 1 and _is_plain(words[0]) else None
    if asked is None:
        return "", None
    found = _read(asked["headers"].splitlines())
    return asked["path"], found if found and _names_host(found) else None


def _read(lines: Sequence[str]) -> Found:
    """Return what header lines say; nothing of it where one is not plain, is there twice, or holds a secret."""
    found = [each for each in map(HEADER.match, lines) if each and masked_text(each[0]) == each[0]]
    names = {each["name"].lower() for each in found}
    return tuple((each["name"], each["value"]) for each in found) if len(names) == len(lines) else None


def _names_host(headers: Headers) -> bool:
    return any(name.lower() == "host" for name, _ in headers)


def _is_plain(word: Word) -> bool:
    return all(isinstance(part, Literal) for part in word.parts)
