"""Keeping secrets out of what s2itasks prints: one place decides what looks like a secret, and when in doubt it is one.

`masked` is for the value of a variable, `masked_words` for a command line, `masked_text` for any other text. They take
linear time: an expression that begins with a repetition has a lookbehind, so that it is tried once for each word, and
none looks further ahead than a fixed number of characters for what may not be there.

The package imports nothing of ours: `console`, the embedded builder and the program of an application's tasks use it,
too.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from .assignments import masked_assignments
from .names import MASK, hidden, hides, is_secret
from .shapes import AWS_SECRET, BEARER, BEGINS, SHAPES, UNEXPECTED
from .urls import masked_urls

__all__ = ["MASK", "is_secret", "looks_like", "masked", "masked_command", "masked_name", "masked_text", "masked_words"]

# What a line that was lost may have for a name: one of a key in Base64.
BLOB = re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^\d+/]*[\d+/])[A-Za-z0-9+/_=-]{24,}")

# A password of a data source that is not quite a URL: me:hunter2@tcp(host)/db.
SCHEMELESS = re.compile(
    r"((?<![\w@./:%-])[A-Za-z][\w.-]{0,63}:)(?!\\?/)[^\s@:\"'*][^\s@\"']{0,255}(?=@(?!sha\d)[\w(.\[/-])"
)

# Words of a command line.
OPTION_WORD = re.compile(r"--?[A-Za-z][\w.-]+")
USER = re.compile(
    r"((?<!\S)[\"']?(?:-u|-U|--user|--proxy-user)(?:[ \t]+|=)?[\"']?(?!\d+:\d+\b|\+%)[^\s:%\"'=/-][^\s:%\"'/]*[:%])"
    r"[^\s\"']+"
)
FLAGS = re.compile(
    r"((?<![\w.-])(?:(?:mysql|mariadb)[\w-]{0,20}\b[^\n|;&]{0,200}?[ \t]-p|sshpass[ \t]+-p[ \t]*|"
    r"redis-cli\b[^\n|;&]{0,200}?[ \t]-a[ \t]+|(?:docker|podman|oc|mongo)\w{0,9}[ \t]+(?:login\b)?[^\n|;&]{0,200}?"
    r"[ \t]-p[ \t]+(?![\d:./]+(?:\s|\Z))))[^\s*]\S*"
)
PROGRAM = re.compile(r"(?:mysql|mariadb|mongo|docker|podman)[\w-]*|sshpass|redis-cli|oc")


def masked(name: str, value: str) -> str:
    """Return a variable's value as a message may show it: of a secret nothing but its quotes."""
    if hides(name, value):
        return hidden(value)
    begins = BEGINS.match(value)
    return begins[0] + hidden(value[begins.end() :]) if begins else masked_text(value)


def masked_name(name: str) -> str:
    """Return a name as a message may show it: where a line was lost, it may be one of a key in Base64."""
    return MASK if BLOB.fullmatch(name) else masked_text(name)


def masked_words(argv: Sequence[str]) -> list[str]:
    """Return the words of a command line as a message may show them."""
    words: list[str] = []
    program = before = ""
    for word in argv:
        name, sign, value = word.partition("=")
        if OPTION_WORD.fullmatch(before) and is_secret(before) and not word.startswith("-"):
            words.append(hidden(word))
        elif sign and re.fullmatch(r"[\w.-]+", name):
            words.append(f"{name}={masked(name.lstrip('-'), value)}")
        else:
            words.append(_masked_by_option(f"{program} {before} ", word) or masked_text(word))
        called = word.rpartition("/")[2]
        program = called if PROGRAM.fullmatch(called) else program
        before = word
    return words


def masked_command(argv: Sequence[str]) -> str:
    """Return a command line as a shell reads it and as a message may show it."""
    return " ".join(_quoted(word) for word in masked_words(argv))


def masked_text(text: str) -> str:
    """Return a text as a message may show it, such as what a program has said, or a line of a script."""
    text = SHAPES["a private key"].sub(MASK, text)
    text = masked_urls(text)
    text = masked_assignments(text)
    for pattern in (BEARER, USER, FLAGS, SCHEMELESS, UNEXPECTED):
        text = pattern.sub(rf"\1{MASK}", text)
    if SHAPES["an AWS access key"].search(text):
        text = AWS_SECRET.sub(MASK, text)
    for pattern in SHAPES.values():
        text = pattern.sub(rf"\1{MASK}", text)
    return text


def looks_like(value: str) -> str:
    """Return what secret a value looks like or contains, whatever its name is: ``a GitHub token``; or nothing."""
    known = next((what for what, shape in SHAPES.items() if shape.search(value)), "")
    return known or ("a URL with a password" if masked_urls(value) != value else "")


def holds_password(line: str) -> bool:
    """Whether a command line gives a program a password by an option without a name: ``curl -u me:hunter2``."""
    return any(pattern.search(line) for pattern in (FLAGS, USER, BEARER))


def _masked_by_option(head: str, word: str) -> str:
    """Return a word of which an option before it says that it is a secret; nothing where it does not."""
    line = head + re.sub(r"\s", "_", word)
    for pattern in (FLAGS, USER):
        for found in pattern.finditer(line):
            if found.end(1) >= len(head):
                return f"{word[: found.end(1) - len(head)]}{MASK}"
    return ""


def _quoted(word: str) -> str:
    """Quote a word for a shell; the mask alone is no reason to."""
    plain = word.replace(MASK, "x")
    return word if shlex.quote(plain) == plain else shlex.quote(word)
