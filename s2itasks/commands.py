"""The commands of a container, as invoke tasks: they run in the application environment."""

from __future__ import annotations

from functools import partial

from . import (
    console,
    container,
    descriptions,
    environment,
    environment_formats,
    execution,
    listing,
    provenance,
    task_process,
)
from .failures import UsageError
from .phase import Group, Kind, Timeout, phase
from .phases import deploy_env
from .session import Session

LOG_HELP = "show the hook's output in the container's log, too; S2ITASKS_PROBE_LOG=1 does the same"


exec_ = phase(
    name="exec",
    group=Group.COMMANDS,
    pre=[deploy_env],
    becomes=True,
    quiet=True,
    takes_command=True,
    describe=descriptions.exec_,
)(container.exec_)
shell = phase(group=Group.COMMANDS, pre=[deploy_env], becomes=True, quiet=True, describe=descriptions.shell)(
    container.shell
)
_hook_command = partial(
    phase, group=Group.COMMANDS, pre=[deploy_env], kind=Kind.HOOK, quiet=True, timeout=Timeout.WHOLE
)
verify = _hook_command()(container.verify)
ready = _hook_command(help={"log": LOG_HELP})(container.ready)
alive = _hook_command(help={"log": LOG_HELP})(container.alive)
setup = _hook_command()(container.setup)
migrate = _hook_command()(container.migrate)


jobs = phase(
    group=Group.COMMANDS,
    pre=[deploy_env],
    quiet=True,
    timeout=Timeout.EACH,
    operands="category",
    describe=descriptions.jobs,
    help={
        "category": "directory below .s2i/jobs; the bare word does: s2itasks jobs hourly",
        "fail-fast": "stop at the first job that fails",
    },
)(container.jobs)


@phase(
    name="app",
    group=Group.APPLICATION,
    kind=Kind.TASK,
    pre=[deploy_env],
    becomes=True,
    quiet=True,
    takes_command=True,
    describe=descriptions.app,
)
def app(session: Session) -> None:
    """Become a task of the application's own, from .s2i/tasks.py: s2itasks app.NAME [--options].

    It runs in the source directory, under the python that the application finds on its PATH.
    """
    from .collection import namespace  # noqa: PLC0415 - which this is a part of

    given, *words = session.command or [""]
    name = listing.inventory(namespace, session.layout).own_task(given).name
    command = task_process.command(session.layout, name, words, session.application)
    execution.become(command, env=session.application, cwd=session.layout.require_source())


@phase(
    group=Group.INSPECTION,
    quiet=True,
    operands="name",
    describe=descriptions.env,
    iterable=["name"],
    help={
        "name": "show only this variable, umask or ulimit (all limits); bare words do",
        "build": "the build environment instead",
        "format": "table (default), json, dotenv or export",
        "changed": "only what differs from the environment that s2itasks was started with",
        "show-secrets": "show the values of what looks like a secret in the table, too",
    },
)
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
    if format not in ("table", *environment_formats.FORMATS):
        known = ", ".join(("table", *environment_formats.FORMATS))
        raise UsageError(f"env has no format {format!r}; there are: {known}")
    layers = environment.build_layers if build else environment.application_layers
    traced = layers(session.layout, session.environ)
    if not traced:
        console.warning("this process already runs in that environment, so its layers cannot be told apart any more")
    variables, settings = provenance.trace(session.environ, traced), provenance.trace_settings(traced)
    chosen = provenance.chosen(variables, settings, name or [], changed=changed)
    if name and format in environment_formats.OF_VARIABLES and chosen.settings:
        raise environment_formats.CannotCarry(format, chosen.settings[0].name, "it is not a variable")
    environment_formats.show(chosen, format, show_secrets=show_secrets)
