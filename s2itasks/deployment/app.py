"""The command ``app``: a task of the application's own."""

from __future__ import annotations

from s2itasks.hooks import hook as hooks
from s2itasks.session import Session

from .demands import demand


def app(session: Session) -> None:
    """Become a task of the application's own, from .s2i/tasks.py: s2itasks app.NAME [--options].

    It runs in the source directory, under the python that the application finds on its PATH.
    """
    name, *words = session.command or [""]
    demand(session, f"app.{name}")
    task = session.inventory().own_task(name)
    session.become(f"app.{name}", hooks.of_task(session.layout, task.name, *words), session.application)
