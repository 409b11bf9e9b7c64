"""Commands that run another one, ``timeout 5 CMD`` and the like, and what it is that really runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

ASKS = re.compile(r"(-p )*-p*[vV]")  # the options of ``command`` with which it runs nothing
# What runs the command behind it; the options that take a value are skipped with it.
PREFIXES = {
    "exec": ("-a",),
    "command": (),
    "builtin": (),
    "nohup": (),
    "nice": ("-n",),
    "time": (),
    "timeout": ("-k", "-s", "--kill-after", "--signal"),
    "stdbuf": ("-i", "-o", "-e"),
    "env": ("-u", "-C"),
    "sudo": ("-u", "-g"),
    "tini": (),
    "dumb-init": (),
}


def invoked(words: Sequence[str]) -> list[str]:
    """Return the argv of what really runs, behind ``exec``, ``timeout 5``, ``env A=b`` and the like.

    ``command -v NAME`` runs nothing: it says where a command is.
    """
    argv = list(words)
    while argv and argv[0].rpartition("/")[2] in PREFIXES:
        prefix = argv[0].rpartition("/")[2]
        if prefix == "command" and ASKS.match(" ".join(argv[1:])):
            break
        rest = _behind_options(argv[1:], PREFIXES[prefix])
        if prefix == "timeout":
            rest = rest[1:]
        if prefix == "env":
            while rest and "=" in rest[0]:
                rest = rest[1:]
        if not rest:
            break
        argv = rest
    return argv


def _behind_options(argv: list[str], with_value: tuple[str, ...]) -> list[str]:
    while argv and argv[0].startswith("-") and argv[0] != "-":
        skipped = 2 if argv[0] in with_value else 1
        if argv[0] == "--":
            return argv[1:]
        argv = argv[skipped:]
    return argv
