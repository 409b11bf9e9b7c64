"""What is wrong with the hooks of an application before one is run."""

from __future__ import annotations

from s2itasks.errors import ConfigurationError


class TaskFileUnreadable(ConfigurationError):
    """The application's task file is not valid Python, or cannot be read.

    :param line: where Python gave up, if it got so far.
    """

    def __init__(self, shown: str, line: int | None, reason: str, *, cure: str = "correct it") -> None:
        super().__init__(f"{shown}{f', line {line}' if line else ''}: {reason}", cure=cure)
        self.line = line
        self.reason = reason


class HookTwice(ConfigurationError):
    """A hook exists as a script and as a Python task, and only one of them could run."""

    def __init__(self, script: str, task: str) -> None:
        super().__init__(f"{script} and {task} are the same hook", cure="remove one of them")


class EnvScriptAsTask(ConfigurationError):
    """A Python task has the name of an env script, which only bash can source."""

    def __init__(self, task: str, name: str) -> None:
        super().__init__(
            f"{task} cannot be a task: {name} is sourced by bash", cure=f"rename it, or write {name} in bash"
        )
