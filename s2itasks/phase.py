"""A phase: an invoke task that knows which hook it runs and where it stands in the life of an application."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from invoke.config import Config
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.tasks import Call, Task, task

from . import limits
from .failures import Failure
from .inherited import of_this_process
from .limits import Limit
from .session import Session


class Group(enum.Enum):
    """The parts of ``--list``, in its order."""

    BUILD = "Build"
    DEPLOYMENT = "Deployment"
    COMMANDS = "Commands"
    JOBS = "Jobs"
    APPLICATION = "The application's tasks"
    INSPECTION = "Inspection"
    LAPTOP = "On a laptop"


class Kind(enum.Enum):
    """What an application can put into a phase."""

    HOOK = "hook"
    ENV_SCRIPT = "env script"
    TASK = "task"


class Timeout(enum.Enum):
    """What the limit of ``--timeout`` holds for, as its help says it."""

    WHOLE = "seconds after which it is stopped, what runs first included; the status is 124 then"
    EACH = "seconds after which each script is stopped; its status is 124 then"


class Phase(Task[Any]):
    """An invoke task whose body is given the `Session` instead of invoke's context.

    :param group: where ``--list`` shows it.
    :param kind: whether the application can have a hook or an env script of the phase's name.
    :param becomes: it replaces the process, so nothing can follow it.
    :param quiet: it prints nothing of its own while all goes well.
    :param operands: the parameter that bare words on the command line go to, more than one if it is iterable; invoke
        has no positional argument that may be left out.
    :param timeout: it takes ``--timeout``: for the whole command, or for each process that it runs.
    :param describe: tells a `DryRun` what the body would do, where that is not just to run a hook or source an env
        script; it is given the options.
    :param takes_command: everything behind its name is a command with its arguments, none of our business.
    """

    def __init__(
        self,
        *args: Any,
        group: Group,
        kind: Kind | None = None,
        becomes: bool = False,
        quiet: bool = False,
        operands: str | None = None,
        takes_command: bool = False,
        timeout: Timeout | None = None,
        describe: Callable[..., None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        self.kind = kind
        self.becomes = becomes
        self.quiet = quiet
        self.operands = operands
        self.takes_command = takes_command
        self.timeout = timeout
        self.describe = describe

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body, and let invoke end with a failure's message and status instead of a traceback."""
        context, *rest = args
        assert isinstance(context, Context)  # noqa: S101 - as invoke asserts it
        session = session_of(context.config)
        session.remainder = context.remainder  # what followed `--`
        try:
            timeout = kwargs.pop("timeout", "")
            session.limit = session.limit or self.limit(timeout)
            return self.body(session, *rest, **kwargs)
        except Failure as failure:
            raise Exit(f"s2itasks: error: {failure}", failure.status) from failure

    def limit(self, timeout: str) -> Limit | None:
        """Give the limit that ``--timeout`` asks for, beginning now.

        :raises UsageError: when it is not a number.
        """
        return limits.parse(timeout, "--timeout", each=self.timeout is Timeout.EACH)

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: FBT001 - invoke's
        """Give the options; ``--timeout`` is the phase's own business, not its body's."""
        arguments: list[Argument] = super().get_arguments(ignore_unknown_help)
        if self.timeout:
            arguments.append(Argument(names=("timeout",), kind=str, default="", help=self.timeout.value))
        return arguments

    def prerequisites(self) -> list[Task[Any]]:
        """Give the tasks declared to run before this one, in order."""
        return [item.task if isinstance(item, Call) else item for item in self.pre if isinstance(item, (Call, Task))]

    @property
    def many_operands(self) -> bool:
        """Whether it takes more than one operand."""
        return self.operands is not None and self.operands in self.iterable

    def flags(self) -> dict[str, bool]:
        """Give the spelling of each of its flags, and whether it takes a value."""
        parameters = self.argspec(self.body).parameters.values()
        flags = {f"--{each.name.replace('_', '-')}": not isinstance(each.default, bool) for each in parameters}
        return {**flags, "--timeout": True} if self.timeout else flags

    def summary(self) -> str:
        """Give the first line of its documentation."""
        return (self.__doc__ or "").strip().partition("\n")[0].rstrip(".")


def phase(**declared: Any) -> Callable[[Callable[..., None]], Phase]:
    """Declare a phase; takes what ``invoke.task`` and `Phase` take."""
    declare: Callable[[Callable[..., None]], Phase] = task(klass=Phase, auto_shortflags=False, **declared)
    return declare


def session_of(config: Config) -> Session:
    """Give the session of an invoke run, which is the config that all of its contexts share.

    It is set beside the config's keys, not among them: invoke walks all keys before each task, and variables that
    differ only in case would end the run there.
    """
    session = getattr(config, "_s2itasks_session", None)
    if not isinstance(session, Session):
        session = Session(of_this_process())
        config._set(_s2itasks_session=session)  # noqa: SLF001 - invoke's own way around its attribute access
    return session
