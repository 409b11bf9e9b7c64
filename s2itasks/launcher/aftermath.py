"""What the launcher leaves to Python: ending what has not gone well, and saying so."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from s2itasks import console
from s2itasks.errors import Failure, Stopped
from s2itasks.layout import Layout
from s2itasks.process.errors import TimedOut


def main(words: list[str]) -> None:
    """Exit with the status of what has happened, having said it.

    :param words: what has happened, one of `BRANCHES`, and what the launcher knows about it.
    """
    try:
        BRANCHES[words[0]](*words[1:])
    except Failure as failure:
        console.error(str(failure))
        sys.exit(failure.status)


def _stopped(number: str) -> None:
    """Raise that a signal came before there was anything to stop."""
    raise Stopped(signal.Signals[f"SIG{number}"])


def _activation(status: str, script: str) -> None:
    """Raise that ``$BASH_ENV`` ended the shell."""
    from s2itasks.environment.errors import ActivationFailed  # noqa: PLC0415 - not everybody needs it

    raise ActivationFailed(script, int(status))


def _env_script(script: str, status: str, line: str, function: str, file: str) -> None:
    """Raise how ``deploy_env`` ended its shell.

    :param script: which of them it was; empty where bash does not know any more.
    :param line: where bash knew it; likewise the rest of what `env_script.ON_ERROR` reports.
    :param file: the one with the command that failed; the protocol's, where the last command of the script was false.
    """
    from s2itasks.environment import env_script  # noqa: PLC0415 - not everybody needs it

    layout = Layout.from_environment(os.environ)
    ended = Path(script) if script else _place(layout, "deploy_env")
    if Path(file).parent.name.startswith("programs."):
        file = ""
    record = f"{status} {line} {function} {file}"
    raise env_script.failure(ended, [record], int(status), layout.shown(ended))


def _required(how: str) -> None:
    """Raise which required variables are missing, or only warn of them."""
    from s2itasks.environment import required  # noqa: PLC0415 - likewise

    layout = Layout.from_environment(os.environ)
    wanted = required.of_application(layout)
    failure = required.Missing(required.missing(wanted, os.environ) or wanted, layout.shown(layout.required))
    if how != "warning":
        raise failure
    console.warning(str(failure))


def _hook(name: str, group: str, status: str, number: str, seconds: str, out: str, err: str) -> None:
    """End what is left of a hook's process group, show what it has said, and say how it ended.

    :param number: the signal that was forwarded to it first, or nothing.
    :param seconds: the limit that it exceeded, or nothing.
    :param out: the descriptor of a file that holds what it said on stdout, or nothing; likewise ``err``.
    """
    failure: Failure | None = None
    layout = Layout.from_environment(os.environ)
    script = _place(layout, name)
    shown = layout.shown(script)
    if number or seconds:
        from s2itasks.process import child, signals  # noqa: PLC0415 - likewise

        signals.end_group(int(group), signals.PATIENCE if number else child.GRACE)
    if number:
        failure = Stopped(signal.Signals[f"SIG{number}"])
    elif seconds:
        failure = TimedOut(shown, f"{float(seconds):g}", "--timeout")
    elif int(status):
        from s2itasks.process import verdict  # noqa: PLC0415 - likewise

        failure = verdict.failed(script, shown, int(status))
    if out:
        from s2itasks.process import probe_log  # noqa: PLC0415 - likewise

        said = [Path(f"/proc/self/fd/{descriptor}").read_bytes() for descriptor in (out, err)]
        probe_log.show(name, *said)
    if failure is not None:
        raise failure


def _place(layout: Layout, name: str) -> Path:
    """Return which hook the launcher has run: there is a program only where the image and the application have one."""
    scripts = layout.scripts_of(name)
    return next((script for script in reversed(scripts) if os.path.lexists(script)), scripts[-1])


BRANCHES: dict[str, Callable[..., None]] = {
    "stopped": _stopped,
    "activation": _activation,
    "env-script": _env_script,
    "required": _required,
    "hook": _hook,
}
