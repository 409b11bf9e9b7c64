"""The end of a build: ``assemble`` itself, when everything that it needs has run."""

from __future__ import annotations

from functools import partial

from s2itasks import console
from s2itasks.launcher import pinned
from s2itasks.session import Session

from . import deployability, permissions, summary


def assemble(session: Session, verify: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag
    """Build the application; call it from .s2i/bin/assemble.

    After its prerequisites it makes the s2itasks on PATH start the copy that was set aside, gives group 0 the
    permissions of the owner under the application root, for the random user that the image will run as, and prints how
    long each phase took. A hook that keeps every pod from starting ends the build, others that cannot be used are
    warned of.
    """
    layout = session.layout
    reasons = session.do("assemble", "pin s2itasks", partial(pinned.pin, layout, session.environ, session.graph)) or {}
    if verify:
        _verify(session)
    session.do(
        "assemble",
        f"fix permissions of {layout.application}",
        partial(permissions.fix, layout.application, session.build),
    )
    _require_deployable(session)
    summary.show(session.steps)
    for reason in dict.fromkeys(reasons.values()):
        names = ", ".join(name for name, why in reasons.items() if why == reason)
        console.detail(f"in Python, because {reason}: {names}")
    launcher, other = pinned.launcher_of(layout), pinned.found_first(layout, session.environ)
    session.tidy(partial(pinned.remove_older, layout))  # one of them knows where the launcher is
    if other:
        console.warning(
            f"PATH finds {other} before {launcher}, which starts faster and needs nothing that the application could "
            f"replace; in the Dockerfile: ENV PATH={launcher.parent}:$PATH"
        )


def _verify(session: Session) -> None:
    """Run the hook that tests the image, as a postCommit would in a container of its own.

    This is the one time that a build evaluates deploy_env.
    """
    session.source_env_script("deploy_env", session.evaluate_application)
    session.run("verify", session.deployed_hooks("verify"), session.application)


def _require_deployable(session: Session) -> None:
    """Ask for the verdict on what a deployment uses, which the build may have made or changed."""
    has = session.inventory(syntax=True)
    for warning in deployability.warnings(session.graph, has, session.given):
        console.warning(warning)
    failure = deployability.fatal(session.graph, has)
    if failure:
        raise failure
