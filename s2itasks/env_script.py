"""Sourcing an env script in bash, and reading back exactly the environment that it leaves."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from . import console
from .env_script_failures import (
    ActivationFailed,
    EnvironmentLost,
    EnvScriptFailed,
    EnvScriptUnparsable,
    LastCommandFalse,
    ScriptCalledExit,
)
from .execution import bash
from .failures import Failure
from .limits import Limit
from .private_file import private_file
from .process import run
from .script import require_sourceable

# The program finds its env script in $0, so that the script sees no arguments and no variable of ours. What it
# reports goes to a descriptor of its own, so output cannot be taken for it: a record for each stage that it reaches,
# for each command that fails (status, line and file), and at last the environment. `\builtin` is for scripts that
# define functions or aliases of such names.
PROGRAM = r"""
\builtin printf 'started\0' >&REPORT
\builtin unset BASH_ENV ENV PROMPT_COMMAND
if [[ -n "${S2ITASKS_ACTIVATION-}" ]]; then
    \builtin . "$S2ITASKS_ACTIVATION" ||
        \builtin printf 's2itasks: warning: %s failed; going on without it\n' "$S2ITASKS_ACTIVATION" >&2
fi
{ \builtin set +efkuvx +o pipefail; } 2>/dev/null
\builtin unset IFS
\builtin cd "$S2ITASKS_DIRECTORY"
\builtin unset S2ITASKS_ACTIVATION S2ITASKS_DIRECTORY
\builtin printf 'activated\0' >&REPORT
if [[ "$0" == /* ]]; then
    \builtin trap '\builtin printf "%s %s %s\0" "$?" "${LINENO-}" "${BASH_SOURCE[0]-}" >&REPORT' ERR
    \builtin set -a -e -E -o pipefail
    \builtin . "$0"
    { \builtin set +kvx; } 2>/dev/null
    \builtin trap - ERR
fi
\builtin printf 'environment\0' >&REPORT
\builtin exec /usr/bin/env -0 >&REPORT
"""
HIGH = 64  # descriptors from here on are far from those that scripts use
BOOKKEEPING = ("_", "BASHOPTS", "OLDPWD", "PWD", "SHELLOPTS", "SHLVL")


def source(
    script: Path | None,
    base: Mapping[str, str],
    *,
    shown: str,
    cwd: Path,
    activation: Path | None = None,
    quiet: bool = False,
    limit: Limit | None = None,
) -> dict[str, str]:
    """Give the environment that ``base`` becomes once bash has activated the image and sourced ``script``.

    bash sources ``$BASH_ENV`` by itself; afterwards BASH_ENV, ENV and PROMPT_COMMAND are gone, so that nothing can
    activate a second time. The script then runs under ``set -a`` and ``set -eo pipefail``. Its output goes to
    stderr. Removals, newlines, exported functions and bytes that are not text survive; the variables in which bash
    keeps its own books are those of ``base``.

    :param script: the env script, or None for the activation alone.
    :param shown: how messages call it.
    :param cwd: the directory it is sourced in.
    :param activation: a script to source before it; when that fails, a warning is printed and nothing else happens.
    :param quiet: keep the output from stderr; what the script said last becomes part of its failure.
    :param limit: how long it may take, the activation included.
    :raises TimedOut: when it takes longer.
    :raises Failure: when the script fails, calls ``exit`` or cannot be parsed, see `failure`.
    :raises NotAFile, Unreadable, WindowsLineEndings, ByteOrderMark: when there is no point in sourcing it.
    """
    if script is not None:
        require_sourceable(script, shown)
    given = {**base, "S2ITASKS_DIRECTORY": str(cwd), "S2ITASKS_ACTIVATION": str(activation or "")}
    with private_file() as report, private_file() as output:
        descriptor = _high(report.fileno())
        try:
            status = run(
                [bash(), "-c", PROGRAM.replace("REPORT", str(descriptor)), str(script or "s2itasks")],
                env=given,
                cwd=cwd,
                stdout=output.fileno() if quiet else 2,
                stderr=output.fileno() if quiet else None,
                shown=shown,
                limit=limit,
            )
        finally:
            os.close(descriptor)
        records = _content(report).split("\0")
        said = _content(output).rpartition("\n")[2]
    if "environment" in records:
        variables = records[records.index("environment") + 1 :]
        return _as_before(base, _parsed(variables, shown, status))
    if "activated" not in records:
        if activation is not None and "started" in records:
            console.warning(f"{activation} ended with status {status}; going on without it")
            return source(script, base, shown=shown, cwd=cwd, quiet=quiet, limit=limit)
        raise ActivationFailed(base.get("BASH_ENV", ""), status)
    raise failure(script, records[records.index("activated") + 1 :], status, shown, said, base, cwd)


def _high(descriptor: int) -> int:
    """Duplicate a descriptor for the child to inherit, as far up as the limit of open files allows."""
    with suppress(OSError):
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD, HIGH)
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 3)


def _parsed(variables: list[str], shown: str, status: int) -> dict[str, str]:
    """Take the environment apart.

    :raises EnvironmentLost: when no process can have it, or a script replaced what reads it.
    """
    parsed = dict(variable.split("=", 1) for variable in variables if "=" in variable)
    if status or not parsed:
        raise EnvironmentLost(shown, status)
    return parsed


def failure(
    script: Path | None,
    records: list[str],
    status: int,
    shown: str,
    said: str,
    base: Mapping[str, str],
    cwd: Path,
) -> Failure:
    """Say how the script ended before its end.

    The last failed command is what ended it, if it has the same status. One without a file is our own ``.``: then
    the last command of the script was false.
    """
    if status == 0:
        return ScriptCalledExit(shown)
    failed, _, place = next((record for record in reversed(records) if record), "").partition(" ")
    line, _, file = place.partition(" ")
    if failed == str(status) and file:
        return EnvScriptFailed(shown, status, (file, line), said)
    if failed == str(status):
        return LastCommandFalse(shown, status)
    unparsable = _unparsable_line(script, base, cwd)
    if unparsable:
        return EnvScriptUnparsable(shown, status, unparsable, said)
    return EnvScriptFailed(shown, status, None, said)


def _unparsable_line(script: Path | None, base: Mapping[str, str], cwd: Path) -> int | None:
    """Give the line where bash cannot parse the script, if that is what is wrong; no trap tells of it."""
    environ = {name: value for name, value in base.items() if name != "BASH_ENV"}
    with private_file() as output:
        run([bash(), "-n", str(script)], env=environ, cwd=cwd, stderr=output.fileno())
        found = re.search(r": line (\d+): ", _content(output))
    return int(found[1]) if found else None


def _as_before(base: Mapping[str, str], environ: dict[str, str]) -> dict[str, str]:
    for name in BOOKKEEPING:
        environ.pop(name, None)
        if name in base:
            environ[name] = base[name]
    return environ


def _content(file: BinaryIO) -> str:
    file.seek(0)
    return os.fsdecode(file.read()).rstrip("\n")
