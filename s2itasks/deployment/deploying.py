"""What the phases of a deployment do; they are declared in `phases`.

Containers run this all the time, mostly without invoke (see `fast_path`), so nothing here imports it.
"""

from __future__ import annotations

from s2itasks.hooks import hook as hooks
from s2itasks.session import Session

from .demands import demand


def deploy_env(session: Session) -> None:
    """Source the env script for the application environment.

    It is evaluated once in every container process that s2itasks starts, never during a build, and never again
    by what runs inside that process. Every variable it sets is exported, what it unsets is gone.
    """
    session.source_env_script("deploy_env", session.evaluate_application)


def deploy(session: Session) -> None:
    """Run the hook before the application starts, in every container.

    Daemons that it leaves behind live on beside the application. Nothing is run where a variable that .s2i/required
    names is missing.
    """
    demand(session, "deploy")
    session.run("deploy", session.deployed_hooks("deploy"), session.application)


def run(session: Session) -> None:
    """Become the application; call it from .s2i/bin/run.

    The process is replaced by the run hook if there is one, the application's or else the image's, and by the builder's
    run if not: same PID, nothing of s2itasks stays behind.
    """
    found = session.deployed_hooks("run")
    if not found:
        found = [hooks.of_script(session.layout, session.layout.builder_script("run"))]
    session.become("run", found[-1], session.application)
