"""Waiting until the application takes requests, which its ``ready`` hook tells."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

from s2itasks.errors import TIMED_OUT, Failure, ended
from s2itasks.hooks import hook as hooks
from s2itasks.hooks.hook import Hook
from s2itasks.layout import Layout
from s2itasks.process.errors import HookFailed, TimedOut
from s2itasks.process.limits import Limit, tighter
from s2itasks.process.private_file import private_file
from s2itasks.process.probe_log import Streams

FIRST, LONGEST = 0.1, 1.0  # seconds from one attempt to the next, which double


class NeverReady(Failure):
    """The ``ready`` hook did not succeed in time.

    :param last: how its last attempt ended.
    """

    def __init__(self, limit: Limit, last: str) -> None:
        super().__init__(
            f"the application was not ready after {limit.seconds:g} s, the limit of {limit.origin}: "
            f"its ready hook {last}",
            cure="see above what that said last; find out why, or wait longer",
            status=TIMED_OUT,
        )


def until_ready(layout: Layout, ready: Sequence[Hook], env: Mapping[str, str], wait: Limit, each: Limit | None) -> None:
    """Run the ``ready`` hooks until all of them succeed.

    What they say meanwhile is nobody's business; only when they never do, the last words are shown.

    :param wait: how long it may take in all.
    :param each: how long each attempt may take, or the command that waits.
    :raises NeverReady: when it did not succeed in time.
    :raises Failure: when it cannot be started, which no waiting cures, or when it is stopped by a signal.
    """
    pause = FIRST
    while True:
        with private_file() as output:
            streams = Streams(output.fileno(), output.fileno())
            try:
                limit = tighter(wait, each.from_now() if each else None)
                for hook in ready:
                    hooks.run(layout, hook, env, limit=limit, streams=streams)
            except (HookFailed, TimedOut) as failure:
                last = "did not end" if isinstance(failure, TimedOut) else ended(failure.status)
                if wait.remaining() <= FIRST:
                    _show(output.fileno())
                    raise NeverReady(wait, last) from None
            else:
                return
        time.sleep(min(pause, wait.remaining() / 2))
        pause = min(2 * pause, LONGEST)


def _show(descriptor: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    while content := os.read(descriptor, 1 << 16):
        os.write(2, content)
