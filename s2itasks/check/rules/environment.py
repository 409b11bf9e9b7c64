"""Rules 4xx: ``.s2i/environment``, which S2I and s2itasks read in two ways, and which ends in every image."""

from __future__ import annotations

from collections.abc import Iterator

from s2itasks.check.file import Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.secrets import likeness
from s2itasks.check.source import Source
from s2itasks.environment.environment_file import as_dotenv
from s2itasks.environment.file_problems import Kind, problems
from s2itasks.masking.text import masked_name


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
            why = likeness(each.name or "", each.value or "")
            if why:
                cure = "keep it in a Secret, and set it with 'oc set env --from'"
                said = f"{masked_name(each.name or '')} looks like {why}"
                yield at(file, each.line, f"{said}, which will be in the image; {cure}")


@error(410, "A line that S2I and s2itasks read differently", fixable=True)
def difference(source: Source) -> Iterator[Spot]:
    """Whatever else python-dotenv has a meaning for."""
    return _of_kind(source, Kind.DIFFERENCE)


@warning(411, "S2I_BASH_ENV has no effect")
def bash_env(source: Source) -> Iterator[Spot]:
    """powershift-image had the bash of ``oc rsh`` source deploy_env, through the file that it names."""
    for file in source.of(Role.ENVIRONMENT):
        for each in as_dotenv(file.text):
            if each.name == "S2I_BASH_ENV":
                cure = "remove it; 's2itasks shell' has what deploy_env sets, which a plain 'oc rsh' has not"
                yield at(file, each.line, f"nothing here reads S2I_BASH_ENV; {cure}")


def _of_kind(source: Source, kind: Kind) -> Iterator[Spot]:
    for file in source.of(Role.ENVIRONMENT):
        for problem in problems(file.text):
            if problem.kind is kind:
                yield at(file, problem.line, problem.message)
