"""From the command line to a process in namespaces, new ones or those of another command."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Mapping, Sequence
from typing import Any

from .arranging import arrange, own_namespaces
from .supervising import FORWARDED, failed, supervise
from .system_calls import die_with_parent, enter, named

NAMESPACES = ("user", "mnt", "uts", "pid_for_children")


def main(words: Sequence[str]) -> int:
    """Run what the command line asks for, and return its status."""
    mark = words.index("--")
    options, command = set(words[1:mark]), list(words[mark + 1 :])
    with open(words[0], encoding="utf-8") as file:  # noqa: PTH123 - starts without pathlib
        description = json.load(file)
    if "--with-parent" in options:
        die_with_parent()
    signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    pid_file = os.open(description["main"], os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC) if "--main" in options else None
    try:
        if "--join" in options and _joined(description, required="--alone" not in options):
            return supervise(description, command, {"--join"}, None)
        if "--join" in options:
            options = {"--init"}
        own_namespaces(description)
        arrange(description, read_only_root="--read-only" in options)
    except OSError as problem:
        return failed(problem)
    return supervise(description, command, options, pid_file)


def _joined(description: Mapping[str, Any], *, required: bool) -> bool:
    """Enter the namespaces of the main command; return whether there is one."""
    pid = _main_one(description)
    if pid is None:
        if required:
            raise OSError(errno.ESRCH, "it does not run", "the application")
        return False
    opened = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in NAMESPACES]
    for name, descriptor in zip(NAMESPACES, opened):
        with named(f"entering the {name} namespace of process {pid}"):
            enter(descriptor)
    return True


def _main_one(description: Mapping[str, Any]) -> str | None:
    """Return the PID of the program that others can join, if it runs."""
    try:
        with open(description["main"], encoding="ascii") as file:  # noqa: PTH123
            pid = file.read()
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            words = file.read().split(b"\0")
    except OSError:
        return None
    return pid if pid and b"--main" in words else None
