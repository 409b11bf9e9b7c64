"""Keeping secrets out of messages and tables."""

from __future__ import annotations

import re

SECRET = re.compile(
    r"pass(word|wd|phrase|code)?s?$|pass(word|wd|phrase)|secret|token|credential|private|api_?key|(^|_)key(_|$)|"
    r"(^|_)auth(_|$)|(^|_)dsn$|(^|_)salt$|cookie",
    re.IGNORECASE,
)
PASSWORD_IN_URL = re.compile(r"(\b\w+://[^/\s:@]*:)[^@\s]+(@)")
MASK = "***"


def is_secret(name: str) -> bool:
    """Whether a variable's name looks like that of a secret."""
    return bool(SECRET.search(name))


def masked(name: str, value: str) -> str:
    """Return a value as a message may show it: nothing of a secret but its quotes, and no password in a URL."""
    if not is_secret(name):
        return PASSWORD_IN_URL.sub(rf"\1{MASK}\2", value)
    if not value:
        return value
    quote = value[0] if value[0] in "\"'" else ""
    return f"{quote}{MASK}{quote if len(value) > 1 and value.endswith(quote) else ''}"
