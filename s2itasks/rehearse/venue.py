"""What the ways to rehearse an application have in common: how a command gets to where it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class Venue(Protocol):
    """What is different between the ways to rehearse an application.

    :param application: the application root, as the application sees it; likewise ``upload``, where S2I uploads to.
    :param summary: what is said of it first.
    :param keeps_user: the user there is the one who asks for the rehearsal.
    :param s2itasks: what s2itasks is called by there.
    :param is_first: the application is PID 1.
    :param answers_early: its ports take connections before the application does, and close them at once.
    """

    application: Path
    upload: Path
    summary: str
    keeps_user: bool
    s2itasks: str
    is_first: bool
    answers_early: bool

    @property
    def differences(self) -> Sequence[str]:
        """What is not as in a pod there, known when it has run something."""

    def container(
        self,
        *command: str,
        init: bool = False,
        main: bool = False,
        kept: bool = False,
        writable: Sequence[Path] = (),
        of_build: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Return how a command is started as a container's is; it is killed when we are.

        :param kept: it is not, because somebody else starts it.
        :param init: with an init process above it, which a signal ends.
        :param main: it is the application itself, in whose container others run.
        :param writable: directories of this machine that it can write to, as well; with them, nothing is read-only.
        :param of_build: the environment that it is started with, where that is not a pod's.
        """

    def inside(self, *command: str, alone: bool = False, terminal: bool = False) -> list[str]:
        """Return how a command is started in the application's container, as ``oc rsh`` does.

        :param alone: in one of its own where the application does not run.
        :param terminal: it may use the terminal of whoever starts it.
        """

    def environ(self, pod: Mapping[str, str]) -> dict[str, str]:
        """Return the environment that one of those command lines is to be started with.

        :param pod: the environment that the command is to have.
        """

    def end(self) -> None:
        """End what does not end with the processes that were started."""
