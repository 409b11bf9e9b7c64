"""The command ``env``."""

from __future__ import annotations

from s2itasks import console
from s2itasks.environment import layers, provenance
from s2itasks.environment.provenance import Layer
from s2itasks.errors import UsageError
from s2itasks.process.inherited import Environment
from s2itasks.session import Session

from . import env_formats


def env(
    session: Session,
    name: list[str] | None = None,
    build: bool = False,  # noqa: FBT001, FBT002
    format: str = "table",  # noqa: A002
    changed: bool = False,  # noqa: FBT001, FBT002
    show_secrets: bool = False,  # noqa: FBT001, FBT002
    wide: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Show the application environment, and where each variable of it comes from.

    It sources the env script for that. What that sets comes first, then the image's activation, .s2i/environment, what
    s2itasks itself sets, and last what the image or the pod brought. Then come umask and resource limits, where they
    are not those of this process. The formats for machines carry values as they are, secrets too; json and dotenv are
    of variables alone.
    """
    if format not in ("table", *env_formats.FORMATS):
        known = ", ".join(("table", *env_formats.FORMATS))
        raise UsageError(f"env has no format {format!r}", cure=f"choose one of: {known}")
    what, script, evaluate = "application", "deploy_env", layers.application_layers
    if build:
        what, script, evaluate = "build", "build_env", layers.build_layers
    traced: list[tuple[Layer, Environment]] = []
    session.source_env_script(script, lambda: traced.extend(evaluate(session.layout, session.environ)))

    def show() -> None:
        _show(session, traced, name or [], format, changed=changed, show_secrets=show_secrets, wide=wide)

    session.do("env", f"show the {what} environment", show)


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
