"""The end of a build: ``assemble`` itself, when everything that it needs has run."""

from __future__ import annotations

from s2itasks import console
from s2itasks.hooks.inventory import Inventory
from s2itasks.launcher import pinned
from s2itasks.session import Session

from . import deployability, permissions, summary


def assemble(session: Session) -> None:
    """Build the application; call it from .s2i/bin/assemble.

    After its prerequisites it makes the s2itasks on PATH start the copy that was set aside, gives group 0 the
    permissions of the owner under the application root, for the random user that the image will run as, and prints how
    long each phase took. A hook that keeps every pod from starting ends the build, others that cannot be used are
    warned of.
    """
    root = session.layout.application
    with session.step("assemble", f"pinning s2itasks, fixing permissions of {root}"):
        left = pinned.pin(session.layout, session.environ, session.graph)
        permissions.fix(root, session.build)
        _require_deployable(session)
    summary.show(session.steps)
    for reason in dict.fromkeys(left.values()):
        names = ", ".join(name for name, why in left.items() if why == reason)
        console.detail(f"in Python, because {reason}: {names}")
    launcher, other = pinned.launcher_of(session.layout), pinned.found_first(session.layout, session.environ)
    pinned.remove_older(session.layout)  # one of which knows where the launcher is
    if other:
        console.warning(
            f"PATH finds {other} before {launcher}, which starts faster and needs nothing that the application could "
            f"replace; in the Dockerfile: ENV PATH={launcher.parent}:$PATH"
        )


def _require_deployable(session: Session) -> None:
    """Ask for the verdict on what a deployment uses, which the build may have made or changed."""
    has = Inventory(session.layout, session.graph.hooks, syntax=True)
    for warning in deployability.warnings(session.graph, has, session.given):
        console.warning(warning)
    failure = deployability.fatal(session.graph, has)
    if failure:
        raise failure
