"""Whether a hook does nothing but ask the application for a page, as a probe of Kubernetes can do by itself."""

from __future__ import annotations

import re
from typing import NamedTuple

from s2itasks.check.file import File
from s2itasks.shell import Command

from . import request_headers
from .request_headers import Headers

URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>\d+|\$\w+|\$\{\w+(?::?-\d+)?\}))?(?P<path>/[\w./~%-]*)?\Z"
)
SOCKET = re.compile(r"/dev/tcp/(?:localhost|127\.0\.0\.1)/(?P<port>\d+|\$\w+|\$\{\w+(?::?-\d+)?\})\Z")
SILENT = ("set", "true", ":", "[", "[[", "test", "echo", "exit", "read", "printf", "exec")  # they ask nobody
# Options of curl and wget that change what is asked, and of whom.
CHANGES = re.compile(
    r"-(?:[a-zA-Z]*[XHdFTGubxIAeUKrE]$|[\d#aBfgijJklLMnNOpqRsSvVZ]*[XHdFTGubxIAeUKrE]"
    r"|-(?:request|header|data|form|user|proxy|post|body|head|cookie|cert|referer|compressed|config|json|oauth2|range))"
)

# With one of these, curl fails where the answer is an error; in a word of several letters, before any that has a value.
FAILS = re.compile(r"--fail(?:-with-body)?\Z|-[0-46#aBgijJklLMnNOpqRsSvVZ]*f")
TESTS = ("[", "[[", "test")


class LocalRequest(NamedTuple):
    """A request to the application's own pod.

    :param scheme: ``http`` or ``https``.
    :param port: None where it is a variable.
    :param headers: ``Host`` among them.
    """

    scheme: str
    port: int | None
    path: str
    headers: Headers


def of_hook(hook: File | None) -> LocalRequest | None:
    """Return the one request that a hook makes, or None where it does anything else."""
    if hook is None or not hook.is_shell or not hook.fully_read:
        return None
    commands = list(hook.script.commands())
    asking = [command for command in commands if _name(command) not in SILENT]
    if len(asking) == 1:
        return _of_client(asking[0]) if _decides(asking[0], hook, commands) else None
    return _of_socket(commands) if not asking and any(_name(command) in TESTS for command in commands) else None


def _decides(asking: Command, hook: File, commands: list[Command]) -> bool:
    """Whether the hook fails if and only if that command does."""
    statements = hook.script.nodes
    if asking not in statements or asking.negated or asking.background or asking.before:
        return False
    first = commands[: commands.index(asking)]
    if any(_name(command) in (*TESTS, "exit", "read") for command in first):
        return False
    following = statements[asking.place + 1 :]
    if asking.after == "||":
        return len(following) == 1 and isinstance(following[0], Command) and _is_failure(following[0])
    ends = any(_name(command) == "set" and "e" in "".join(command.argv[1:2]) for command in first)
    return not asking.after and (not following or asking.replaces or ends)


def _is_failure(command: Command) -> bool:
    return re.fullmatch(r"exit(?: [1-9]\d?)?", " ".join(command.argv)) is not None


def _of_client(command: Command) -> LocalRequest | None:
    """Return what curl or wget is asked for."""
    argv = command.invoked()
    urls = [found for found in map(URL.match, argv) if found]
    if len(urls) != 1 or argv[0].rpartition("/")[2] not in ("curl", "wget"):
        return None
    argv, headers = request_headers.of_options(command, urls[0]["host"])
    if headers is None or any(map(CHANGES.match, argv)) or sum("//" in word for word in argv) != 1:
        return None
    if argv[0].endswith("curl") and not any(map(FAILS.match, argv)):
        return None
    return LocalRequest(urls[0]["scheme"], _number(urls[0]["port"] or "80"), urls[0]["path"] or "/", headers)


def _of_socket(commands: list[Command]) -> LocalRequest | None:
    """Return what bash asks through ``/dev/tcp``."""
    targets = [redirect.target.text for command in commands for redirect in command.redirects]
    sockets = [found for found in map(SOCKET.match, targets) if found]
    path, headers = request_headers.of_request(commands)
    if len(sockets) != 1 or headers is None:
        return None
    return LocalRequest("http", _number(sockets[0]["port"]), path, headers)


def _name(command: Command) -> str:
    """Return the name of what runs; nothing but assignments and redirections are ``:``."""
    argv = command.invoked()
    return argv[0].rpartition("/")[2] if argv else ":"


def _number(port: str) -> int | None:
    return int(port) if port.isdigit() and int(port) < 1 << 16 else None
