"""The command ``wait``: what a deployment needs is there, or the time is over.

Each address is asked by a thread of its own, because looking up a name may take longer than everything else, and nobody
can stop that. The hooks are run by the main thread, which is the one that signals reach.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from s2itasks import console
from s2itasks.errors import TIMED_OUT, Failure, UsageError, ended
from s2itasks.graph import Group, Kind
from s2itasks.hooks import hook as hooks
from s2itasks.hooks.hook import Hook
from s2itasks.process import limits
from s2itasks.process.errors import HookFailed, TimedOut
from s2itasks.process.limits import Limit
from s2itasks.process.private_file import private_file
from s2itasks.process.probe_log import Streams
from s2itasks.session import Session

from . import targets
from .targets import Target

FIRST, LONGEST = 0.1, 2.0  # seconds from one attempt to the next, which double
LINE = 1.0  # seconds from one line to the next
NOT_ASKED = "not asked yet"


class StillMissing(Failure):
    """Not all was there in time.

    :param missing: what was not, and how that showed.
    """

    def __init__(self, missing: Mapping[str, str], limit: Limit) -> None:
        super().__init__(
            f"still missing after {limit.seconds:g} s, the limit of {limit.origin}: {_listed(missing)}",
            cure="see whether it runs, and under that address, or wait longer",
            status=TIMED_OUT,
        )


def wait(session: Session, target: list[str] | None = None, hook: list[str] | None = None, for_: str = "60") -> None:
    """Wait until services answer; for the deploy hook, and for containers that begin before the application's.

    tcp://HOST:PORT has to take a connection, http://HOST/PATH to answer with a status from 200 to 399, and
    postgresql://HOST/NAME to take sessions, whoever may log in. --hook waits for a hook to succeed. All are asked at
    once, again and again; the status is 124 where one is still missing at the end.
    """
    limit = limits.parse(for_, "--for")
    asked = [targets.parse(each) for each in target or []]
    found = {f"the {name} hook": _hooks(session, name) for name in hook or []}
    if not asked and not found:
        raise UsageError("wait needs something to wait for", cure="give it tcp://HOST:PORT, or --hook ready")
    what = f"wait for {', '.join([*(each.shown for each in asked), *found])}"
    if limit:
        what += f", for {limit.seconds:g} s at most"
    run = {shown: partial(_attempt, session, each) for shown, each in found.items()}
    session.do("wait", what, partial(until_there, asked, run, limit))


def until_there(asked: Sequence[Target], run: Mapping[str, Callable[[Limit | None], str]], limit: Limit | None) -> None:
    """Ask again and again until all are there.

    :param run: what the main thread asks, by its name; each returns what is wrong.
    :raises StillMissing: when the time is over.
    """
    started = said_at = time.monotonic()
    state = _State([*(each.shown for each in asked), *run])
    for each in asked:
        threading.Thread(target=_keep_asking, args=(each, state, limit), daemon=True).start()
    pause, said = FIRST, ""
    while True:
        for shown, attempt in run.items():
            if shown in state.missing():
                state.tell(shown, attempt(limit))
        missing = state.wait(min(pause, limit.remaining()) if limit else pause)
        pause = min(2 * pause, LONGEST)
        if not missing:
            break
        if limit and limit.remaining() <= FIRST / 2:
            silent = {name: "no answer" if problem == NOT_ASKED else problem for name, problem in missing.items()}
            raise StillMissing(silent, limit)
        if time.monotonic() - said_at >= LINE and _listed(missing) != said:
            said, said_at = _listed(missing), time.monotonic()
            console.event("wait", f"still missing: {said}")
    if said:
        console.event("wait", f"all there after {console.duration(time.monotonic() - started)}")


class _State:
    """What is still missing, as the threads find out."""

    def __init__(self, names: Sequence[str]) -> None:
        self._missing = dict.fromkeys(names, NOT_ASKED)
        self._changed = threading.Condition()

    def missing(self) -> dict[str, str]:
        with self._changed:
            return dict(self._missing)

    def tell(self, name: str, problem: str) -> None:
        """Note what is wrong with one; nothing, where it is there."""
        with self._changed:
            if problem:
                self._missing[name] = problem
            else:
                self._missing.pop(name, None)
            self._changed.notify()

    def wait(self, seconds: float) -> dict[str, str]:
        """Return what is missing, after some time or when nothing is."""
        with self._changed:
            self._changed.wait_for(lambda: not self._missing, seconds)
            return dict(self._missing)


def _keep_asking(target: Target, state: _State, limit: Limit | None) -> None:
    pause = FIRST
    while True:
        problem = target.problem(limit.remaining() if limit else targets.ATTEMPT)
        state.tell(target.shown, problem)
        if not problem or (limit and limit.remaining() <= FIRST / 2):
            return
        time.sleep(pause)  # a port or a page that appears sends no event: it can only be asked again
        pause = min(2 * pause, LONGEST)


def _hooks(session: Session, name: str) -> list[Hook]:
    """Return the hooks of a name.

    :raises UsageError: when there are none.
    """
    known = session.graph.places(kind=Kind.HOOK, group=Group.COMMANDS)
    if name not in known:
        raise UsageError(f"wait has no --hook {name!r}", cure=f"choose one of: {', '.join(sorted(known))}")
    found = session.deployed_hooks(name)
    if not found:
        raise UsageError(f"there is no {name} hook to wait for", cure="write it, or leave out --hook")
    return found


def _attempt(session: Session, found: Sequence[Hook], limit: Limit | None) -> str:
    """Run hooks once, silently, and return how that went wrong; nothing, where it did not.

    :raises Failure: when one cannot be started, which no waiting cures.
    """
    with private_file() as output:
        streams = Streams(output.fileno(), output.fileno())
        try:
            for hook in found:
                hooks.run(session.layout, hook, session.application, limit=limit, streams=streams)
        except HookFailed as failure:
            return ended(failure.status)
        except TimedOut:
            return "did not end"
    return ""


def _listed(missing: Mapping[str, str]) -> str:
    return "; ".join(f"{name} ({problem})" for name, problem in missing.items())
