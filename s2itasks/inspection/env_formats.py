"""Printing an environment: a table for people, and three formats for machines, two of which are of variables alone."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from dotenv.parser import parse_stream

from s2itasks import colour, console
from s2itasks.columns import Piece, cut, filled, fitted, mark_of, of_terminal, widest
from s2itasks.console import Line, plain
from s2itasks.environment.provenance import Chosen, Variable
from s2itasks.errors import Failure
from s2itasks.masking.text import masked, masked_name

SHELL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
EXPORTED_FUNCTION = re.compile(r"BASH_FUNC_(.+)%%")
ONLY_BASH = "eiqRu"  # options of ulimit that other shells lack, or have another meaning for
STYLES = {"set": colour.GREEN, "changed": colour.YELLOW, "removed": colour.RED}


class CannotCarry(Failure):
    """A format has no way to say the value of a variable."""

    def __init__(self, style: str, name: str, why: str) -> None:
        other = "json" if style == "export" else "export"
        super().__init__(
            f"{style} cannot carry {name!r}: {why}",
            cure=f"use --format {other}, or leave it out by naming the others",
            status=1,
        )


def table(variables: Sequence[Variable], *, show_secrets: bool, width: int | None) -> Iterator[Line]:
    """Draw name, value and origin.

    :param width: columns to keep to, by cutting values and long names; None for as many as it takes.
    """
    names = [plain(variable.name if show_secrets else masked_name(variable.name)) for variable in variables]
    values = [_value(variable, show_secrets=show_secrets) for variable in variables]
    origins = [_origin(variable) for variable in variables]
    name, value = widest(names), widest(values)
    if width is not None:
        left = max(width - widest(origins) - 4, 0)
        name = min(name, max(left - value, left * 2 // 5))
        value = min(value, left - name)
    mark = mark_of(sys.stdout)
    for variable, *cells in zip(variables, names, values, origins):
        shown = (filled(cut(text, columns, mark), columns) for text, columns in zip(cells, (name, value)))
        style = STYLES.get(variable.change, colour.FAINT)
        yield fitted([Piece(f"{'  '.join(shown)}  "), Piece(cells[-1], style)], width, mark)


def as_json(variables: Sequence[Variable]) -> Iterator[bytes]:
    """Return one object, name to value, layer and change; the value of a removed variable is null.

    :raises CannotCarry: for bytes that are not UTF-8.
    """
    for variable in variables:
        _require_text("json", variable)
    carried = {
        each.name: {"value": each.value, "layer": each.layer.value, "change": each.change or None} for each in variables
    }
    yield json.dumps(carried, indent=2, ensure_ascii=False).encode()


def as_dotenv(variables: Sequence[Variable]) -> Iterator[bytes]:
    """Return lines that python-dotenv reads back to the same values, interpolating, as it does unless told otherwise.

    :raises CannotCarry: for bytes that are not UTF-8, and for what no spelling of a line reads back to.
    """
    for variable in variables:
        if variable.value is not None:
            _require_text("dotenv", variable)
            yield _dotenv_line(variable.name, variable.value).encode()


def as_export(variables: Sequence[Variable]) -> Iterator[bytes]:
    """Return commands that bash and any POSIX sh evaluate to the same values; functions only reach bash.

    :raises CannotCarry: for a name that no shell can assign to.
    """
    for variable in variables:
        yield os.fsencode(_export(variable))


def as_commands(settings: Sequence[Variable]) -> Iterator[bytes]:
    """Return the commands of the umask and the limits; those that only bash has reach only bash."""
    for setting in settings:
        command, option = f"{setting.name} {setting.value}", setting.name[-1]
        if option in "cf" and setting.value not in ("0", "unlimited"):
            blocks = f"{setting.name} {2 * int(setting.value or 0)}"  # of 512 bytes, as POSIX has it
            yield f'case ${{BASH_VERSION:+$SHELLOPTS}} in "" | *posix*) {blocks} ;; *) {command} ;; esac'.encode()
        elif option in ONLY_BASH:
            yield f'[ -z "${{BASH_VERSION-}}" ] || {command}'.encode()
        else:
            yield command.encode()


OF_VARIABLES: Mapping[str, Callable[[Sequence[Variable]], Iterator[bytes]]] = {"json": as_json, "dotenv": as_dotenv}
FORMATS = (*OF_VARIABLES, "export")


def show(chosen: Chosen, style: str, *, show_secrets: bool, whole: bool) -> None:
    """Print variables to stdout, all of them or, where one cannot be carried, none; and the settings.

    :param style: ``table`` or one of `FORMATS`; those `OF_VARIABLES` leave the settings out.
    :param whole: do not cut values in the table to what a terminal shows in a line.
    """
    if style == "table":
        width = None if whole else of_terminal(sys.stdout)
        for line in table([*chosen.variables, *chosen.settings], show_secrets=show_secrets, width=width):
            console.show(line, secrets=show_secrets)
        return
    lines = OF_VARIABLES.get(style, as_export)(chosen.variables)
    content = b"".join(line + b"\n" for line in lines)
    if style == "export":
        content += b"".join(line + b"\n" for line in as_commands(chosen.settings))
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


def _value(variable: Variable, *, show_secrets: bool) -> str:
    if variable.value is None:
        return "-"
    return plain(variable.value if show_secrets else masked(variable.name, variable.value))


def _origin(variable: Variable) -> str:
    return f"{variable.change + ' by ' if variable.change in ('changed', 'removed') else ''}{variable.layer.value}"


def _require_text(style: str, variable: Variable) -> None:
    try:
        f"{variable.name}{variable.value or ''}".encode()
    except UnicodeEncodeError:
        raise CannotCarry(style, variable.name, "it holds bytes that are not UTF-8") from None


def _dotenv_line(name: str, value: str) -> str:
    value = value.replace("${", "${:-$}{")  # what a variable without a name has for a default is a dollar
    escaped = value.replace("\\", "\\\\")
    single, double = escaped.replace("'", "\\'"), escaped.replace('"', '\\"').replace("\r", "\\r")
    for line in (f"{name}={value}", f"{name}='{single}'", f'{name}="{double}"'):
        # The quotes of the next line must not be taken for the end of this one, so it is read back before some.
        parsed = [(each.key, each.value) for each in parse_stream(io.StringIO(f"{line}\nA='\"'\n", newline=""))]
        if parsed[:2] == [(name, value), ("A", '"')]:
            return line
    raise CannotCarry("dotenv", name, "there is no spelling that python-dotenv would read back to it")


def _export(variable: Variable) -> str:
    function = EXPORTED_FUNCTION.fullmatch(variable.name)
    if function and variable.value is not None:
        definition = f"{function[1]} {variable.value}\nexport -f -- {function[1]}"
        return f'[ -z "${{BASH_VERSION-}}" ] || eval {shlex.quote(definition)}'
    if function:
        return f'[ -z "${{BASH_VERSION-}}" ] || unset -f -- {shlex.quote(function[1])}'
    if not SHELL_NAME.fullmatch(variable.name):
        raise CannotCarry("export", variable.name, "no shell can assign to that name")
    if variable.value is None:
        return f"unset {variable.name}"
    return f"export {variable.name}={shlex.quote(variable.value)}"
