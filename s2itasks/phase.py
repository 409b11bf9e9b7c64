"""A phase as an invoke task: what `phases` declares with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from invoke.collection import Collection
from invoke.config import Config
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.parser.argument import Argument
from invoke.tasks import Call, Task, task

from s2itasks.errors import Failure
from s2itasks.graph import Graph, Group, Kind, Phase, Timeout
from s2itasks.process import limits
from s2itasks.process.inherited import of_this_process
from s2itasks.process.limits import Limit
from s2itasks.session import Session


class PhaseTask(Task[Any]):
    """An invoke task whose body is given the `Session` instead of invoke's context.

    Its parameters are those of `graph.Phase`; invoke has no positional argument that may be left out, hence operands.
    """

    graph: Graph  # that of the collection which it is in

    def __init__(
        self,
        *args: Any,
        group: Group,
        kind: Kind | None = None,
        becomes: bool = False,
        quiet: bool = False,
        operands: str | None = None,
        takes_command: bool = False,
        makes_root: bool = False,
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
        self.makes_root = makes_root
        self.timeout = timeout
        self.describe = describe

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body, and let invoke end with a failure's message and status instead of a traceback."""
        context, *rest = args
        assert isinstance(context, Context)  # noqa: S101 - as invoke asserts it
        session = session_of(context.config)
        session.graph = self.graph
        session.remainder = context.remainder  # what followed `--`
        try:
            session.require_root(self.graph[self.name], kwargs)
            timeout = kwargs.pop("timeout", "")
            session.limit = session.limit or self.limit(timeout)
            return self.body(session, *rest, **kwargs)
        except Failure as failure:
            raise Exit(f"s2itasks: error: {failure}", failure.status) from failure

    def limit(self, timeout: str) -> Limit | None:
        """Return the limit that ``--timeout`` asks for, beginning now.

        :raises UsageError: when it is not a number.
        """
        return limits.parse(timeout, "--timeout", each=self.timeout is Timeout.EACH)

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: FBT001 - invoke's
        """Return the options; ``--timeout`` is the phase's own business, not its body's."""
        arguments: list[Argument] = super().get_arguments(ignore_unknown_help)
        if self.timeout:
            arguments.append(Argument(names=("timeout",), kind=str, default="", help=self.timeout.value))
        return arguments

    @property
    def declared(self) -> Phase:
        """What is declared on it, as plain data."""
        before = [item.task if isinstance(item, Call) else item for item in self.pre if isinstance(item, (Call, Task))]
        parameters = self.argspec(self.body).parameters.values()
        flags = {f"--{each.name.replace('_', '-')}": not isinstance(each.default, bool) for each in parameters}
        return Phase(
            name=self.name,
            body=self.body,
            documentation=self.__doc__ or "",
            group=self.group,
            prerequisites=tuple(each.name for each in before),
            flags={**flags, "--timeout": True} if self.timeout else flags,
            kind=self.kind,
            becomes=self.becomes,
            quiet=self.quiet,
            takes_command=self.takes_command,
            operands=self.operands,
            many_operands=self.operands is not None and self.operands in self.iterable,
            makes_root=self.makes_root,
            timeout=self.timeout,
            describe=self.describe,
        )


def phase(body: Callable[..., None], **declared: Any) -> PhaseTask:
    """Return the task that a body is declared to be; takes what ``invoke.task`` and `PhaseTask` take."""
    declare: Callable[[Callable[..., None]], PhaseTask] = task(klass=PhaseTask, auto_shortflags=False, **declared)
    return declare(body)


def collected(*tasks: PhaseTask) -> Collection:
    """Return the collection of some phases, each of which is handed the graph that they make."""
    collection = Collection(auto_dash_names=False)
    graph = Graph(each.declared for each in tasks)
    for each in tasks:
        each.graph = graph
        collection.add_task(each)
    return collection


def session_of(config: Config) -> Session:
    """Return the session of an invoke run, which is the config that all of its contexts share.

    It is set beside the config's keys, not among them: invoke walks all keys before each task, and variables that
    differ only in case would end the run there.
    """
    session = getattr(config, "_s2itasks_session", None)
    if not isinstance(session, Session):
        session = Session(of_this_process())
        config._set(_s2itasks_session=session)  # noqa: SLF001 - invoke's own way around its attribute access
    return session
