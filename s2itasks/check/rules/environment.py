"""Rules 4xx: ``.s2i/environment``, which S2I and s2itasks read in two ways, and which ends in every image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check.file import Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.environment.environment_file import as_dotenv
from s2itasks.environment.file_problems import Kind, problems
from s2itasks.masking.text import is_secret, looks_like, masked_name

# Names that speak of secrets without being one.
ABOUT_SECRETS = re.compile(
    r"_(NAME|FILE|PATH|DIR|URL|URI|ID|HEADER|AGE|TTL|LENGTH|SIZE|EXPIRY|EXPIRES|EXPIRATION|TIMEOUT|SECURE|HTTPONLY|"
    r"SAMESITE|DOMAIN|TYPE|BACKEND|CLASS|ALGORITHM|HASHERS?|VALIDATORS|PREFIX|ISSUER|AUDIENCE|ENABLED|REQUIRED|HOST|PORT|SERVER|SERVICE|REGISTRY|"
    r"REPO|NETWORK|USER|USERNAME|MODE|MODEL|ENGINE|SERIALIZER|STORE|STORAGE|PROVIDER)$|PUBLIC",
    re.IGNORECASE,
)
NO_SECRET = re.compile(r"(true|false|yes|no|on|off|none|null|\d{1,6}|/.*|\$.*|<.*>|\*+)?$", re.IGNORECASE)


@error(401, "Quotes in .s2i/environment", fixable=True)
def quotes(source: Source) -> Iterator[Spot]:
    """For S2I, they belong to the value."""
    return _of_kind(source, Kind.QUOTES)


@error(402, "export in .s2i/environment", fixable=True)
def export(source: Source) -> Iterator[Spot]:
    """For S2I, it belongs to the name."""
    return _of_kind(source, Kind.EXPORT)


@error(403, "A comment that S2I does not read as one", fixable=True)
def comment(source: Source) -> Iterator[Spot]:
    """For S2I, a comment has its # in the first column."""
    return _of_kind(source, Kind.COMMENT)


@warning(404, "A line that sets no variable")
def lost(source: Source) -> Iterator[Spot]:
    """Neither S2I nor s2itasks makes anything of it."""
    return _of_kind(source, Kind.LOST)


@warning(405, "A name that no shell can use")
def name(source: Source) -> Iterator[Spot]:
    """Dots, dashes, a digit in front."""
    return _of_kind(source, Kind.NAME)


@warning(406, "A variable that is set twice")
def duplicate(source: Source) -> Iterator[Spot]:
    """The last one counts."""
    return _of_kind(source, Kind.DUPLICATE)


@warning(407, "Bytes that are not text")
def not_text(source: Source) -> Iterator[Spot]:
    """NUL, or an encoding other than UTF-8."""
    return _of_kind(source, Kind.NOT_TEXT)


@error(408, "A line that S2I gives up on")
def too_long(source: Source) -> Iterator[Spot]:
    """It reads nothing after it."""
    return _of_kind(source, Kind.TOO_LONG)


@warning(409, "A secret in .s2i/environment")
def secret(source: Source) -> Iterator[Spot]:
    """What stands there is in the repository, in the image, and in what 'oc describe' shows."""
    for file in source.of(Role.ENVIRONMENT):
        for each in as_dotenv(file.text):
            why = _secret(each.name or "", each.value or "")
            if why:
                cure = "keep it in a Secret, and set it with 'oc set env --from'"
                said = f"{masked_name(each.name or '')} looks like {why}"
                yield at(file, each.line, f"{said}, which will be in the image; {cure}")


@error(410, "A line that S2I and s2itasks read differently", fixable=True)
def difference(source: Source) -> Iterator[Spot]:
    """Whatever else python-dotenv has a meaning for."""
    return _of_kind(source, Kind.DIFFERENCE)


def _of_kind(source: Source, kind: Kind) -> Iterator[Spot]:
    for file in source.of(Role.ENVIRONMENT):
        for problem in problems(file.text):
            if problem.kind is kind:
                yield at(file, problem.line, problem.message)


def _secret(name: str, value: str) -> str:
    """Return what a value looks like, if it looks like a secret."""
    shape = looks_like(value)
    if shape:
        return shape
    if is_secret(name) and not ABOUT_SECRETS.search(name) and not NO_SECRET.match(value):
        return "a secret"
    return ""
