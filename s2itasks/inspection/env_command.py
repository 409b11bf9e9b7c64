"""The command ``env``."""

from __future__ import annotations

from s2itasks import console
from s2itasks.environment import layers, provenance
from s2itasks.errors import UsageError
from s2itasks.layout import inspected_layout
from s2itasks.session import Session

from . import env_formats


def env(
    session: Session,
    name: list[str] | None = None,
    build: bool = False,  # noqa: FBT001, FBT002
    format: str = "table",  # noqa: A002
    changed: bool = False,  # noqa: FBT001, FBT002
    show_secrets: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Show the application environment, and where each variable of it comes from.

    The env script comes first, then the image's activation, .s2i/environment, what s2itasks itself sets, and last what
    the image or the pod brought. Then come umask and resource limits, where they are not those of this process. The
    formats for machines carry values as they are, secrets too; json and dotenv are of variables alone.
    """
    if format not in ("table", *env_formats.FORMATS):
        known = ", ".join(("table", *env_formats.FORMATS))
        raise UsageError(f"env has no format {format!r}", cure=f"choose one of: {known}")
    evaluate = layers.build_layers if build else layers.application_layers
    traced = evaluate(inspected_layout(session.environ), session.environ)
    if not traced:
        problem = "this process already runs in that environment, so its layers cannot be told apart any more"
        console.warning(f"{problem}; run s2itasks env outside of it")
    variables, settings = provenance.trace(session.environ, traced), provenance.trace_settings(traced)
    chosen = provenance.chosen(variables, settings, name or [], changed=changed)
    if name and format in env_formats.OF_VARIABLES and chosen.settings:
        raise env_formats.CannotCarry(format, chosen.settings[0].name, "it is not a variable")
    env_formats.show(chosen, format, show_secrets=show_secrets)
