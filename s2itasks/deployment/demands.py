"""Which commands go no further without the variables that ``.s2i/required`` names."""

from __future__ import annotations

from s2itasks.session import Session

EXEMPT = ("verify",)  # an image is tested where nothing of a deployment is
WARNED = ("shell",)  # somebody looks for what is missing


def demand(session: Session, phase: str) -> None:
    """Ask for the required variables, when ``deploy_env`` has had its say and before anything of the phase is done.

    :raises Missing: when one is not set, or empty, and the phase does not do without.
    :raises NoName, Unreadable: when nobody can tell what is required.
    """
    if phase not in EXEMPT:
        session.require_variables(phase, only_warn=phase in WARNED)
