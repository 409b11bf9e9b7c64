"""Shapes of secrets, which tell them under any name."""

from __future__ import annotations

import re

# What the group matches is shown.
SLASH = r"(?:/|%(?:25)*2f)"
SHAPES = {
    "a private key": re.compile(
        r"()-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY.*?(?:-----END [A-Z0-9 ]{0,40}-----|\Z)", re.DOTALL
    ),
    "an AWS access key": re.compile(r"()(?:AKIA|ASIA)[0-9A-Z]{16}"),
    "a GitHub token": re.compile(r"()(?:gh[oprsu]_[A-Za-z0-9]{10,}|github_pat_\w{10,})"),
    "a GitLab token": re.compile(r"()gl(?:pat|dt|rt|soat|ptt|cbt|ft|imt|agent)-[\w-]{10,}"),
    "a Slack token": re.compile(r"()(?:xox[a-z](?:\.xox[a-z])?-[\w-]{8,}|xapp-\d-[\w-]{8,})"),
    "a Stripe key": re.compile(r"()(?:(?:(?<![a-z])|(?<=%3d))[rs]k_(?:live|test)_\w{8,}|whsec_[\w+/=]{8,})"),
    "a Google key": re.compile(r"()(?:AIza[\w-]{30,}|GOCSPX-[\w-]{16,}|ya29\.[\w-]{16,})"),
    "a JSON web token": re.compile(
        r"((?<![\w-])|(?<=%3[Dd])|(?<=%20))eyJ[\w-]{4,}\.(?:eyJ[\w-]{4,}(?:\.[\w-]*)*|[\w-]*(?:\.[\w-]*){3})"
    ),
    "an access token": re.compile(
        r"()(?:sha256~[\w-]{20,}|(?<![\w-])sk-[\w-]{20,}|hvs\.[\w-]{16,}|npm_\w{30,}|pypi-[\w-]{16,})"
    ),
    "a webhook": re.compile(
        rf"((?:hooks\.slack\.com|webhook\.office\.com|discord(?:app)?\.com{SLASH}api{SLASH}webhooks|"
        rf"outlook\.office(?:365)?\.com{SLASH}webhook){SLASH})[^\s\"'<>]+",
        re.IGNORECASE,
    ),
}
# Not secrets by their shape alone.
AWS_SECRET = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/])")  # beside an access key
BLANK = r"(?:[ \t]+|%20|\+)"
BEARER = re.compile(
    rf"((?<![\w-])(?:(?i:bearer){BLANK}|(?i:basic){BLANK}(?=[\w~+/-]{{0,60}}[A-Z0-9=])))[\w.~+/=:-]{{6,}}"
)
BEGINS = re.compile(r"\s*[\"']?(?:bearer|basic)\s+(?=\S)", re.IGNORECASE)
# What bash did not expect: it may be anything but an operator or a keyword.
UNEXPECTED = re.compile(r"(unexpected (?:token|argument) `)(?!(?:[^\w\n]{1,3}|[a-z]{2,8})')(?:[^\n]*(?=')|[^\n]*)")
