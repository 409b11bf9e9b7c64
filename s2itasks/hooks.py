"""Running an application's hooks and the builder's scripts: in place, in the source directory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from . import execution, process
from .failures import HookFailed
from .layout import Layout
from .limits import Limit
from .probe_log import Streams
from .script import State, command, state


def present(layout: Layout, name: str) -> Path | None:
    """Give the path of a hook, or None where the application has none."""
    path = layout.hooks / name
    return None if state(path) is State.MISSING else path


def run(
    layout: Layout,
    path: Path,
    env: Mapping[str, str],
    *,
    limit: Limit | None = None,
    streams: Streams | None = None,
) -> None:
    """Run a script to its end.

    :param limit: how long it may take.
    :param streams: where its output goes instead of our stdout and stderr.
    :raises Failure: when it cannot be started, fails, or is stopped by a signal.
    """
    shown = layout.shown(path)
    status = process.run(
        command(path, shown),
        env=env,
        cwd=layout.require_source(),
        stdout=streams.stdout if streams else None,
        stderr=streams.stderr if streams else None,
        shown=shown,
        limit=limit,
    )
    if status:
        raise HookFailed(shown, status)


def become(layout: Layout, path: Path, env: Mapping[str, str]) -> NoReturn:
    """Replace this process with a script.

    :raises Failure: when it cannot be started.
    """
    execution.become(command(path, layout.shown(path)), env=env, cwd=layout.require_source())
