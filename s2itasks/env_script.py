"""Sourcing an env script in bash, and reading back exactly the environment that it leaves."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from .failures import EnvironmentLost, EnvScriptFailed, EnvScriptUnparsable
from .limits import Limit
from .private_file import private_file
from .process import bash, run
from .script import require_sourceable

# The program finds its env script in $0, so that the script sees no arguments and no variable of ours. What it
# reports goes to a descriptor of its own, far from those that scripts use, so output cannot be taken for it.
REPORT = 199
ENVIRONMENT_FOLLOWS = "environment"
PROGRAM = f"""
trap 'printf "%s %s %s\\0" "$?" "$LINENO" "${{BASH_SOURCE[0]-}}" >&{REPORT}' ERR
unset BASH_ENV ENV PROMPT_COMMAND
if [[ -n "${{S2ITASKS_ACTIVATION-}}" ]]; then
    . "$S2ITASKS_ACTIVATION" || printf 's2itasks: warning: %s failed; going on without it\\n' "$S2ITASKS_ACTIVATION" >&2
fi
unset S2ITASKS_ACTIVATION
if [[ "$0" == /* ]]; then
    set -a -e -E -o pipefail
    . "$0"
    trap - ERR
fi
printf '{ENVIRONMENT_FOLLOWS}\\0' >&{REPORT}
exec /usr/bin/env -0 >&{REPORT}
"""
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
    :raises EnvScriptFailed, EnvScriptUnparsable: when the script fails, calls ``exit`` or has a syntax error.
    :raises EnvironmentLost: when the environment it leaves is too large for any process.
    :raises NotAFile, Unreadable, WindowsLineEndings, ByteOrderMark: when there is no point in sourcing it.
    """
    if script is not None:
        require_sourceable(script, shown)
    given = dict(base)
    if activation is not None:
        given["S2ITASKS_ACTIVATION"] = str(activation)
    with private_file() as report, private_file() as output:
        status = run(
            [bash(), "-c", PROGRAM, str(script or "s2itasks")],
            env=given,
            cwd=cwd,
            stdout=output.fileno() if quiet else 2,
            stderr=output.fileno() if quiet else None,
            before_exec=lambda: os.dup2(report.fileno(), REPORT),
            shown=shown,
            limit=limit,
        )
        failures, variables = _split(_content(report))
        said = _content(output).rpartition("\n")[2]
    if variables is None:
        place = _where(failures, status)
        line = None if place else _unparsable_line(script, base, cwd)
        if line:
            raise EnvScriptUnparsable(shown, status, line, said)
        raise EnvScriptFailed(shown, status, place, said)
    if status != 0:
        raise EnvironmentLost(shown, status)
    return _as_before(base, dict(variable.split("=", 1) for variable in variables if "=" in variable))


def _split(report: str) -> tuple[list[str], list[str] | None]:
    """Take a report apart: the commands that failed, and the variables, or None where the script did not end."""
    records = report.split("\0")
    if ENVIRONMENT_FOLLOWS not in records:
        return records, None
    end = records.index(ENVIRONMENT_FOLLOWS)
    return records[:end], records[end + 1 :]


def _where(failures: list[str], status: int) -> tuple[str, int] | None:
    """Give file and line of the last failed command, if it is the one that ended the script."""
    last = next((failure for failure in reversed(failures) if failure), "")
    failed, _, place = last.partition(" ")
    line, _, file = place.partition(" ")
    return (file, int(line)) if file and failed == str(status) else None


def _unparsable_line(script: Path | None, base: Mapping[str, str], cwd: Path) -> int | None:
    """Give the line where bash cannot parse the script, if that is what is wrong; no trap tells of it."""
    with private_file() as output:
        run([bash(), "-n", str(script)], env=base, cwd=cwd, stderr=output.fileno())
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
