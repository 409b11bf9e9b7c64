"""The task graph as plain data: every phase with what is declared on it, and what runs before what.

It is made out of invoke's tasks in `phases` and handed to whoever needs it, so that nothing else has to import invoke.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple


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

    WHOLE = "seconds after which it is stopped, its prerequisites included; the status is 124 then"
    EACH = "seconds after which each script is stopped; its status is 124 then"


class Phase(NamedTuple):
    """A phase or a command, as it is declared.

    :param body: the function that is given the `Session`, and the options.
    :param documentation: that of its body.
    :param prerequisites: the names of the phases declared to run before it, in order.
    :param flags: the spelling of each of its options, and whether it takes a value.
    :param kind: whether the application can have a hook or an env script of the phase's name.
    :param becomes: it replaces the process, so nothing can follow it.
    :param quiet: it prints nothing of its own while all goes well.
    :param takes_command: everything behind its name is a command with its arguments.
    :param command_flag: an option with which everything behind ``--`` is a command with its arguments.
    :param operands: the parameter that bare words on the command line go to.
    :param many_operands: whether it takes more than one of them.
    :param makes_root: it makes the application root where there is none, out of an upload.
    :param timeout: it takes ``--timeout``: for the whole command, or for each process that it runs.
    """

    name: str
    body: Callable[..., None]
    documentation: str
    prerequisites: tuple[str, ...]
    flags: Mapping[str, bool]
    many_operands: bool
    group: Group
    kind: Kind | None = None
    becomes: bool = False
    quiet: bool = False
    takes_command: bool = False
    command_flag: str = ""
    operands: str | None = None
    makes_root: bool = False
    timeout: Timeout | None = None

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return self.documentation.strip().partition("\n")[0].rstrip(".")

    def acts(self, options: Mapping[str, Any]) -> bool:
        """Whether it does something to an application or runs something of it, and does not only show what there is.

        ``env`` runs an env script, to show what that does.
        """
        return self.group not in (Group.INSPECTION, Group.LAPTOP) and not self.lists(options)

    def lists(self, options: Mapping[str, Any]) -> bool:
        """Whether it only lists what its operand could be, as ``jobs`` alone does; that needs no prerequisites."""
        return self.group is Group.COMMANDS and self.operands is not None and options.get(self.operands) is None


class Graph:
    """All phases, in the order they are declared in, which is that of an application's life."""

    def __init__(self, phases: Iterable[Phase]) -> None:
        self._phases = {phase.name: phase for phase in phases}

    def __iter__(self) -> Iterator[Phase]:
        return iter(self._phases.values())

    def __getitem__(self, name: str) -> Phase:
        return self._phases[name]

    def get(self, name: str) -> Phase | None:
        """Return the phase of a name, or None."""
        return self._phases.get(name)

    @property
    def hooks(self) -> dict[str, Kind]:
        """The names that an application's scripts and tasks can be hooks under."""
        return {phase.name: phase.kind for phase in self.listed if phase.kind}

    def places(self, *, kind: Kind | None = None, group: Group | None = None) -> set[str]:
        """Return the names under which an application can have hooks and env scripts, or those of one sort.

        :param kind: one of ``Kind.HOOK`` and ``Kind.ENV_SCRIPT``.
        """
        there = (self[name] for name in self.hooks)
        return {each.name for each in there if kind in (None, each.kind) and group in (None, each.group)}

    @property
    def listed(self) -> list[Phase]:
        """The phases that have a name of their own; the application's tasks have theirs behind ``app.``."""
        return [phase for phase in self if phase.group is not Group.APPLICATION]

    @property
    def pods(self) -> list[Phase]:
        """The phases that pods run all day, and that need no more than their own options."""
        return [
            phase
            for phase in self
            if phase.kind is not Kind.TASK
            and not phase.many_operands
            and (phase.becomes or (phase.quiet and phase.group is Group.COMMANDS))
        ]

    def flattened(self, phase: Phase) -> list[Phase]:
        """Return a phase behind all of its prerequisites, each once, in the order they run in."""
        before = [step for name in phase.prerequisites for step in self.flattened(self[name])]
        return list({each.name: each for each in (*before, phase)}.values())
