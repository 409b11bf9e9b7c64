"""How an environment fails to be made or shown. An env script is sourced, so it fails in ways that a hook does not."""

from __future__ import annotations

from s2itasks.errors import CANNOT_EXECUTE, NOT_FOUND, SIGNALLED, ConfigurationError, Failure, ended


class EnvScriptFailed(Failure):
    """A command of an env script failed.

    :param place: file and line of it, where bash knew them.
    :param said: the last line of the script's output, where that was not shown.
    """

    def __init__(self, shown: str, status: int, place: tuple[str, str] | None, said: str = "") -> None:
        if place is None and status > SIGNALLED:
            problem = f"{shown} failed: it {ended(status)}"
            cure = "look for what ends it, such as the container's memory limit"
        elif place is None:
            problem = f"{shown} ended bash with status {status}, by 'exit' or by an error that bash has named"
            cure = "use 'return' instead of 'exit', as it is sourced, or correct the error"
        else:
            file, line = place
            at = f"line {line or '?'}" if file.endswith(shown) else f"line {line or '?'} of {file}"
            problem = f"{shown} failed in {at}: a command {ended(status)}, and env scripts run under 'set -e'"
            cure = "correct it, or add '|| true' where it may fail"
        super().__init__(f"{problem} ({said})" if said else problem, cure=cure, status=status)


class FunctionFailed(Failure):
    """A command in a function of an env script failed, or the function called ``exit``; bash gives no line.

    :param call: the function, and line and file of its call, where bash knew them.
    :param said: see `EnvScriptFailed`.
    """

    def __init__(self, shown: str, status: int, call: tuple[str, str, str] | None, said: str = "") -> None:
        where = "a function"
        if call is not None:
            function, line, file = call
            where = f"the function {function}, called in line {line}"
            where += "" if not file or file.endswith(shown) else f" of {file}"
        problem = f"{shown} failed in {where}: a command {ended(status)}, or it called 'exit'"
        super().__init__(
            f"{problem} ({said})" if said else problem,
            cure="add '|| true' where a command may fail (env scripts run under 'set -e'), and use 'return'",
            status=status,
        )


class LastCommandFalse(Failure):
    """The last command of an env script was false, as ``[ -f x ] && A=1`` is where there is no x."""

    def __init__(self, shown: str, status: int) -> None:
        super().__init__(
            f"{shown} failed: its last command was false (status {status}), and env scripts run under 'set -e'",
            cure="use 'if', or end it with 'true'",
            status=status,
        )


class ScriptCalledExit(Failure):
    """An env script called ``exit``, or replaced the bash that sources it."""

    def __init__(self, shown: str) -> None:
        super().__init__(f"{shown} called 'exit', and it is sourced", cure="use 'return' to leave it early", status=1)


class SourcedAgain(ConfigurationError):
    """An env script, or the activation before it, calls s2itasks for what needs that env script."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown}, or the image's activation (BASH_ENV), calls s2itasks for something that {shown} comes before: "
            f"it would be sourced without an end",
            cure="call there what s2itasks is to run",
        )


class ActivationFailed(Failure):
    """The image's activation ended the bash that it was to prepare."""

    def __init__(self, script: str, status: int) -> None:
        super().__init__(
            f"the image's activation (BASH_ENV={script}) {ended(status)} before anything else",
            cure="correct that script, or unset BASH_ENV",
            status=status or 1,
        )


class EnvironmentLost(Failure):
    """An env script succeeded, but what it exported could not be read back."""

    def __init__(self, shown: str, status: int) -> None:
        if status == CANNOT_EXECUTE:
            why = "it is too large"
            cure = "make it smaller: a single variable may have 128 KiB, all of them together about 2 MB"
        else:
            why = "it redefines or disables what bash itself needs (exec, builtin), or sets a limit (ulimit) too low"
            cure = "remove that from it"
        super().__init__(
            f"{shown}: the environment it leaves cannot be handed to a process (status {status}): {why}",
            cure=cure,
            status=status or 1,
        )


class HookGone(Failure):
    """A hook that the image was built with is not there any more: an empty volume lies over the source, say."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown} is gone, which was there when the image was built",
            cure="look for a volume that is mounted over it",
            status=NOT_FOUND,
        )


class VariableNotSet(Failure):
    """``env`` is asked for something that the environment does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not set", cure="leave it out, or name one that s2itasks env lists", status=1)
