"""Names of objects: what Kubernetes allows, and names made of others that stay within its limits."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

LABEL = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?\Z")
SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\Z")
LONGEST = 63  # characters of a label, which the name of a Service and of a Job's pods is
LONGEST_SUBDOMAIN = 253
LONGEST_CRON_JOB = 52  # to which a controller adds eleven for each Job
DIGITS = 8  # of a hash in a name


def is_label(name: str) -> bool:
    """Whether all objects can have this name, a Service included, which has the strictest rule."""
    return len(name) <= LONGEST and LABEL.match(name) is not None


def is_subdomain(name: str) -> bool:
    """Whether a Secret can have this name, or a host."""
    parts = name.split(".")
    return len(name) <= LONGEST_SUBDOMAIN and SUBDOMAIN.match(name) is not None and len(max(parts, key=len)) <= LONGEST


def joined(*parts: str, longest: int = LONGEST) -> str:
    """Return a name made of several; where it would be too long or has to be changed, a hash keeps it unique."""
    given = "-".join(parts)
    name = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")
    if name == given and len(name) <= longest:
        return name
    return f"{name[: longest - DIGITS - 1].rstrip('-')}-{_digest(given)}"


def following(content: Any, *parts: str, longest: int = LONGEST) -> str:
    """Return a name that is another one for other content."""
    room = longest - DIGITS - 1
    return f"{joined(*parts, longest=room)}-{_digest(json.dumps(content, sort_keys=True))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]
