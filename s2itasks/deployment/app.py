"""The command ``app``: a task of the application's own."""

from __future__ import annotations

from s2itasks.hooks import task_process
from s2itasks.hooks.inventory import Inventory
from s2itasks.process import execution
from s2itasks.session import Session


def app(session: Session) -> None:
    """Become a task of the application's own, from .s2i/tasks.py: s2itasks app.NAME [--options].

    It runs in the source directory, under the python that the application finds on its PATH.
    """
    given, *words = session.command or [""]
    name = Inventory(session.layout, session.graph.hooks).own_task(given).name
    command = task_process.command(session.layout, name, words, session.application)
    execution.become(command, env=session.application, cwd=session.layout.require_source())
