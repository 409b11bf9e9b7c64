"""What the launcher leaves to Python: ending what has not gone well, and saying so."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from . import console
from .failures import Failure, Stopped, TimedOut


def main(words: list[str]) -> None:
    """Exit with the status of what has happened, having said it.

    :param words: ``env-script``, ``hook`` or ``stopped``, and what the launcher knows about it.
    """
    try:
        BRANCHES[words[0]](*words[1:])
    except Failure as failure:
        console.error(str(failure))
        sys.exit(failure.status)


def _stopped(number: str) -> None:
    """Say that a signal came before there was anything to stop."""
    raise Stopped(signal.Signals[f"SIG{number}"])


def _env_script(source: str, status: str, record: str) -> None:
    """Say how ``deploy_env`` ended its shell.

    :param record: the command that failed last, as `env_script.PROGRAM` would report it.
    """
    from . import env_script  # noqa: PLC0415 - not everybody needs it

    directory = Path(source)
    script = directory / ".s2i" / "action_hooks" / "deploy_env"
    raise env_script.failure(
        script, [record], int(status), str(script.relative_to(directory)), "", os.environ, directory
    )


def _hook(source: str, script: str, group: str, status: str, number: str, seconds: str, out: str, err: str) -> None:
    """End what is left of a hook's process group, show what it has said, and say how it ended.

    :param number: the signal that was forwarded to it first, or nothing.
    :param seconds: the limit that it exceeded, or nothing.
    :param out: the descriptor of a file that holds what it said on stdout, or nothing; likewise ``err``.
    """
    failure: Failure | None = None
    shown = str(Path(script).relative_to(source))
    if number or seconds:
        from . import process  # noqa: PLC0415 - likewise

        process.end_group(int(group), process.PATIENCE if number else process.GRACE)
    if number:
        failure = Stopped(signal.Signals[f"SIG{number}"])
    elif seconds:
        failure = TimedOut(shown, f"{float(seconds):g}", "--timeout")
    elif int(status):
        from . import script as scripts  # noqa: PLC0415 - likewise

        failure = scripts.failed(Path(script), shown, int(status))
    if out:
        from . import probe_log  # noqa: PLC0415 - likewise

        said = [Path(f"/proc/self/fd/{descriptor}").read_bytes() for descriptor in (out, err)]
        probe_log.show(Path(script).name, *said)
    if failure is not None:
        raise failure


BRANCHES: dict[str, Callable[..., None]] = {"stopped": _stopped, "env-script": _env_script, "hook": _hook}
