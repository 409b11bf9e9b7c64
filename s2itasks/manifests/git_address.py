"""The address of a Git repository that a cluster builds from: one that it can reach, without any secret in it."""

from __future__ import annotations

import re

from s2itasks.errors import UsageError
from s2itasks.masking.text import masked_text

URL = re.compile(r"(?P<scheme>https?|ssh|git|git\+ssh|ssh\+git)://(?P<host>[^/?#]+)(?:[/?#]|\Z)", re.IGNORECASE)
# As scp has it; one letter before a colon is a drive.
OF_SCP = re.compile(r"(?:[^\s/:@]+@)?(?:[^\s/:@]{2,}|\[[0-9A-Fa-f:.]+\]):(?!//)[^\s]")
ELSEWHERE = "leave it out, and name a Secret in the BuildConfig (spec.source.sourceSecret)"


def require(url: str) -> None:
    """Refuse what is no address of a repository for a cluster; the message has nothing of a secret.

    Over HTTP any user is refused, as it may be a token; over SSH it is a name such as ``git``.

    :raises UsageError: says why.
    """
    if not url or url.startswith("-") or not url.isprintable() or " " in url or "{{" in url:
        raise UsageError(
            f"{masked_text(url)!r} is not the address of a repository", cure="give it as https://HOST/PATH.git"
        )
    found = URL.match(url)
    if found and found["scheme"].lower().startswith("http") and "@" in found["host"]:
        raise UsageError("the address of the repository has a user in it, and perhaps a password", cure=ELSEWHERE)
    if masked_text(url) != url:
        raise UsageError("the address of the repository holds a secret", cure=ELSEWHERE)
    if not found and ("://" in url or not OF_SCP.match(url)):
        cure = "give it as https://HOST/PATH.git or git@HOST:PATH"
        raise UsageError(f"{url!r} is not where a cluster finds a repository", cure=cure)
