"""The variables that ``.s2i/required`` names, asked for before anything slow begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from s2itasks.check.source import Source
from s2itasks.check.variables import reads_elsewhere, set_by
from s2itasks.console import warning
from s2itasks.environment import required
from s2itasks.environment.required import Required
from s2itasks.errors import UsageError
from s2itasks.graph import Graph
from s2itasks.layout import Layout


class NotGiven(UsageError):
    """Variables are required that a rehearsal is not given."""

    def __init__(self, missing: Iterable[Required]) -> None:
        each = list(missing)
        names, verb = ", ".join(item.shown for item in each), "is" if len(each) == 1 else "are"
        super().__init__(
            f"{names} {verb} required by .s2i/required and not given",
            cure="give each with --env NAME=VALUE, or all in a file with --env-file",
        )


def require(source: Path, graph: Graph, environ: Mapping[str, str], pod: Mapping[str, str], *, certain: bool) -> None:
    """End where a required variable is in neither the environment of a pod nor ``deploy_env``.

    :param source: the application's repository.
    :param environ: the shell's environment.
    :param pod: that of the application.
    :param certain: whether nothing else can set one, such as a builder image; else a warning says it.
    :raises NotGiven: when one is missing.
    :raises NoName: when the file is not a list of names.
    """
    layout = Layout.from_environment({"S2I_SOURCE_PATH": str(source)})._replace(foreign=True, image=None)
    missing = required.missing(required.of_application(layout), pod)
    if not missing:
        return
    read = Source.read(source, graph, environ)
    found = set_by(read, "deploy_env")
    script = read.hook("deploy_env")
    not_given = [each for each in missing if each.name not in found]
    if not not_given:
        return
    failure = NotGiven(not_given)
    if certain and not (script and reads_elsewhere(script)):
        raise failure
    warning(f"{failure.problem}, unless {'deploy_env' if certain else 'the image'} sets them; {failure.cure}")
