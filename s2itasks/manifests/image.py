"""The name of an image, and whether it always means the same one."""

from __future__ import annotations

import re
from typing import NamedTuple

from s2itasks.errors import UsageError

PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REGISTRY = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?"
REFERENCE = re.compile(
    rf"(?P<repository>(?:{REGISTRY}/)?{PART}(?:/{PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?\Z"
)
# Tags that are moved to each new image: names of branches and of stages.
MOVING = frozenset(
    {"latest", "main", "master", "develop", "dev", "edge", "nightly", "stable", "staging", "prod", "production"}
)


class Image(NamedTuple):
    """An image as it is named on the command line.

    :param reference: that name.
    :param repository: without tag and digest.
    :param tag: empty where there is none.
    :param digest: likewise.
    """

    reference: str
    repository: str
    tag: str
    digest: str

    @property
    def is_fixed(self) -> bool:
        """Whether another image has another name, as far as a name can tell."""
        return bool(self.digest) or bool(self.tag and self.tag.lower() not in MOVING)

    @property
    def has_registry(self) -> bool:
        """Whether it is in a registry; else an OpenShift takes it for a tag of an ImageStream."""
        return "/" in self.repository

    @property
    def stream_tag(self) -> str:
        """The tag that an ImageStream has for it."""
        return self.tag or self.digest.partition(":")[2][:12] or "latest"


def parse(reference: str) -> Image:
    """Read the name of an image.

    :raises UsageError: when it is none.
    """
    found = REFERENCE.match(reference)
    if found is None:
        cure = "give it as REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST"
        raise UsageError(f"{reference!r} is not the name of an image", cure=cure)
    return Image(reference, found["repository"], found["tag"] or "", found["digest"] or "")
