"""How invoke runs phases for us: with our own idea of repetitions, and without its configuration files."""

from __future__ import annotations

from typing import Any

from invoke.config import Config
from invoke.executor import Executor
from invoke.tasks import Call

from s2itasks.errors import UsageError
from s2itasks.phase import PhaseTask, session_of


class PhaseConfig(Config):
    """A configuration that reads no files and no variables: invoke's are another program's business."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "lazy": True})

    def load_shell_env(self) -> None:
        """Leave the environment to the application."""


class PhaseExecutor(Executor):
    """Runs each phase asked for with all of its prerequisites, whatever ran before it.

    invoke drops repetitions over the whole command line, so that ``build assemble`` would run ``build`` before
    ``pre_build``.
    """

    def execute(self, *tasks: Any) -> dict[Any, Any]:
        """Run the phases in the order given.

        :raises UsageError: when one that replaces the process is not the last.
        """
        session = session_of(self.config)
        asked = [call.task for call in self.normalize(tasks)]
        for phase in asked[:-1]:
            if isinstance(phase, PhaseTask) and phase.declared.becomes:
                problem = f"{phase.name} replaces the process, so {asked[-1].name!r} cannot follow it"
                raise UsageError(problem, cure=f"put {phase.name} last")
        results: dict[Any, Any] = {}
        for position, (task, phase) in enumerate(zip(tasks, asked), start=1):
            session.becomes = phase.name if position == len(tasks) else None
            if isinstance(phase, PhaseTask):
                session.quiet = phase.declared.quiet
                session.limit = phase.limit(task.as_kwargs.get("timeout", ""))
            results.update(self.execute_one(task))
        return results

    def execute_one(self, task: Any) -> dict[Any, Any]:
        """Run a phase after its prerequisites."""
        results: dict[Any, Any] = super().execute(task)
        return results

    def expand_calls(self, calls: list[Call]) -> list[Call]:
        """Put prerequisites before phases; a command that only lists what there is needs none.

        ``--timeout`` is left out, because it holds from before them; see `execute`.
        """
        expanded: list[Call] = []
        for call in calls:
            phase = getattr(call, "task", call)
            lists = isinstance(phase, PhaseTask) and isinstance(call, Call) and phase.declared.lists(call.kwargs)
            expanded += [call] if lists else super().expand_calls([call])
        for call in expanded:
            call.kwargs.pop("timeout", None)
        return expanded
