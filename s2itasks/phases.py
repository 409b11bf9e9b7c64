"""The phases of a build and a deployment, as invoke tasks with their prerequisites declared on them.

This is the only place that says what runs before what; ``--list``, ``--help`` and everything else derive from it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

from invoke.collection import Collection

from . import (
    console,
    environment,
    environment_file,
    environment_formats,
    environment_problems,
    execution,
    hooks,
    permissions,
    pinned,
    probe_log,
    provenance,
    rehearsal,
    summary,
)
from . import jobs as job_scripts
from . import upload as uploads
from .failures import BuilderCallsItself, Failure, Stopped, UsageError
from .phase import Group, Kind, Phase, Timeout, phase
from .script import State, state
from .session import Session

LOG_HELP = "show the hook's output in the container's log, too; S2ITASKS_PROBE_LOG=1 does the same"


@phase(group=Group.BUILD)
def upload(session: Session) -> None:
    """Take .s2i out of the upload into the source directory, and set s2itasks aside.

    It is merged over an older .s2i, as a chained build has one; the upload wins. The rest of the source stays in
    the upload directory until the builder's assemble moves it. s2itasks itself is copied into libexec/s2itasks of the
    application root, where the application's packages cannot break it.
    """
    layout = session.layout
    with session.step("upload", f"taking .s2i from {layout.upload}"):
        if not uploads.take_hooks(layout) and not (layout.source / ".s2i").is_dir():
            console.warning(f"there is no .s2i, neither in {layout.upload} nor in {layout.source}")
        pinned.set_aside(layout)
        pinned.pin(layout, session.environ)  # a hook may call it when the packages are others already
    shown = layout.shown(layout.environment_file)
    for problem in environment_problems.problems(environment_file.text(layout.environment_file, shown)):
        console.warning(f"{shown}, line {problem.line}: {problem.message}")


@phase(group=Group.BUILD, pre=[upload], kind=Kind.HOOK, timeout=Timeout.WHOLE)
def pre_build(session: Session) -> None:
    """Run the hook before the builder; the source still lies in the upload.

    $S2I_UPLOAD_PATH is where it finds the application's files. It is there for what the builder's assemble needs:
    system libraries, a newer pip, a check of the source.
    """
    _hook(session, "pre_build", session.build_base)


@phase(group=Group.BUILD, timeout=Timeout.WHOLE)
def builder_assemble(session: Session) -> None:
    """Run the builder's assemble, in the build environment as far as it is known.

    build_env is evaluated for it ahead of its turn, because it says where pip finds packages. What it takes from
    packages that are only installed now is missing then: when that makes it fail, the builder runs without it.
    """
    if environment.in_build(session.layout, session.environ):
        raise BuilderCallsItself(session.layout.scripts)
    script = session.layout.builder_script("assemble")
    with session.step("builder_assemble", f"running {script}"):
        environ = _early_build_environment(session)
        hooks.run(session.layout, script, environ, limit=session.limit_of("builder_assemble"))
    uploads.remove_placeholder(session.layout)


@phase(group=Group.BUILD, kind=Kind.ENV_SCRIPT, timeout=Timeout.WHOLE)
def build_env(session: Session) -> None:
    """Source the env script for the build environment.

    Every variable it sets is exported, what it unsets is gone. It runs under 'set -eo pipefail', always from the
    environment the build began with, and its output goes to stderr.
    """
    _env_script(session, "build_env", session.evaluate_build_env)


@phase(group=Group.BUILD, pre=[build_env], kind=Kind.HOOK, timeout=Timeout.WHOLE)
def build(session: Session) -> None:
    """Run the hook after the builder; source and packages are in place.

    collectstatic, compiling translations, building a front end: what belongs into the image and needs the
    application. No service of the deployment can be reached yet, and deploy_env does not count.
    """
    _hook(session, "build", session.build)


@phase(group=Group.BUILD, pre=[pre_build, builder_assemble, build_env, build])
def assemble(session: Session) -> None:
    """Build the application; call it from .s2i/bin/assemble.

    After its prerequisites it makes the s2itasks on PATH start the copy that was set aside, gives group 0 the
    permissions of the owner under the application root, for the random user that the image will run as, and prints how
    long each phase took.
    """
    root = session.layout.application
    with session.step("assemble", f"pinning s2itasks, fixing permissions of {root}"):
        pinned.pin(session.layout, session.environ)
        permissions.fix(root, session.build)
    summary.show(session.steps)
    pinned.remove_older(session.layout)


@phase(group=Group.DEPLOYMENT, kind=Kind.ENV_SCRIPT, timeout=Timeout.WHOLE)
def deploy_env(session: Session) -> None:
    """Source the env script for the application environment.

    It is evaluated once in every container process that s2itasks starts, never during a build, and never again
    by what runs inside that process. Every variable it sets is exported, what it unsets is gone.
    """
    _env_script(session, "deploy_env", lambda: session.application)


@phase(group=Group.DEPLOYMENT, pre=[deploy_env], kind=Kind.HOOK, timeout=Timeout.WHOLE)
def deploy(session: Session) -> None:
    """Run the hook before the application starts, in every container.

    Daemons that it leaves behind live on beside the application.
    """
    _hook(session, "deploy", session.application)


@phase(group=Group.DEPLOYMENT, pre=[deploy_env, deploy], kind=Kind.HOOK, becomes=True)
def run(session: Session) -> None:
    """Become the application; call it from .s2i/bin/run.

    The process is replaced by the run hook if there is one, else by the builder's run: same PID, nothing of s2itasks
    stays behind.
    """
    hook = hooks.present(session.layout, "run")
    script = hook or session.layout.builder_script("run")
    console.event("run", f"becoming {session.layout.shown(script)}")
    hooks.become(session.layout, script, session.application)


@phase(name="exec", group=Group.COMMANDS, pre=[deploy_env], becomes=True, quiet=True, takes_command=True)
def exec_(session: Session) -> None:
    """Become a command in the application environment: s2itasks exec -- CMD ARGS.

    The arguments reach it exactly as they are, it runs where the caller is, and its status is the command's.
    """
    argv = session.command if session.command is not None else _split(session.remainder)
    if not argv:
        message = "exec needs a command: s2itasks exec -- CMD ARGS"
        raise UsageError(message)
    execution.become(argv, env=session.application)


@phase(group=Group.COMMANDS, pre=[deploy_env], becomes=True, quiet=True)
def shell(session: Session) -> None:
    """Become a bash in the application environment.

    It is interactive on a terminal; without one it reads commands from stdin.
    """
    execution.become([execution.bash()], env=session.application)


@phase(group=Group.COMMANDS, pre=[deploy_env], kind=Kind.HOOK, quiet=True, timeout=Timeout.WHOLE)
def verify(session: Session) -> None:
    """Run the hook that tests an image before it is used; for a build's postCommit."""
    _command(session, verify)


@phase(
    group=Group.COMMANDS, pre=[deploy_env], kind=Kind.HOOK, quiet=True, timeout=Timeout.WHOLE, help={"log": LOG_HELP}
)
def ready(session: Session, log: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Run the hook that tells whether the application takes requests; for a readiness probe."""
    _probe(session, ready, log=log)


@phase(
    group=Group.COMMANDS, pre=[deploy_env], kind=Kind.HOOK, quiet=True, timeout=Timeout.WHOLE, help={"log": LOG_HELP}
)
def alive(session: Session, log: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Run the hook that tells whether the application still works; for a liveness probe."""
    _probe(session, alive, log=log)


@phase(group=Group.COMMANDS, pre=[deploy_env], kind=Kind.HOOK, quiet=True, timeout=Timeout.WHOLE)
def setup(session: Session) -> None:
    """Run the hook that sets an application's data up once: a superuser, the first rows."""
    _command(session, setup)


@phase(group=Group.COMMANDS, pre=[deploy_env], kind=Kind.HOOK, quiet=True, timeout=Timeout.WHOLE)
def migrate(session: Session) -> None:
    """Run the hook that migrates an application's data."""
    _command(session, migrate)


@phase(
    group=Group.COMMANDS,
    pre=[deploy_env],
    quiet=True,
    timeout=Timeout.EACH,
    operands="category",
    help={
        "category": "directory below .s2i/jobs; the bare word does: s2itasks jobs hourly",
        "fail-fast": "stop at the first job that fails",
    },
)
def jobs(session: Session, category: str | None = None, fail_fast: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Run every script of one job category, or list the categories.

    The scripts of .s2i/jobs/CATEGORY (and before them of .s2i/cron_jobs/CATEGORY) run one after another, in the order
    of their names. One that fails does not keep the others from running; the status is 1 then.
    """
    if category is None and (fail_fast or session.limit):
        raise UsageError("jobs needs a category to run; jobs alone lists them")
    if category is not None:
        job_scripts.run(
            session.layout, category, session.application, fail_fast=fail_fast, limit=session.limit_of("jobs")
        )
    else:
        job_scripts.show(session.layout)


@phase(
    group=Group.LAPTOP,
    operands="source",
    help={
        "source": "the application's repository (default: the current directory); the bare word does",
        "root": "directory to do it in, kept and reused (default: a new one in the user's cache)",
        "check": "end when the application is ready, instead of staying until Ctrl-C",
    },
)
def rehearse(session: Session, source: str = ".", root: str | None = None, check: bool = False) -> None:  # noqa: FBT001, FBT002
    """Build, verify and run an application without an image or a cluster.

    The source is copied like an upload into a private application root with a virtual environment of its own, and
    goes through assemble, verify and run with the embedded builder, on a free port. It is ready when the ready hook
    passes, or without one when the port answers. When the rehearsal ends, nothing is left running.
    """
    if not source or root == "":
        raise UsageError("rehearse needs the name of a directory, and not an empty one")
    rehearsal.rehearse(Path(source), None if root is None else Path(root), session.environ, check=check)


@phase(
    group=Group.INSPECTION,
    quiet=True,
    operands="name",
    iterable=["name"],
    help={
        "name": "show only this variable; bare words do",
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
    the image or the pod brought. The formats for machines carry values as they are, secrets too.
    """
    if format not in ("table", *environment_formats.FORMATS):
        known = ", ".join(("table", *environment_formats.FORMATS))
        raise UsageError(f"env has no format {format!r}; there are: {known}")
    layers = environment.build_layers if build else environment.application_layers
    traced = layers(session.layout, session.environ)
    if not traced:
        console.warning("this process already runs in that environment, so its layers cannot be told apart any more")
    variables = provenance.trace(session.environ, traced)
    chosen = provenance.chosen(variables, name or [], changed=changed)
    environment_formats.show(chosen, format, show_secrets=show_secrets)


def _hook(session: Session, name: str, env: dict[str, str]) -> None:
    path = hooks.present(session.layout, name)
    if path is None:
        session.skip(name, "no such hook")
        return
    with session.step(name, f"running {session.layout.shown(path)}"):
        hooks.run(session.layout, path, env, limit=session.limit_of(name))


def _split(remainder: str) -> list[str]:
    """Split what invoke's own program makes of the words after ``--``: one string, their quotes lost."""
    try:
        return shlex.split(remainder)
    except ValueError as problem:
        message = f"{remainder!r} cannot be split into a command ({problem}); s2itasks exec takes it as it is"
        raise UsageError(message) from None


def _command(session: Session, command: Phase) -> None:
    """Run a hook command; where nothing follows it and nothing limits it, simply become the hook."""
    path = hooks.present(session.layout, command.name)
    if path is None:
        return
    limit = session.limit_of(command.name)
    if limit is None and session.becomes is command:
        hooks.become(session.layout, path, session.application)
    hooks.run(session.layout, path, session.application, limit=limit)


def _probe(session: Session, probe: Phase, *, log: bool) -> None:
    """Run a hook command whose output the container's log is to show as well, if that is asked for."""
    path = hooks.present(session.layout, probe.name)
    if path is None or not (log or session.given.get("S2ITASKS_PROBE_LOG", "") not in ("", "0")):
        _command(session, probe)
        return
    with probe_log.captured(probe.name) as streams:
        hooks.run(session.layout, path, session.application, limit=session.limit_of(probe.name), streams=streams)


def _env_script(session: Session, name: str, evaluate: Callable[[], object]) -> None:
    script = session.layout.hooks / name
    if state(script, sourced=True) is State.MISSING:
        session.skip(name, "no such env script")
        evaluate()
        return
    with session.step(name, f"sourcing {session.layout.shown(script)}"):
        evaluate()


def _early_build_environment(session: Session) -> dict[str, str]:
    try:
        return environment.build(session.layout, session.build_base, quiet=True)
    except Stopped:
        raise
    except Failure as failure:
        console.warning(f"the builder's assemble runs without build_env, which cannot be evaluated yet: {failure}")
        return session.build_base


namespace = Collection(auto_dash_names=False)
for _each in list(vars().values()):
    if isinstance(_each, Phase):
        namespace.add_task(_each)
