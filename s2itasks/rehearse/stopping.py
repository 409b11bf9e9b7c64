"""Whether an application stops as Kubernetes wants it to: SIGTERM, and then it has its grace period."""

from __future__ import annotations

import signal
import time

from s2itasks.console import duration, event
from s2itasks.errors import SIGNALLED, Failure

from .progress import PAUSE, pause
from .serving import Serving

GRACE = 30.0  # seconds: Kubernetes' default of terminationGracePeriodSeconds
NOT_FIRST = "; not tried as PID 1, which a pod's is: there, SIGTERM does nothing without a handler"
RUNS_DEPLOY = b"---> deploy: running "  # what s2itasks says when it does


class DoesNotStop(Failure):
    """It had to be killed."""

    def __init__(self, when: str) -> None:
        super().__init__(
            f"SIGTERM {when} did not end it within {GRACE:g} s, at which Kubernetes kills it",
            cure="let what is PID 1 handle SIGTERM (exec in app.sh and in the run hook; a handler in the application)",
            status=1,
        )


def stop(application: Serving, when: str) -> None:
    """Stop an application, and say how that went.

    :raises DoesNotStop: when it was killed.
    """
    status, seconds = application.stop(GRACE)
    but = "" if application.is_first else NOT_FIRST
    event("rehearse", f"SIGTERM {when}: status {status} after {duration(seconds)}{but}")
    if status == SIGNALLED + signal.SIGKILL and seconds >= GRACE:
        raise DoesNotStop(when)


def stop_in_deploy(application: Serving, patience: float) -> None:
    """Stop an application while its ``deploy`` hook runs.

    :param patience: seconds that the hook has to be started in.
    :raises DoesNotStop: when it was killed.
    """
    until = time.monotonic() + patience
    while application.runs and RUNS_DEPLOY not in application.log.read_bytes() and time.monotonic() < until:
        pause(PAUSE / 5)
    pause()  # until the hook has begun, which nobody tells
    stop(application, "in deploy")
