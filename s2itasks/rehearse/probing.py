"""The probes of a rehearsal, asked as often and judged as strictly as Kubernetes does by default."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field

from s2itasks.console import duration, event
from s2itasks.errors import Failure, ended

from . import containment
from .progress import last_line
from .root import Root
from .serving import Serving

# Kubernetes' defaults: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
PERIOD = 10.0  # seconds
TIMEOUT = 1.0  # seconds
ROUNDS = 3  # as many in a row as make a container fail
PATIENCE = 30.0  # seconds that one is waited for; the kubelet ends none that is late, either


class ProbesFailed(Failure):
    """A probe failed or was late, at which Kubernetes would have taken the pod out of service, or restarted it."""

    def __init__(self, hooks: list[str]) -> None:
        super().__init__(
            f"in a pod, probes would have failed: {', '.join(hooks)}",
            cure="make them faster, or give them a longer timeoutSeconds",
            status=1,
        )


@dataclass
class Asked:
    """What came of a probe until now: how long it took each time, in seconds, and why some would not have counted."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Probes:
    """The hooks ``ready`` and ``alive`` of an application that runs."""

    def __init__(self, root: Root, application: Serving) -> None:
        self.asked = {name: Asked() for name in ("ready", "alive") if root.has_hook(name)}
        self._log = root.log("probes")
        self._application = application
        self._next = time.monotonic()

    def ask_when_due(self) -> None:
        """Ask them if their period is over."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PERIOD
        for name, asked in self.asked.items():
            self._ask(name, asked)

    @property
    def is_enough(self) -> bool:
        """Whether they have been asked often enough to fail."""
        return all(len(asked.seconds) >= ROUNDS for asked in self.asked.values())

    def report(self) -> None:
        """Show how they did.

        :raises ProbesFailed: when one would have failed.
        """
        if not self.asked:
            event("rehearse", "there is no probe to ask: neither a ready hook nor an alive hook")
        for name, asked in self.asked.items():
            times = f"asked {len(asked.seconds)} times, the slowest took {duration(max(asked.seconds, default=0))}"
            said = f"{len(asked.failed)} would have failed ({asked.failed[-1]})" if asked.failed else "none failed"
            event("rehearse", f"probe {name}: {times} of {TIMEOUT:g} s; {said}")
        failed = [name for name, asked in self.asked.items() if asked.failed]
        if failed:
            raise ProbesFailed(failed)

    def _ask(self, name: str, asked: Asked) -> None:
        with self._log.open("wb") as log:
            began = time.monotonic()
            probe = self._application.start(name, log=log.fileno())
            try:
                probe.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                probe.kill()
                probe.wait()
            took = time.monotonic() - began
        asked.seconds.append(took)
        status = containment.status(probe)
        if took > TIMEOUT:
            asked.failed.append(f"{duration(took)} is more than the {TIMEOUT:g} s of timeoutSeconds")
        elif status:
            said = last_line(self._log)
            asked.failed.append(f"it {ended(status)}{': ' if said else ''}{said}")
