"""The bash programs that do after `assemble` what a pod does all day, compiled from the task graph.

Probes and ``oc exec`` run all day on a fraction of a core, where starting an interpreter takes longer than a probe may.
So the commands that only source ``deploy_env`` and become something are done in bash, each by a program of its own
that holds no more than this command takes in this application: bash takes longer to read a line than to run it. They
know the usual case alone; whatever is unusual, and the wording of every failure, is the pinned runtime's.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from s2itasks import __version__
from s2itasks.environment import bash_template, environment_file
from s2itasks.environment.env_script import protocol
from s2itasks.environment.file_problems import VALID_NAME
from s2itasks.environment.layers import container_user, env_scripts, sourcing
from s2itasks.graph import Graph
from s2itasks.layout import DECIDING, Layout
from s2itasks.process.child import GRACE
from s2itasks.process.early_exit import TERMINATING
from s2itasks.process.signals import ENOUGH
from s2itasks.process.verdict import verdict

from . import command_program, env_script_text, starting
from .command_program import ALWAYS_EXPORTED, BASH, NotCompiled, Place

# Variables that change how bash works, besides those that it sets itself.
BASHS_OWN = (
    *("BASH_ENV", "CDPATH", "ENV", "EXECIGNORE", "FUNCNEST", "GLOBIGNORE", "HISTFILE", "HISTSIZE", "HISTFILESIZE"),
    *("HISTCONTROL", "HISTIGNORE", "HISTTIMEFORMAT", "IGNOREEOF", "POSIXLY_CORRECT", "PROMPT_COMMAND", "TMOUT"),
)
# A failure in a function sets no ERR trap off; then it is a `.` of ours that ends, of whichever program, and where the
# function was called, bash does not know any more. In the middle of another command, bash has said what is wrong, or a
# signal has come, of which it dies after this.
ON_EXIT = """\
\\builtin set -- "$?" "$BASH_COMMAND"
case $2 in
    '\\builtin . '*) {aftermath} "$1" "" source "" ;;
    *) [[ $1 -eq 0 || $1 -gt 128 ]] || {aftermath} "$1" "" "" "" ;;
esac
[[ $1 -ne 0 ]] || \\builtin exit 1"""
# Likewise for an activation that ends the shell.
ON_ACTIVATION_EXIT = """\
\\builtin set -- "$?" "$BASH_COMMAND"
[[ $1 -eq 0 && $2 != *exit* && $2 != '\\builtin . '* ]] || {aftermath} "$1" "$BASH_ENV\""""
COMMON = ("first", "interpreted", "watch", "ending", "forward", "capture", "event")  # what the programs source
TEMPLATES = {
    name: bash_template.read(BASH, name) for name in ("launcher", *COMMON)
}  # at once, as `env_script.PROTOCOL`


@dataclass
class Compiled:
    """What the graph of an application was compiled to.

    :param texts: each file's content; the launcher comes last.
    :param commands: those that there is a program for.
    :param reasons: why there is no program for a command that `command_program` could make one for, by its name.
    """

    texts: dict[Path, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)


def compiled(
    graph: Graph,
    layout: Layout,
    environ: Mapping[str, str],
    place: Place,
    *,
    interpreter: str,
    activated: bool,
) -> Compiled:
    """Return the text of each program.

    :param environ: the process environment of the build, which is the image's.
    :param interpreter: what starts the pinned runtime.
    :param activated: whether it needs the image's activation for that.
    """
    result = Compiled()
    scripts = env_scripts(layout, "deploy_env")
    variables = environment_file.read(layout.environment_file, "environment")
    files = (layout.environment_file, layout.required, *layout.scripts_of("deploy_env"))
    contents = {file: file.read_bytes() for file in files if file.is_file()}
    reason = _unusual(variables, scripts, container_user(layout), list(contents.values()))
    special = _special(variables, place.bash)
    for phase in (each for each in graph.pods if command_program.BODIES.get(each.name) is each.body):
        program = reason or command_program.text(graph, phase, layout, place, variables, special=special)
        if isinstance(program, NotCompiled):
            result.reasons[phase.name] = program.reason
        else:
            result.texts[place.programs / f"{phase.name}.bash"] = program
            result.commands.append(phase.name)
    if result.commands:
        result.texts.update(_common(layout, place, variables, special))
    if not result.commands and not activated and starting.SHEBANG.fullmatch(f"#!{interpreter} -IS"):
        result.texts[place.launcher] = starting.ALONE.format(
            interpreter=interpreter, start=str(place.runtime / "start.py")
        )
    else:
        result.texts[place.launcher] = _launcher(
            layout, environ, place, result.commands, contents, interpreter, activated=activated
        )
    return result


def _special(variables: Mapping[str, str], bash: str) -> list[str]:
    """Return the names of ``.s2i/environment`` that mean something to bash, or that it sets where nobody has."""
    if not variables:
        return []
    shell = [bash, "-pc", "compgen -v"]
    own = subprocess.run(shell, env={}, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    return [name for name in variables if name in own or name in BASHS_OWN or name.startswith("BASH")]


def _unusual(
    variables: Mapping[str, str], scripts: Sequence[Path], user: Path | None, contents: list[bytes]
) -> NotCompiled | None:
    """Return why bash cannot make the application environment in the shell that becomes a command, if it cannot."""
    reason: str | None = None
    odd = [name for name in variables if not VALID_NAME.fullmatch(name) or name in ALWAYS_EXPORTED]
    if odd:
        reason = f".s2i/environment sets {odd[0]}, which is not for a shell"
    elif any(b"\0" in content for content in contents):
        reason = "a file that it depends on holds NUL bytes"
    elif user is not None and env_script_text.may_end_its_shell(user.read_bytes()):
        reason = f"{user} may end its shell"
    else:
        reason = next(filter(None, map(_about_its_shell, scripts)), None)
    return NotCompiled(reason) if reason else None


def _about_its_shell(script: Path) -> str | None:
    failure = verdict(script, "deploy_env", sourced=True, syntax=True)
    if failure:
        return failure.problem
    beyond = env_script_text.beyond_variables(script.read_bytes())
    return f"deploy_env is about its shell: {beyond.reason} in line {beyond.line}" if beyond else None


def _common(layout: Layout, place: Place, variables: Mapping[str, str], special: Sequence[str]) -> dict[Path, str]:
    """Return what the programs source: the env-script protocol, and what watches a hook."""
    scripts, user = env_scripts(layout, "deploy_env"), container_user(layout)
    fill = [
        f"[[ -v {name} ]] || \\builtin export {name}={shlex.quote(value)}"
        for name, value in variables.items()
        if name not in layout.variables and name not in special
    ]
    exported = " \\\n    ".join(f"{name}={shlex.quote(value)}" for name, value in layout.variables.items())
    aftermath = f"\\builtin exec {shlex.quote(str(place.launcher))} --aftermath"
    signals = [number.name[3:] for number in TERMINATING]
    ignoring = f"\\builtin trap '' {' '.join(signals)}"  # another signal must not end what says so
    traps = [f"\\builtin trap {shlex.quote(f'{ignoring}; {aftermath} stopped {name}')} {name}" for name in signals]
    values = {
        **place.values,
        "fill": "\n".join([*fill, f"\\builtin export {exported}"]),
        "directory": shlex.quote(str(layout.source)),
        "user": shlex.quote(str(user)),
        "on_activation_exit": shlex.quote(ON_ACTIVATION_EXIT.format(aftermath=f"{aftermath} activation")),
        "mark": shlex.quote(f"deploy_env:{layout.source}"),
        "sourcing_mark": shlex.quote(sourcing("deploy_env", layout)),
        "signals": " ".join(signals),
        "traps": "\n".join(traps),
        "grace": str(round(GRACE * 100)),
        "enough": str(ENOUGH),
    }
    conditions = ["fill", "mark", *(["user"] if user else [])]

    def ends(script: Path) -> tuple[str, str]:
        says = f"{aftermath} env-script {shlex.quote(str(script))}"
        return ON_EXIT.format(aftermath=says), f'{says} "$?" "${{LINENO-}}" - "${{BASH_SOURCE[0]-}}"'

    texts = {name: bash_template.filled(TEMPLATES[name], values, conditions) for name in COMMON}
    texts["environment"] = protocol(scripts, values, conditions, ends)
    return {place.programs / f"{name}.bash": text for name, text in texts.items()}


def _launcher(
    layout: Layout,
    environ: Mapping[str, str],
    place: Place,
    names: list[str],
    contents: Mapping[Path, bytes],
    interpreter: str,
    *,
    activated: bool,
) -> str:
    scripts = layout.scripts_of("deploy_env")
    *of_image, own = scripts
    image_script = next(iter(of_image), Path(os.devnull))
    files = {
        "file": layout.environment_file,
        "demands": layout.required,
        "script": own,
        "image_script": image_script,
    }
    known = {**{name: environ.get(name, "") for name in DECIDING}, **layout.variables}
    unchanged = [
        command_program.there(layout.environment_file),
        command_program.there(layout.required),
        command_program.there(layout.container_user),
        *map(command_program.there, scripts),
    ]
    if layout.image and not layout.image.exists():
        unchanged = [each for each in unchanged if str(layout.image) not in each]
        unchanged.append(command_program.there(layout.image))
    if not scripts[-1].exists():  # it may be there, where this user may not look
        unchanged.append(f"{'-x' if layout.hooks.exists() else '! -e'} {shlex.quote(str(layout.hooks))}")
    values = {
        **place.values,
        "application": str(layout.application),
        "version": __version__,
        "names": " | ".join(names) or "''",
        "deciding": '"' + "|".join(f"${{{name}-}}" for name in DECIDING) + '"',
        "given": shlex.quote("|".join(environ.get(name, "") for name in DECIDING)),
        "known": shlex.quote("|".join(known[name] for name in DECIDING)),
        "unchanged": " &&\n            ".join(unchanged),
        "sourcing_mark": shlex.quote(sourcing("deploy_env", layout)),
        **{name: shlex.quote(str(file)) for name, file in files.items()},
        **{
            f"{name}_content": shlex.quote(contents.get(file, b"").decode("utf-8", "surrogateescape"))
            for name, file in files.items()
        },
        "interpreter": shlex.quote(interpreter),
        "start": shlex.quote(str(place.runtime / "start.py")),
    }
    conditions = {**{name: file in contents for name, file in files.items()}, "activated": activated}
    true = [name for name, holds in conditions.items() if holds]
    return bash_template.filled(TEMPLATES["launcher"], values, true)
