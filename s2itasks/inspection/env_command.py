"""The command ``env``."""

from __future__ import annotations

from s2itasks import console
from s2itasks.environment import layers, provenance
from s2itasks.environment.provenance import Layer
from s2itasks.errors import UsageError
from s2itasks.process.inherited import Environment
from s2itasks.session import Session

from . import env_diff, env_formats


class ComparedOtherwise(UsageError):
    """Options of ``env`` are combined that ask for different things."""

    def __init__(self) -> None:
        super().__init__(
            "env takes one of --diff and --diff-build, without --changed and --format, and --build only with --diff",
            cure="leave the others out",
        )


class OneEnvironmentAlready(UsageError):
    """Two environments are to be compared, and this process already has one of them."""

    def __init__(self) -> None:
        super().__init__(
            "this process already runs in one of the two environments, so the other cannot be evaluated",
            cure="run s2itasks env --diff-build outside of it",
        )


def env(
    session: Session,
    name: list[str] | None = None,
    build: bool = False,  # noqa: FBT001, FBT002
    format: str = "table",  # noqa: A002
    changed: bool = False,  # noqa: FBT001, FBT002
    show_secrets: bool = False,  # noqa: FBT001, FBT002
    wide: bool = False,  # noqa: FBT001, FBT002
    diff: str | None = None,
    diff_build: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Show the application environment, and where each variable of it comes from.

    It sources the env script for that. What that sets comes first, then the image's activation, .s2i/environment, what
    s2itasks itself sets, and last what the image or the pod brought. Then come umask and resource limits, where they
    are not those of this process. The formats for machines carry values as they are, secrets too; json and dotenv are
    of variables alone. --diff and --diff-build name the variables instead that were added, removed and changed, against
    another environment.
    """
    if diff is not None or diff_build:
        if (diff_build and (build or diff is not None)) or changed or format != "table":
            raise ComparedOtherwise
        _compare(session, diff, name or [], build=build, show_secrets=show_secrets, wide=wide)
        return
    if format not in ("table", *env_formats.FORMATS):
        known = ", ".join(("table", *env_formats.FORMATS))
        raise UsageError(f"env has no format {format!r}", cure=f"choose one of: {known}")
    traced = _traced(session, build=build)

    def show() -> None:
        _show(session, traced, name or [], format, changed=changed, show_secrets=show_secrets, wide=wide)

    session.do("env", f"show the {_named(build=build)} environment", show)


def _traced(session: Session, *, build: bool) -> list[tuple[Layer, Environment]]:
    """Return an environment after each of its layers; none where this process has it already."""
    script, evaluate = "deploy_env", layers.application_layers
    if build:
        script, evaluate = "build_env", layers.build_layers
    traced: list[tuple[Layer, Environment]] = []
    session.source_env_script(script, lambda: traced.extend(evaluate(session.layout, session.environ)))
    return traced


def _named(*, build: bool) -> str:
    return "build" if build else "application"


def _compare(
    session: Session, file: str | None, names: list[str], *, build: bool, show_secrets: bool, wide: bool
) -> None:
    """Show what sets the environment apart from that in a file, or the application's from the build's.

    :raises OneEnvironmentAlready: when only one of those can be had.
    :raises NotAnEnvironment: when the file holds none; before anything is sourced, and in a dry run as well.
    """
    if file is None and layers.is_evaluated(session.layout, session.environ):
        raise OneEnvironmentAlready
    read = env_diff.of_file(file) if file is not None else None
    before = _traced(session, build=True) if file is None else []
    after = _traced(session, build=build)

    def compare() -> None:
        other = before[-1][1] if read is None else read
        changes = env_diff.between(other, after[-1][1] if after else session.environ, names)
        env_diff.show(changes, show_secrets=show_secrets, whole=wide or bool(names))

    with_what = "that of the build" if file is None else file
    session.do("env", f"compare the {_named(build=build)} environment with {with_what}", compare)


def _show(
    session: Session,
    traced: list[tuple[Layer, Environment]],
    names: list[str],
    format: str,  # noqa: A002
    *,
    changed: bool,
    show_secrets: bool,
    wide: bool,
) -> None:
    if not traced:
        problem = "this process already runs in that environment, so its layers cannot be told apart any more"
        console.warning(f"{problem}; run s2itasks env outside of it")
    variables, settings = provenance.trace(session.environ, traced), provenance.trace_settings(traced)
    chosen = provenance.chosen(variables, settings, names, changed=changed)
    if names and format in env_formats.OF_VARIABLES and chosen.settings:
        raise env_formats.CannotCarry(format, chosen.settings[0].name, "it is not a variable")
    env_formats.show(chosen, format, show_secrets=show_secrets, whole=wide or bool(names))
