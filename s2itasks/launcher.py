"""The bash programs that do after `assemble` what a pod does all day, compiled from the task graph.

Probes and ``oc exec`` run all day on a fraction of a core, where starting an interpreter takes longer than a probe may.
So the commands that only source ``deploy_env`` and become something are done in bash, each by a program of its own
that holds no more than this command takes in this application: bash takes longer to read a line than to run it. They
know the usual case alone; whatever is unusual, and the wording of every failure, is the pinned runtime's.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from invoke.collection import Collection

from . import __version__, bash_template, env_script_text, fast_command, graph
from .environment_file import read
from .environment_problems import VALID_NAME
from .fast_command import OURS, Place
from .layout import Layout
from .phase import Kind, Phase

# What of the environment decides on the layout: where it is another one, the runtime finds out.
DECIDING = (
    "S2I_APPLICATION_PATH",
    "S2I_SOURCE_PATH",
    "S2I_SCRIPTS_PATH",
    "S2I_UPLOAD_PATH",
    "APP_ROOT",
    "STI_SCRIPTS_PATH",
)
# Variables of .s2i/environment that change how bash itself works, or what s2itasks is.
NOT_FILLED = ("BASH", "ENV", "IFS", "PATH", "POSIXLY_CORRECT", "PROMPT_COMMAND", "S2I_", "S2ITASKS_", "SHELLOPTS")
TEMPLATE = bash_template.read("launcher")


def programs(
    collection: Collection,
    layout: Layout,
    environ: Mapping[str, str],
    place: Place,
    *,
    interpreter: str,
    activated: bool,
) -> dict[Path, str]:
    """Give the text of each program, the launcher last.

    :param environ: the process environment of the build, which is the image's.
    :param interpreter: what starts the pinned runtime.
    :param activated: whether it needs the image's activation for that.
    """
    script = layout.hooks / "deploy_env"
    user = layout.application / "etc" / "generate_container_user"
    file = read(layout.environment_file, "environment")
    texts: dict[str, str] = {}
    if not _is_unusual(file, script, user):
        for phase in _fast(collection, script):
            text = fast_command.program(phase, layout, place, file)
            if text is not None:
                texts[phase.name] = text
    known = {**{name: environ.get(name, "") for name in DECIDING}, **layout.variables}
    unchanged = [place.unchanged(layout.environment_file), place.unchanged(user), place.unchanged(script, "-r")]
    if not script.exists():
        unchanged.append(f"{'-x' if layout.hooks.exists() else '! -e'} {shlex.quote(str(layout.hooks))}")
    values = {
        "application": str(layout.application),
        "version": __version__,
        "interpreter": shlex.quote(interpreter),
        "start": shlex.quote(str(place.runtime / "start.py")),
        "names": " | ".join(texts) or "''",
        "commands": shlex.quote(str(place.commands)),
        "deciding": "|".join(f"${{{name}-}}" for name in DECIDING),
        "given": shlex.quote("|".join(environ.get(name, "") for name in DECIDING)),
        "known": shlex.quote("|".join(known[name] for name in DECIDING)),
        "unchanged": " &&\n            ".join(unchanged),
    }
    commands = {place.commands / f"{name}.bash": text for name, text in texts.items()}
    return {**commands, place.launcher: bash_template.filled(TEMPLATE, values, ["activated"] if activated else [])}


def _is_unusual(file: Mapping[str, str], script: Path, user: Path) -> bool:
    """Tell whether there is anything that bash cannot do in the shell that becomes a command."""
    return (
        any(not VALID_NAME.fullmatch(name) or _is_not_filled(name) for name in file)
        or env_script_text.is_about_its_shell(script)
        or env_script_text.may_end_its_shell(user)
    )


def _is_not_filled(name: str) -> bool:
    return name.startswith(NOT_FILLED) and not name.startswith(OURS)


def _fast(collection: Collection, script: Path) -> list[Phase]:
    """Give the phases that are no more than env scripts and becoming something, as their declarations say.

    The hooks among their prerequisites make them so only where the application has none of them. While bash waits for a
    process that an env script starts, it hears no signal; then only what can be watched is done in bash.
    """
    quick = env_script_text.starts_no_process(script)
    return [
        phase
        for phase in graph.fast(collection)
        if phase.prerequisites()
        and all(each.kind in (Kind.ENV_SCRIPT, Kind.HOOK) for each in graph.flattened(phase)[:-1])
        and (quick or fast_command.options(phase))
    ]
