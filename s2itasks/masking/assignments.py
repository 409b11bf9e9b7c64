"""Secrets that are assigned in a text: ``NAME=value``, ``NAME: value``, ``{"NAME": "value"}``, ``--name value``."""

from __future__ import annotations

import re

from .names import MASK, PATHS, hidden, hides, is_secret

ASSIGNED = re.compile(
    r"(?<![\w.-])(?P<name>[\w.-]+)(?:\[[^\]\s]{0,64}\])?(?P<quotes>(?:\\{0,3}[\"'])?)\]?"
    r"[ \t]{0,4}(?P<sign>[+:]=|=[>=]?|%(?:25)*3[Dd]|:)[ \t]{0,4}"
)
OPTION = re.compile(r"(?<![\w.-])(?P<name>--?[A-Za-z][\w.-]+)[ \t]+(?!-)")
IN_QUERY = re.compile(r"(?:[?&;]|%(?:25)*(?:3f|26|3b))\Z|%(?:25)*(?:\Z)", re.IGNORECASE)
OF_QUERIES = re.compile(r"(?:3[FfBb]|26)?(?:sig|sign|hmac|code)", re.IGNORECASE)
PROSE = re.compile(r"(?:key|auth|session|salt|pass|cookie|private|signature|pat|dsn|bearer)s?", re.IGNORECASE)
SAID_BY_BASH = re.compile(r"(?:unbound variable|parameter |readonly variable|command not found|not |No such)")
HEADER = re.compile(r"(?:proxy-)?authorization|(?:set-)?cookie", re.IGNORECASE)
UNTIL_BLANK = re.compile(r"\S*")
NEXT = r"[ \t]*[\w.-][\w .-]{0,39}="
UNTIL_NEXT = re.compile(  # in a connection string or a query: up to the next name, blanks included
    rf"(?:[^\s;&,]|[;&,](?!{NEXT}|\s|\Z))*(?:[^;=\n\"']{{0,200}}(?=;{NEXT}))?"
)
CLOSING = re.compile(r"[\"'`)\]};,]{0,4}\Z")


def masked_assignments(text: str) -> str:
    """Mask what is assigned to the name of a secret, or follows an option that is called like one."""
    for pattern in (ASSIGNED, OPTION):
        shown, copied, position = [], 0, 0
        lost: set[str] = set()
        while found := pattern.search(text, position):
            position = found.end()
            if not _is_assignment(text, found):
                continue
            end = _value_end(text, found, lost)
            value = text[position:end]
            closing = CLOSING.search(value)
            tail = closing[0] if closing and value[:1] not in ("'", '"', "{") else ""
            value = value[: len(value) - len(tail)]
            name = found["name"].strip("-.")
            if value and (hides(name, value) or OF_QUERIES.fullmatch(name)):
                shown += [text[copied:position], hidden(value)]
                copied = position = position + len(value)
        text = "".join([*shown, text[copied:]])
    return text


def _is_assignment(text: str, found: re.Match[str]) -> bool:
    """Whether the name is that of a secret, and a colon behind it is more than one of a sentence."""
    name, start, end = found["name"].strip("-."), found.start(), found.end()
    before = text[max(0, start - 8) : start]
    if not is_secret(name) and name not in PATHS:
        return bool(OF_QUERIES.fullmatch(name) and IN_QUERY.search(before)) or name.lower() == "sig"
    sign = found.groupdict().get("sign", "=")
    if sign != ":" or found["quotes"]:
        return True
    if "." in name or before.endswith(("/", ".")) or text.startswith((f"{MASK}@", "//", "\\/"), end):
        return False
    if SAID_BY_BASH.match(text, end):
        return False
    return not PROSE.fullmatch(name) or before.strip(" \t")[-1:] in ("", *"{[(,:-\"'`\n")


def _value_end(text: str, found: re.Match[str], lost: set[str]) -> int:
    """Return where the value of an assignment ends.

    :param lost: quotes that the rest of the text does not have.
    """
    start, end = found.start(), found.end()
    groups = found.groupdict()
    before = text[start - 1 : start]
    if not groups.get("quotes") and before and before in "\"'`":
        closing = _closing(text, end, "'" if before == "`" else before, lost)
        if closing >= 0:
            return closing
    quoted = _quoted_end(text, end, lost)
    if quoted > end:
        return quoted
    header = groups.get("sign") == ":" and (HEADER.fullmatch(found["name"]) or text[end - 1] in " \t")
    if header or text[end : end + 1] in ("'", '"'):
        line_end = text.find("\n", end)
        return line_end if line_end >= 0 else len(text)
    name = found["name"]
    connection = before in ("", *";&?,") or name != name.upper()
    until = UNTIL_NEXT if (before and connection) or name != name.upper() else UNTIL_BLANK
    matched = until.match(text, end)
    stop = matched.end() if matched else end
    if before == ";" and (rest := re.compile(r"[^;\n\"']{0,200}(?=;|\Z)").match(text, stop)):
        stop = rest.end()
    return stop


def _quoted_end(text: str, start: int, lost: set[str]) -> int:
    """Return where a value ends that begins with a quote, with all that a shell joins to it; or where it starts."""
    end = start
    while end < len(text):
        prefix = re.compile(r"\\{0,3}\$?").match(text, end)
        place = prefix.end() if prefix else end
        quote = text[place : place + 1]
        if quote == "{" and end == start:
            closing = re.compile(r"\{[^{}\n]{0,500}(?:\}\}[^}\n]{0,500})*\}").match(text, end)
            return closing.end() if closing else start
        if not quote or quote not in "\"'":
            break
        closer = text[end : place + 1].replace("$", "")
        after = _closing(text, place + 1, closer, lost)
        if after < 0:
            break
        end = after + len(closer)
    if end > start:
        rest = re.compile(r"[^\s;&|)\]},:\"'\\]*").match(text, end)
        return rest.end() if rest else end
    return start


def _closing(text: str, start: int, quote: str, lost: set[str]) -> int:
    """Return where the next quote is that no backslash escapes; -1 where there is none."""
    at = -1 if quote in lost else text.find(quote, start)
    while at > start and quote == '"' and text[at - 1] == "\\" and text[at - 2 : at - 1] != "\\":
        at = text.find(quote, at + 1)
    if at < 0:
        lost.add(quote)
    return at
