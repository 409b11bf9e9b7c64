"""The bash programs that do after `assemble` what a pod does all day, compiled from the task graph.

Probes and ``oc exec`` run all day on a fraction of a core, where starting an interpreter takes longer than a probe may.
So the commands that only source ``deploy_env`` and become something are done in bash, their prerequisites flattened.
It knows the usual case alone: whatever is unusual, and the wording of every failure, is the pinned runtime's.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.tasks import Task

from . import __version__
from .environment_file import read
from .environment_problems import VALID_NAME
from .layout import Layout
from .phase import Kind, Phase
from .process import ENOUGH, GRACE

# What of the environment decides on the layout: where it is another one, the runtime finds out.
DECIDING = (
    "S2I_APPLICATION_PATH",
    "S2I_SOURCE_PATH",
    "S2I_SCRIPTS_PATH",
    "S2I_UPLOAD_PATH",
    "APP_ROOT",
    "STI_SCRIPTS_PATH",
)
# Variables of .s2i/environment that change how bash itself works, or what s2itasks does.
OURS = ("S2ITASKS_PROBE_LOG", "S2ITASKS_TIMEOUT_")
OPTIONS = ("--log", "--timeout")
NOT_FILLED = ("BASH", "ENV", "IFS", "PATH", "POSIXLY_CORRECT", "PROMPT_COMMAND", "S2I_", "S2ITASKS_", "SHELLOPTS")
# What a script says that is about its shell and not about variables. In a shell that becomes the command, that would
# reach the command; the runtime sources it in one that ends.
ABOUT_THE_SHELL = re.compile(r"\b(exec|trap|umask|ulimit|enable|kill|BASH_SOURCE|FUNCNAME)\b")
# The activation runs under our options and may not end the shell; the images' own does neither.
ENDS_THE_SHELL = re.compile(r"\b(exit|set|exec|trap)\b")

# What an env script may begin a line with and not start a process. While bash waits for one, it hears no signal: that
# is for the shells of a container's commands, but not for its first process, which is told to stop by one.
STARTS_NO_PROCESS = re.compile(
    r"""\s*(
        \#.* | (export|unset|readonly|set|shopt)\b[^`|&;()]* | (export\s+|readonly\s+)?[A-Za-z_]\w*=[^`|&;()]*
        | (if|elif|while)\s+(\[\[.*\]\]|\[.*\])\s*;?\s*(then|do)?  | (then|do|else|fi|done|return|true|:)\s*;?
    )?""",
    re.VERBOSE,
)
BASH = Path(__file__).with_name("bash")
# Read at once: when they are needed, the application may have removed the package that they are in.
TEMPLATES = {name: (BASH / f"{name}.template").read_text(encoding="utf-8") for name in ("launcher", "become")}


def programs(
    collection: Collection,
    layout: Layout,
    environ: Mapping[str, str],
    *,
    launcher: Path,
    become: Path,
    interpreter: str,
    runtime: Path,
    bash: str,
    activated: bool,
) -> dict[Path, str]:
    """Give the text of each program.

    :param environ: the process environment of the build, which is the image's.
    :param launcher: where the one on PATH will stand, which finds out what is asked for, and does it.
    :param become: where its second half will stand alone, for the child that is watched.
    :param interpreter: what starts the pinned runtime.
    :param runtime: the directory of the pinned runtime.
    :param activated: whether the interpreter needs the image's activation to be started.
    """
    script = layout.hooks / "deploy_env"
    user = layout.application / "etc" / "generate_container_user"
    file = read(layout.environment_file, "environment")
    fast = [] if _is_unusual(file, script, user) else _fast(collection, script)
    known = {**{name: environ.get(name, "") for name in DECIDING}, **layout.variables}
    fill = {name: f"[[ -v {name} ]] || \\builtin export {name}={shlex.quote(value)}" for name, value in file.items()}
    before = list({each.name: each for phase in fast for each in phase.prerequisites()}.values())
    hooks_before = [shlex.quote(str(layout.hooks / each.name)) for each in before if _is_hook(each)]
    blocks = {
        "fill": [line for name, line in fill.items() if not name.startswith(OURS)],
        "fill_ours": [line for name, line in fill.items() if name.startswith(OURS)],
        "layout_exports": [f"{name}={shlex.quote(value)}" for name, value in layout.variables.items()],
        "unchanged": [_unchanged(each, launcher) for each in (layout.environment_file, script, user)],
    }
    values = {
        "application": str(layout.application),
        "version": __version__,
        "interpreter": shlex.quote(interpreter),
        "interpreter_activation": '[[ -z ${BASH_ENV-} ]] || \\builtin . "$BASH_ENV"\n    ' if activated else "",
        "start": shlex.quote(str(runtime / "start.py")),
        "package": shlex.quote(str(runtime / "s2itasks")),
        "become_file": shlex.quote(str(become)),
        "launcher": shlex.quote(str(launcher)),
        "source": shlex.quote(str(layout.source)),
        "hooks": shlex.quote(str(layout.hooks)),
        "scripts": shlex.quote(str(layout.scripts)),
        "tasks": shlex.quote(str(layout.source / ".s2i" / "tasks.py")),
        "script": shlex.quote(str(script)),
        "script_phase": script.name,
        "shown": shlex.quote(layout.shown(script)),
        "user": shlex.quote(str(user)),
        "mark": shlex.quote(f"deploy_env:{layout.source}"),
        "deciding": "|".join(f"${{{name}-}}" for name in DECIDING),
        "layout_given": shlex.quote("|".join(environ.get(name, "") for name in DECIDING)),
        "layout_known": shlex.quote("|".join(known[name] for name in DECIDING)),
        "layout_exports": " \\\n            ".join(blocks["layout_exports"]),
        "unchanged": " &&\n    ".join(blocks["unchanged"]),
        "fill": "\n        ".join(blocks["fill"] or [":"]),
        "fill_ours": "\n".join(blocks["fill_ours"] or [":"]),
        "bash": shlex.quote(bash),
        "enough": str(ENOUGH),
        "grace": str(round(GRACE * 100)),
        "with_command": _pattern(phase for phase in fast if phase.takes_command),
        "alone": _pattern(phase for phase in fast if not phase.takes_command),
        "shell": _pattern(phase for phase in fast if not phase.takes_command and phase.kind is None),
        "callers_directory": _pattern(phase for phase in fast if phase.takes_command or phase.kind is None),
        "slow": "" if _starts_no_process(script) else "slow",
        "loud": _pattern(phase for phase in fast if not phase.quiet),
        "options": " ".join(phase.name + option for phase in fast for option in OPTIONS if option in phase.flags()),
        "nothing_before": _all(f"! -e {path} && ! -L {path}" for path in hooks_before),
        "no_limits": _all(f"! -v S2ITASKS_TIMEOUT_{each.name.upper()}" for each in before if _is_env_script(each)),
        "env_script": f"{script.name} comes first.",
        "become": f"What {', '.join(phase.name for phase in fast) or 'nothing'} become.",
    }
    head = "# shellcheck shell=bash disable=SC2034 # the second half of the launcher, alone\n\n"
    second = _filled(TEMPLATES["become"], values)
    return {launcher: _filled(TEMPLATES["launcher"], values) + second, become: head + second}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _is_unusual(file: Mapping[str, str], script: Path, user: Path) -> bool:
    """Tell whether there is anything that bash cannot do in the shell that becomes a command."""
    return (
        any(not VALID_NAME.fullmatch(name) or _is_not_filled(name) for name in file)
        or bool(ABOUT_THE_SHELL.search(_text(script)))
        or _text(script).startswith("\xef\xbb\xbf")
        or "\r\n" in _text(script)
        or bool(ENDS_THE_SHELL.search(_text(user)))
    )


def _is_not_filled(name: str) -> bool:
    return name.startswith(NOT_FILLED) and not name.startswith(OURS)


def _fast(collection: Collection, script: Path) -> list[Phase]:
    """Give the phases that are no more than env scripts and becoming something, as their declarations say.

    The hooks among their prerequisites make them so only where the application has none of them.
    """
    quick = _starts_no_process(script)
    return [
        phase
        for phase in collection.tasks.values()
        if isinstance(phase, Phase)
        and (phase.becomes or (phase.quiet and phase.kind is Kind.HOOK))
        and phase.kind is not Kind.TASK
        and phase.prerequisites()
        and all(_is_env_script(each) or _is_hook(each) for each in phase.prerequisites())
        and (phase.quiet or quick)
    ]


def _starts_no_process(script: Path) -> bool:
    return all(STARTS_NO_PROCESS.fullmatch(line) for line in _text(script).splitlines())


def _is_env_script(task: Task[Any]) -> bool:
    return isinstance(task, Phase) and task.kind is Kind.ENV_SCRIPT and not task.pre


def _is_hook(task: Task[Any]) -> bool:
    return isinstance(task, Phase) and task.kind is Kind.HOOK and all(map(_is_env_script, task.prerequisites()))


def _pattern(phases: Iterable[Phase]) -> str:
    return " | ".join(phase.name for phase in phases) or "''"


def _all(conditions: Iterable[str]) -> str:
    return " && ".join(conditions) or "-n always"


def _text(script: Path) -> str:
    """Give the text of a script without its comments, or nothing where there is none to read."""
    try:
        return re.sub(r"(?m)^\s*#.*$", "", script.read_bytes().decode("latin-1"))
    except OSError:
        return ""


def _unchanged(file: Path, launcher: Path) -> str:
    quoted = shlex.quote(str(file))
    if file.exists():
        return f"-e {quoted} && ! {quoted} -nt {shlex.quote(str(launcher))}"
    return f"! -e {quoted}"
