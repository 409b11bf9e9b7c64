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
from s2itasks.graph import Graph, Phase, Timeout
from s2itasks.process import limits
from s2itasks.process.inherited import of_this_process
from s2itasks.process.limits import Limit
from s2itasks.session import Session


class PhaseTask(Task[Any]):
    """An invoke task whose body is given the `Session` instead of invoke's context.

    Its parameters are those of ``invoke.task`` and, by their names, those of `graph.Phase` that have defaults, with
    ``group``. (invoke has no positional argument that may be left out, hence operands.)
    """

    DECLARED = ("group", *Phase._field_defaults)
    graph: Graph  # that of the collection which it is in

    def __init__(self, *args: Any, **declared: Any) -> None:
        given = {name: declared.pop(name) for name in self.DECLARED if name in declared}
        super().__init__(*args, **declared)
        parameters = self.argspec(self.body).parameters.values()
        flags = {
            f"--{each.name.rstrip('_').replace('_', '-')}": not isinstance(each.default, bool) for each in parameters
        }
        before = [item.task if isinstance(item, Call) else item for item in self.pre if isinstance(item, (Call, Task))]
        self.declared = Phase(
            name=self.name,
            body=self.body,
            documentation=self.__doc__ or "",
            prerequisites=tuple(each.name for each in before),
            flags={**flags, "--timeout": True} if given.get("timeout") else flags,
            many_operands=given.get("operands", "") in self.iterable,
            **given,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body, and let invoke end with a failure's message and status instead of a traceback."""
        context, *rest = args
        assert isinstance(context, Context)  # noqa: S101 - as invoke asserts it
        session = session_of(context.config)
        session.graph = self.graph
        session.remainder = context.remainder  # what followed `--`
        try:
            session.enter(self.declared, kwargs)
            if "timeout" in kwargs:
                session.limit = self.limit(kwargs.pop("timeout"))
            return self.body(session, *rest, **kwargs)
        except Failure as failure:
            raise Exit(f"s2itasks: error: {failure}", failure.status) from failure

    def limit(self, timeout: str) -> Limit | None:
        """Return the limit that ``--timeout`` asks for, beginning now.

        :raises UsageError: when it is not a number.
        """
        return limits.parse(timeout, "--timeout", each=self.declared.timeout is Timeout.EACH)

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: FBT001 - invoke's
        """Return the options; ``--timeout`` is the phase's own business, not its body's."""
        arguments: list[Argument] = super().get_arguments(ignore_unknown_help)
        if self.declared.timeout:
            arguments.append(Argument(names=("timeout",), kind=str, default="", help=self.declared.timeout.value))
        return arguments


def phase(body: Callable[..., None], **declared: Any) -> PhaseTask:
    """Return the task that a body is declared to be; takes what ``invoke.task`` and `PhaseTask` take."""
    declare: Callable[[Callable[..., None]], PhaseTask] = task(klass=PhaseTask, auto_shortflags=False, **declared)
    return declare(body)


def collected(*tasks: PhaseTask) -> tuple[Collection, Graph]:
    """Return the collection of some phases, and the graph that they make, which each of them is handed."""
    collection = Collection(auto_dash_names=False)
    graph = Graph(each.declared for each in tasks)
    for each in tasks:
        each.graph = graph
        collection.add_task(each)
    return collection, graph


def session_of(config: Config) -> Session:
    """Return the session of an invoke run, which is the config that all of its contexts share.

    It is set beside the config's keys, not among them: invoke walks all keys before each task, and variables that
    differ only in case would end the run there.
    """
    session = getattr(config, "_s2itasks_session", None)
    return session if isinstance(session, Session) else use_session(config, Session(of_this_process()))


def use_session(config: Config, session: Session) -> Session:
    """Let an invoke run have a session, and return it."""
    config._set(_s2itasks_session=session)  # noqa: SLF001 - invoke's own way around its attribute access
    return session
