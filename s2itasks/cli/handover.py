"""Handing the commands of a deployment over to the pinned runtime, where the image has one.

Any other s2itasks, one in a virtual environment elsewhere, may have been broken by what the application installed
there, an old invoke, say. So this comes first, and imports nothing that is not loaded at the start of every Python
anyway: an application could have something else of the same name.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # the other one is not always loaded
import os

TYPE_CHECKING = False  # typing is not always loaded, either
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAUNCHER = "libexec/s2itasks/launcher"  # below the application root; `launcher.pinned` writes it
# What pods run, and what looks at it. A build and the commands of a laptop are done by the s2itasks that was called.
COMMANDS = (
    *("deploy_env", "deploy", "run"),
    *("exec", "shell", "verify", "ready", "alive", "setup", "migrate", "post_deploy", "jobs", "wait"),
    *("env", "doctor"),
)
OPTIONS = ("--list", "--list-format", "--help", "--show")
SHORT = ("-l", "-F", "-h")


def hand_over(words: Sequence[str], environ: Mapping[str, str]) -> None:
    """Become the launcher if there is one that can be started and the command line is for it; else return."""
    root = environ.get("S2I_APPLICATION_PATH") or environ.get("APP_ROOT") or "/opt/app-root"  # as `layout.Layout`
    launcher = f"{root}/{LAUNCHER}"
    if not root.startswith("/") or not is_handed_over(words) or not os.access(launcher, os.X_OK):
        return
    ignored = (_signal.SIGPIPE, _signal.SIGXFSZ)  # by CPython, and a shell could not undo that
    before = [_signal.signal(number, _signal.SIG_DFL) for number in ignored]
    try:
        os.execve(launcher, [launcher, *words], _as_started(environ))  # noqa: S606 - it is a program of ours
    except OSError:  # what interprets it is gone, or there is no /proc; then this s2itasks does it, or says why not
        for number, disposition in zip(ignored, before):
            _signal.signal(number, disposition)


def is_handed_over(words: Sequence[str]) -> bool:
    """Whether a command line begins with what pods run, or shows what there is."""
    rest = [word for word in words[:2] if word != "--dry"]
    if not rest:
        return not words  # a list
    word = rest[0]
    if word.startswith("-"):
        return word.partition("=")[0] in OPTIONS or word.startswith(SHORT)
    return word == "help" or word.replace("-", "_") in COMMANDS or word.partition(".")[0] == "app"


def _as_started(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with LC_CTYPE as it was before CPython set it for itself, under the C locale (PEP 538)."""
    found = dict(environ)
    if found.pop("LC_CTYPE", None) is not None:
        with open("/proc/self/environ", "rb") as started:  # noqa: PTH123 - pathlib is not loaded
            for entry in started.read().split(b"\0"):
                name, _, value = entry.partition(b"=")
                if name == b"LC_CTYPE":
                    found["LC_CTYPE"] = os.fsdecode(value)
    return found
