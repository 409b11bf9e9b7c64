"""The bash program of one command, with the prerequisites that its phase declares flattened into it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import bash_template, env_script_text, graph, hooks, task_file
from .environment import container_user
from .failures import Failure
from .hooks import Hook
from .layout import Layout
from .phase import Kind, Phase
from .process import ENOUGH, GRACE

OPTIONS = ("--log", "--timeout")
OURS = ("S2ITASKS_PROBE_LOG", "S2ITASKS_TIMEOUT_")  # variables of .s2i/environment that say what s2itasks does
TEMPLATE = bash_template.read("command")  # at once: later, the application may have removed the package that it is in


@dataclass(frozen=True)
class Place:
    """Where the programs stand, and what they start.

    :param launcher: the one on PATH; what is newer than it has changed since.
    :param runtime: the directory of the pinned runtime.
    :param bash: what ``shell`` becomes.
    """

    launcher: Path
    runtime: Path
    bash: str

    @property
    def commands(self) -> Path:
        """The directory of the programs that the launcher sources, one for each command."""
        return self.runtime / "commands"

    def unchanged(self, file: Path, *tests: str) -> str:
        """Give the condition that a file is what it is now.

        :param tests: more of bash's tests that it has to pass, if it is there.
        """
        quoted = shlex.quote(str(file))
        if not file.exists():
            return f"! -e {quoted} && ! -L {quoted}"
        newer = f"! {quoted} -nt {shlex.quote(str(self.launcher))}"
        return " && ".join([*(f"{test} {quoted}" for test in tests or ("-e",)), newer])


def program(phase: Phase, layout: Layout, place: Place, file: Mapping[str, str]) -> str | None:
    """Give the program of a command, or None where the application makes it unusual.

    :param file: the variables of ``.s2i/environment``.
    """
    before = graph.flattened(phase)[:-1]
    try:
        hook = _hook(phase, layout)
        if hook and hook.command(layout, {}) != [str(hook.path)]:
            return None
        if any(each.kind is Kind.HOOK and hooks.present(layout, each.name) for each in before):
            return None
    except Failure:
        return None  # the runtime says what is wrong
    script = layout.hooks / "deploy_env"
    user = container_user(layout)
    becomes = hook.path if hook else Path(place.bash) if phase.kind is None else layout.hooks / phase.name
    given = options(phase)
    slow = not env_script_text.starts_no_process(script)
    to_watch = ["$# -ne 1"]
    if "--log" in given:
        to_watch.append("${S2ITASKS_PROBE_LOG:-0} != 0")
    if slow:
        to_watch.append("-n always")
    source = shlex.quote(str(layout.source))
    filling = {name: f"[[ -v {name} ]] || \\builtin export {name}={shlex.quote(value)}" for name, value in file.items()}
    fill = [line for name, line in filling.items() if not name.startswith(OURS)]
    fill_ours = [line for name, line in filling.items() if name.startswith(OURS)]
    conditions = {
        "command": phase.takes_command,
        "no_options": not phase.takes_command and not given,
        "options": bool(given),
        "loud": not phase.quiet,
        "fill": bool(fill),
        "fill_ours": bool(fill_ours),
        "user": user is not None,
        "env_script": script.exists(),
        "becomes": not phase.takes_command and (hook is not None or phase.kind is None),
        "no_hook": phase.kind is Kind.HOOK and hook is None,
    }
    values = {
        "name": phase.name,
        "before": " and ".join(each.name for each in before),
        "usual": " &&\n    ".join(_usual(phase, before, hook, layout, place)),
        "options": " ".join(given),
        "to_watch": " || ".join(to_watch),
        "always": "always" if slow else "",
        "package": shlex.quote(str(place.runtime / "s2itasks")),
        "program": shlex.quote(str(place.commands / f"{phase.name}.bash")),
        "grace": str(round(GRACE * 100)),
        "enough": str(ENOUGH),
        "source": source,
        "cwd": "$PWD" if phase.kind is None else source,
        "script": shlex.quote(str(script)),
        "script_name": script.name,
        "script_shown": shlex.quote(layout.shown(script)),
        "user": shlex.quote(str(user)),
        "mark": shlex.quote(f"{script.name}:{layout.source}"),
        "fill": "\n    ".join(fill),
        "fill_ours": "\n".join(fill_ours),
        "layout": " \\\n        ".join(f"{name}={shlex.quote(value)}" for name, value in layout.variables.items()),
        "ended": shlex.quote(f's2itasks_runtime --aftermath env-script {source} "$?" "${{S2ITASKS_RECORD-}}"'),
        "becomes": shlex.quote(str(becomes)),
        "becoming": shlex.quote(f"becoming {layout.shown(becomes)}"),
    }
    return bash_template.filled(TEMPLATE, values, [name for name, holds in conditions.items() if holds])


def options(phase: Phase) -> list[str]:
    """Give the options that make bash watch the hook of a phase."""
    return [option for option in OPTIONS if option in phase.flags()]


def _hook(phase: Phase, layout: Layout) -> Hook | None:
    """Give the hook, or the builder's script, that the process becomes.

    :raises Failure: when there is something wrong with it.
    """
    if phase.kind is not Kind.HOOK:
        return None
    hook = hooks.present(layout, phase.name)
    if hook is None and phase.becomes:
        return hooks.of_script(layout, layout.builder_script(phase.name))
    return hook


def _usual(phase: Phase, before: Sequence[Phase], hook: Hook | None, layout: Layout, place: Place) -> Iterator[str]:
    """Give the conditions under which the program does what the phase declares."""
    scripts = [layout.hooks / each.name for each in (*before, phase) if each.kind is Kind.HOOK]
    missing = [script for script in scripts if hook is None or script != hook.path]
    if hook is not None:
        yield place.unchanged(hook.path, "-r", "-x")
    for script in missing:
        yield place.unchanged(script)
    if missing:
        yield place.unchanged(task_file.path(layout))
    if not phase.quiet:
        yield "-z ${S2ITASKS_ENVIRONMENT-}"  # or there would be less to announce
    for each in (*before, phase):
        if each.timeout and (each.kind is Kind.ENV_SCRIPT or each is phase):
            yield f"! -v S2ITASKS_TIMEOUT_{each.name.upper()}"
