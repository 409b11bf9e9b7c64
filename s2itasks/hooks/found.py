"""What is in the place of a hook, an env script, a task or a job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from s2itasks.errors import Failure
from s2itasks.graph import Kind
from s2itasks.process.verdict import State

from .task_declarations import ApplicationTask


@dataclass(frozen=True)
class Found:
    """What is in one place, or could be.

    :param path: where it belongs; during a build it may still lie in the upload.
    :param label: how a reader finds it: the path as the repository knows it, of a task with its line.
    :param failure: what running it would end with before it began.
    :param task: what is known of a Python task.
    """

    kind: Kind
    path: Path
    label: str
    state: State
    failure: Failure | None = None
    task: ApplicationTask | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is anything."""
        return self.state not in (State.MISSING, State.UNKNOWN)
