"""The script that a root keeps, which is to a rehearsal what ``oc rsh POD s2itasks`` is to a pod."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

from s2itasks.process.replacing import replace

from .root import Root


def write(root: Root, text: str, environ: Mapping[str, str]) -> None:
    """Write the script, and beside it the variables, which are for nobody else: others see command lines.

    :param environ: what it has for an environment; TERM is that of whoever calls it.
    """
    replace(root.variables, exports({name: value for name, value in environ.items() if name != "TERM"}), 0o600)
    replace(root.script, os.fsencode(text), 0o700)


def exports(environ: Mapping[str, str]) -> bytes:
    """Return variables as lines that a shell reads; those with names that it has no spelling for are left out."""
    named = {name: value for name, value in environ.items() if name.isidentifier() and name.isascii()}
    return os.fsencode("".join(f"export {name}={shlex.quote(value)}\n" for name, value in named.items()))
