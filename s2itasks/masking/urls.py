"""Secrets in URLs: passwords, tokens as users, and the paths of webhooks."""

from __future__ import annotations

import re

from .names import MASK

# As they are, or encoded as a value in another one.
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}\Z")
SEPARATOR = re.compile(r"(?::|%(?:25)*3a)(?:\\{0,2}/|%(?:25)*2f){2}", re.IGNORECASE)
LITERAL = (re.compile(":"), re.compile("@"), re.compile(r"[/?#\\]"))
ENCODED = (
    re.compile(r":|%(?:25)*3a", re.IGNORECASE),
    re.compile(r"@|%(?:25)*40"),
    re.compile(r"[/?#\\]|%(?:25)*(?:2f|3f|23)", re.IGNORECASE),
)
PORT = re.compile(r"(?:-?\d{1,5}|PORT|[$<{*%].*?)(?:[^\w@].*)?\Z", re.DOTALL)
PLAIN_USER = re.compile(r"[A-Za-z_][A-Za-z_.+-]{0,23}\d{0,4}(?:(?:@|%40)[A-Za-z.-]{1,40})?")
PLAIN_SOLE_USER = re.compile(r"[a-z_][a-z_.-]{0,15}")
NO_PASSWORD = ("", "x", "X", "x-oauth-basic", "unused")
PLACEHOLDERS = ("PASSWORD", "PASS")  # what stands for one in a guide
BEYOND = 200  # characters that a blank in a password can be followed by
HOOKS = re.compile(
    r"[^/?#\s]*(?:hooks?\.|logic\.azure\.com|ifttt\.com|api\.telegram\.org)[^/?#\s]*|[^/?#\s]*(?=/\S*hooks?/)",
    re.IGNORECASE,
)
CLOSING = re.compile(r"[\"'`)\]};,]{0,4}\Z")


def masked_urls(text: str) -> str:
    """Mask users that may be tokens, passwords, and the paths of webhooks."""
    separators = list(SEPARATOR.finditer(text))
    shown, copied = [], 0
    for position, found in enumerate(separators):
        start = found.end()
        limit = separators[position + 1].start() if position + 1 < len(separators) else len(text)
        if start < copied:
            continue
        scheme = SCHEME.search(text, max(0, found.start() - 30), found.start())
        before = text[scheme.start() - 1 : scheme.start()] if scheme else ""
        ends = rf"[\s{before}]" if before and before in "\"'`" else r"\s"
        end = _first(re.compile(ends), text, start, limit)
        userinfo, host = _masked_userinfo(text, start, end, scheme[0] if scheme else "", encoded="%" in found[0])
        hook = HOOKS.match(text, host, end)
        path = hook.end() + 1 if hook else end
        shown += [text[copied:start], userinfo]
        copied = host
        if hook and path < end:
            closing = CLOSING.search(text, path, end)
            shown += [text[host:path], MASK]
            copied = closing.start() if closing else end
    return "".join([*shown, text[copied:]])


def _masked_userinfo(text: str, start: int, end: int, scheme: str, *, encoded: bool) -> tuple[str, int]:
    """Return what to show of the user and password of a URL, and where the text goes on.

    A password may hold an ``@`` and a ``/``, so the last ``@`` ends it, if a colon comes before any slash.
    """
    colon_sign, at_sign, slash = ENCODED if encoded else LITERAL
    colon = colon_sign.search(text, start, _first(slash, text, start, end))
    if colon is None or text.startswith("[", start):
        ats = list(at_sign.finditer(text, start, _first(slash, text, start, end)))
        if not ats:
            return "", start
        user = text[start : ats[-1].start()]
        known = user == "git" or (PLAIN_SOLE_USER.fullmatch(user) and not scheme.lower().startswith(("http", "ws")))
        return user if known else MASK, ats[-1].start()
    ats = list(at_sign.finditer(text, colon.end(), end))
    if not ats and PORT.match(text, colon.end(), end):
        return "", start
    user, last = text[start : colon.start()], ats[-1].start() if ats else end
    if not ats:  # a blank is in the password, or there is no host
        closing = CLOSING.search(text, colon.end(), end)
        last = text.find("@", end, end + BEYOND)
        if last < 0 or "\n" in text[end:last]:
            last = closing.start() if closing else end
    password = text[colon.end() : last]
    if password in NO_PASSWORD or not PLAIN_USER.fullmatch(user):
        user = MASK if user else ""
    return f"{user}{colon[0]}{password if password in PLACEHOLDERS else MASK}", last


def _first(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    """Return where a pattern first matches, or the end."""
    found = pattern.search(text, start, end)
    return found.start() if found else end
