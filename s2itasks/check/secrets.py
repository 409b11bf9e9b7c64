"""Values that somebody wrote down and that look like secrets: said of `.s2i/environment` and of scripts alike."""

from __future__ import annotations

import re

from s2itasks.masking.text import is_secret, looks_like

# Names that speak of secrets without being one.
ABOUT_SECRETS = re.compile(
    r"_(NAME|FILE|PATH|DIR|URL|URI|ID|HEADER|AGE|TTL|LENGTH|SIZE|EXPIRY|EXPIRES|EXPIRATION|TIMEOUT|SECURE|HTTPONLY|"
    r"SAMESITE|DOMAIN|TYPE|BACKEND|CLASS|ALGORITHM|HASHERS?|VALIDATORS|PREFIX|ISSUER|AUDIENCE|ENABLED|REQUIRED|HOST|PORT|SERVER|SERVICE|REGISTRY|"
    r"LIFETIME|SECONDS|MINUTES|HOURS|DAYS|REPO|NETWORK|USER|USERNAME|MODE|MODEL|ENGINE|SERIALIZER|STORE|STORAGE|PROVIDER)$|^KEYS?$|PUBLIC",
    re.IGNORECASE,
)
# Values that say that they are none.
CLAIMED = re.compile(r"dummy|unused|placeholder|only.for|not.?(a.?)?secret|build.?(time|only)", re.IGNORECASE)
NO_SECRET = re.compile(r"(true|false|yes|no|on|off|none|null|\d{1,6}|/.*|\$.*|<.*>|\*+)?$", re.IGNORECASE)


def likeness(name: str, value: str) -> str:
    """Return what a variable's value looks like, if it looks like a secret: ``a GitHub token``; or nothing."""
    shape = looks_like(value)
    if shape:
        return shape
    if is_secret(name) and not ABOUT_SECRETS.search(name) and not (NO_SECRET.match(value) or CLAIMED.search(value)):
        return "a secret"
    return ""
