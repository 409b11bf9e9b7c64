"""The variables that warpdrive made options of for mod_wsgi-express."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from s2itasks import application
from s2itasks.check import elsewhere
from s2itasks.check.file import File

VARIABLE = re.compile(r"\bMOD_WSGI_([A-Z_]+[A-Z])\b")
FLAGS = {
    "ACCESS_LOG": "--access-log",
    "ENABLE_DEBUGGER": "--debug-mode --enable-debugger",
    "RELOAD_ON_CHANGES": "--reload-on-changes",
    "SERVER_STATUS": "--server-status",
}
VALUES = (
    *("PROCESSES", "THREADS", "MAX_CLIENTS", "INITIAL_WORKERS", "MINIMUM_SPARE_WORKERS", "MAXIMUM_SPARE_WORKERS"),
    *("MAXIMUM_REQUESTS", "LIMIT_REQUEST_BODY", "INACTIVITY_TIMEOUT", "REQUEST_TIMEOUT", "CONNECT_TIMEOUT"),
    *("SOCKET_TIMEOUT", "QUEUE_TIMEOUT", "HEADER_TIMEOUT", "HEADER_MAX_TIMEOUT", "HEADER_MIN_RATE", "BODY_TIMEOUT"),
    *("BODY_MAX_TIMEOUT", "BODY_MIN_RATE", "SERVER_BACKLOG", "DAEMON_BACKLOG", "SERVER_MPM", "LOG_LEVEL"),
    *("WORKING_DIRECTORY", "APPLICATION_TYPE", "ENTRY_POINT", "CALLABLE_OBJECT"),
)
IN_RUN = (
    "warpdrive made options of variables that a deployment sets, such as MOD_WSGI_PROCESSES and MOD_WSGI_THREADS; the "
    "run hook has those that this repository names ({}): add what else a deployment sets, in the manner of "
    '--processes "$MOD_WSGI_PROCESSES"'
)
IN_BUILDER = "gunicorn, which the builder's run starts, reads nothing of {}; set WEB_CONCURRENCY or GUNICORN_CMD_ARGS"


def named(root: Path, files: Mapping[str, File]) -> list[str]:
    """Return those that a repository names, in its settings, scripts, code or manifests."""
    texts = [f"{file.name}\n{file.text}" for file in files.values()]
    texts += [application.text_of(root, root / path) for path in elsewhere.mentioning(root, b"MOD_WSGI_")]
    found = {name for text in texts for name in VARIABLE.findall(text)}
    return [name for name in (*VALUES, *FLAGS) if name in found]


def options(names: list[str]) -> list[str]:
    """Return what a command line has for each, so that it is an option where the variable is set."""
    return [
        f"${{MOD_WSGI_{name}:+{FLAGS[name]}}}"
        if name in FLAGS
        else f'${{MOD_WSGI_{name}:+--{name.lower().replace("_", "-")} "$MOD_WSGI_{name}"}}'
        for name in names
    ]


def listed(names: list[str]) -> str:
    """Name the variables in a sentence."""
    return ", ".join(f"MOD_WSGI_{name}" for name in names)
