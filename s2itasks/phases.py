"""The phases of a build and a deployment, as invoke tasks with their prerequisites declared on them.

What is declared here, and in `commands` for what is called in a container, is all there is about what runs before
what; ``--list``, ``--help`` and everything else derive from it.
"""

from __future__ import annotations

from . import (
    console,
    deployability,
    deployment,
    descriptions,
    environment,
    environment_file,
    environment_problems,
    hooks,
    listing,
    permissions,
    pinned,
    summary,
)
from . import upload as uploads
from .failures import BuilderCallsItself, Failure, Stopped
from .phase import Group, Kind, Timeout, phase
from .session import Session
from .steps import run_hook, source_env_script


@phase(group=Group.BUILD, describe=descriptions.upload)
def upload(session: Session) -> None:
    """Take .s2i out of the upload into the source directory, and set s2itasks aside.

    It is merged over an older .s2i, as a chained build has one; the upload wins. The rest of the source stays in
    the upload directory until the builder's assemble moves it. s2itasks itself is copied into libexec/s2itasks of the
    application root, where the application's packages cannot break it.
    """
    from .collection import namespace  # noqa: PLC0415 - which this is a part of

    layout = session.layout
    with session.step("upload", f"taking .s2i from {layout.upload}"):
        if not uploads.take_hooks(layout) and not (layout.source / ".s2i").is_dir():
            console.warning(f"there is no .s2i, neither in {layout.upload} nor in {layout.source}")
        listing.inventory(namespace, layout).require_no_conflict()
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
    run_hook(session, hooks.present(session.layout, "pre_build"), "pre_build", session.build_base)


@phase(group=Group.BUILD, timeout=Timeout.WHOLE, describe=descriptions.builder_assemble)
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
        builder = hooks.of_script(session.layout, script)
        hooks.run(session.layout, builder, environ, limit=session.limit_of("builder_assemble"))
    uploads.remove_placeholder(session.layout)


@phase(group=Group.BUILD, kind=Kind.ENV_SCRIPT, timeout=Timeout.WHOLE)
def build_env(session: Session) -> None:
    """Source the env script for the build environment.

    Every variable it sets is exported, what it unsets is gone. It runs under 'set -eo pipefail', always from the
    environment the build began with, and its output goes to stderr.
    """
    source_env_script(session, "build_env", session.evaluate_build)
    lost = session.lost_since_early_build()
    if lost:
        layout = session.layout
        shown, names = layout.shown(layout.hooks / "build_env"), ", ".join(lost)
        problem = f"set for the builder's assemble, and not any more: {names}"
        cure = f"what it reads in {layout.upload} is in {layout.source} by now"
        console.warning(f"{shown}: {problem}; {cure}")


@phase(group=Group.BUILD, pre=[build_env], kind=Kind.HOOK, timeout=Timeout.WHOLE)
def build(session: Session) -> None:
    """Run the hook after the builder; source and packages are in place.

    collectstatic, compiling translations, building a front end: what belongs into the image and needs the
    application. No service of the deployment can be reached yet, and deploy_env does not count.
    """
    run_hook(session, hooks.present(session.layout, "build"), "build", session.build)


@phase(group=Group.BUILD, pre=[pre_build, builder_assemble, build_env, build], describe=descriptions.assemble)
def assemble(session: Session) -> None:
    """Build the application; call it from .s2i/bin/assemble.

    After its prerequisites it makes the s2itasks on PATH start the copy that was set aside, gives group 0 the
    permissions of the owner under the application root, for the random user that the image will run as, and prints how
    long each phase took. A hook that keeps every pod from starting ends the build, others that cannot be used are
    warned of.
    """
    root = session.layout.application
    with session.step("assemble", f"pinning s2itasks, fixing permissions of {root}"):
        left = pinned.pin(session.layout, session.environ)
        permissions.fix(root, session.build)
        _require_deployable(session)
    summary.show(session.steps)
    for reason in dict.fromkeys(left.values()):
        names = ", ".join(name for name, why in left.items() if why == reason)
        console.detail(f"in Python, because {reason}: {names}")
    pinned.remove_older(session.layout)


deploy_env = phase(group=Group.DEPLOYMENT, kind=Kind.ENV_SCRIPT, timeout=Timeout.WHOLE)(deployment.deploy_env)
deploy = phase(group=Group.DEPLOYMENT, pre=[deploy_env], kind=Kind.HOOK, timeout=Timeout.WHOLE)(deployment.deploy)
run = phase(group=Group.DEPLOYMENT, pre=[deploy_env, deploy], kind=Kind.HOOK, becomes=True, describe=descriptions.run)(
    deployment.run
)


def _require_deployable(session: Session) -> None:
    """Ask for the verdict on what a deployment uses, which the build may have made or changed."""
    from .collection import namespace  # noqa: PLC0415 - which this is a part of

    has = listing.inventory(namespace, session.layout, syntax=True)
    for warning in deployability.warnings(namespace, has, session.given):
        console.warning(warning)
    failure = deployability.fatal(namespace, has)
    if failure:
        raise failure


def _early_build_environment(session: Session) -> dict[str, str]:
    try:
        environ = environment.build(session.layout, session.build_base, quiet=True)
    except Stopped:
        raise
    except Failure as failure:
        console.warning(f"the builder's assemble runs without build_env, which cannot be evaluated yet: {failure}")
        return session.build_base
    session.early_build = environ
    return environ
