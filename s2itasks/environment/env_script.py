"""Sourcing an env script in bash, and reading back exactly the environment that it leaves."""

from __future__ import annotations

import fcntl
import os
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from s2itasks import console
from s2itasks.errors import Failure
from s2itasks.process.child import run
from s2itasks.process.errors import EnvScriptUnparsable
from s2itasks.process.execution import bash
from s2itasks.process.inherited import Environment, reported
from s2itasks.process.limits import Limit
from s2itasks.process.private_file import private_file
from s2itasks.process.verdict import require_sourceable, syntax_error

from . import bash_template
from .errors import (
    ActivationFailed,
    EnvironmentLost,
    EnvScriptFailed,
    FunctionFailed,
    LastCommandFalse,
    ScriptCalledExit,
)

# Read at once: later, the application may have removed the package.
PROTOCOL, SCRIPT = (bash_template.read(Path(__file__).parent, name) for name in ("environment", "script"))
# What the traps of the protocol report: status, line, function and file. In a function there is no ERR trap; of nested
# ones, bash then still knows where the outer one was called.
ON_ERROR = r"""{ \builtin printf '%s %s %s %s\0' "$?" "${LINENO-}" - "${BASH_SOURCE[0]-}" >&REPORT; } 2>/dev/null"""
ON_EXIT = (
    r"""{ \builtin printf '%s %s %s %s\0' "$?" "${BASH_LINENO[0]-}" "${FUNCNAME[0]-}" "${BASH_SOURCE[1]-}" """
    r""">&REPORT; } 2>/dev/null"""
)
HIGH = 64  # descriptors from here on are far from those that scripts use
BOOKKEEPING = ("_", "BASHOPTS", "OLDPWD", "PWD", "SHELLOPTS", "SHLVL")


def source(
    scripts: Sequence[Path],
    base: Mapping[str, str],
    *,
    shown: Callable[[Path], str],
    cwd: Path,
    activation: Path | None = None,
    quiet: bool = False,
    loud: bool = False,
    limit: Limit | None = None,
) -> Environment:
    """Return the environment that ``base`` becomes once bash has activated the image and sourced ``scripts``.

    They run in one shell, under ``set -a`` and ``set -eo pipefail``, and their output goes to stderr. Removals,
    newlines, exported functions and bytes that are not text survive, and so do the umask and the resource limits that
    they set; the variables in which bash keeps its own books are those of ``base``. After the activation, BASH_ENV, ENV
    and PROMPT_COMMAND are gone, so that nothing can activate a second time.

    :param scripts: the env scripts, in their order; none for the activation alone.
    :param shown: returns how messages call one.
    :param cwd: the directory it is sourced in.
    :param activation: a script to source before them, besides ``$BASH_ENV``.
    :param quiet: keep the output from stderr; what a script said last becomes part of its failure.
    :param loud: warn where the activation fails.
    :param limit: how long it may take, the activation included.
    :raises TimedOut: when it takes longer.
    :raises Failure: when a script fails, calls ``exit`` or cannot be parsed, see `failure`.
    :raises NotAFile, Unreadable, WindowsLineEndings, ByteOrderMark: when there is no point in sourcing one.
    """
    for script in scripts:
        require_sourceable(script, shown(script))
    last = scripts[-1] if scripts else None
    named = shown(last) if last else "the image's activation (BASH_ENV)"
    given = {name: value for name, value in base.items() if name != "BASH_ENV"}  # the protocol sources it in its turn
    if isinstance(base, Environment):  # what the activation of a build has set
        given = Environment(given, base.umask, base.limits)
    with private_file() as report, private_file() as left, private_file() as output:
        descriptors = [_high(report.fileno()), _high(left.fileno())]
        try:
            status = run(
                [
                    *(bash(), "-c", _program(scripts, cwd, activation, base.get("BASH_ENV"), *descriptors)),
                    *(str(last or "s2itasks"), "loud" if loud else "quiet"),
                ],
                env=given,
                cwd=cwd,
                stdout=output.fileno() if quiet else 2,
                stderr=output.fileno() if quiet else None,
                shown=named,
                limit=limit,
            )
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        records = _content(report).split("\0")[:-1]
        environment = reported(_content(left))
        said = _content(output).rstrip().rpartition("\n")[2]
    if environment and not status:
        return _as_before(base, environment)
    if "activated" not in records:
        if activation is not None:
            if loud:
                console.warning(f"{activation} ended with status {status}, going on without it; see its output above")
            return source(scripts, base, shown=shown, cwd=cwd, quiet=quiet, loud=loud, limit=limit)
        raise ActivationFailed(base.get("BASH_ENV", ""), status)
    if "sourced" in records:
        raise EnvironmentLost(named, status)
    failed = scripts[records.count("sourcing") - 1] if "sourcing" in records else None
    begun = len(records) - records[::-1].index("sourcing") if failed else 0
    raise failure(failed, records[begun:], status, shown(failed) if failed else named, said)


def protocol(
    scripts: Sequence[Path], values: Mapping[str, str], true: Collection[str], traps: Callable[[Path], tuple[str, str]]
) -> str:
    """Return the program that sources some env scripts, as one form of s2itasks needs it.

    :param values: what stands in its blanks, see `bash_template.filled`.
    :param true: the conditions that hold, likewise.
    :param traps: returns what is done when a script ends its shell, and when a command of it fails.
    """
    blocks: list[str] = []
    for script in scripts:
        on_exit, on_error = map(shlex.quote, traps(script))
        own = {"script": shlex.quote(str(script)), "on_exit": on_exit, "on_error": on_error}
        again = ["again"] if blocks else []
        blocks.append(bash_template.filled(SCRIPT, {**values, **own}, [*true, *again]))
    return bash_template.filled(PROTOCOL, {**values, "scripts": "".join(blocks)}, true)


def _program(
    scripts: Sequence[Path], cwd: Path, activation: Path | None, bash_env: str | None, report: int, environment: int
) -> str:
    """Return the protocol as Python has it run: in a bash of its own, which tells what is left."""
    values = {
        "fill": f"\\builtin export BASH_ENV={shlex.quote(bash_env or '')}",
        "directory": shlex.quote(str(cwd)),
        "user": shlex.quote(str(activation)),
        "report": str(report),
        "environment_report": str(environment),
    }
    conditions = {"fill": bash_env, "user": activation, "report": True}
    traps = tuple(trap.replace("REPORT", str(report)) for trap in (ON_EXIT, ON_ERROR))
    return protocol(
        scripts, values, [name for name, holds in conditions.items() if holds], lambda _: (traps[0], traps[1])
    )


def _high(descriptor: int) -> int:
    """Duplicate a descriptor for the child to inherit, as far up as the limit of open files allows."""
    with suppress(OSError):
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD, HIGH)
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, 3)


def failure(
    script: Path | None,
    records: list[str],
    status: int,
    shown: str,
    said: str = "",
) -> Failure:
    """Return how the script ended before its end.

    :param records: what `ON_ERROR` and `ON_EXIT` reported. The last failed command is what ended the script, if it has
        the same status. One without a file is our own ``.``: then the last command of the script was false.
    """
    if status == 0:
        return ScriptCalledExit(shown)
    for record in reversed(records):
        failed, line, function, file = record.split(" ", 3)
        if function == "-" and failed != str(status):
            break  # it went on after that
        if function:
            return _failed(shown, status, (function, line, file), said)
    unparsable = syntax_error(script, shown, sourced=True) if script is not None else None
    if isinstance(unparsable, EnvScriptUnparsable):
        return EnvScriptUnparsable(shown, status, unparsable.line, said)
    return EnvScriptFailed(shown, status, None, said)


def _failed(shown: str, status: int, place: tuple[str, str, str], said: str) -> Failure:
    """Return the failure of a command of the script.

    :param place: function, line and file, as the traps report them.
    """
    function, line, file = place
    if function == "source":  # bash has left the function already, and says no more
        return FunctionFailed(shown, status, None, said)
    if function != "-":
        return FunctionFailed(shown, status, place, said)
    return EnvScriptFailed(shown, status, (file, line), said) if file else LastCommandFalse(shown, status)


def _as_before(base: Mapping[str, str], environment: Environment) -> Environment:
    for name in BOOKKEEPING:
        environment.pop(name, None)
        if name in base:
            environment[name] = base[name]
    return environment


def _content(file: BinaryIO) -> str:
    file.seek(0)
    return os.fsdecode(file.read())
