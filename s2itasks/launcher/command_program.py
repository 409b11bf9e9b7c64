"""The bash program of one command, with the prerequisites that its phase declares flattened into it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks.deployment import commands, deploying
from s2itasks.deployment import demands as demanding
from s2itasks.environment import bash_template, required
from s2itasks.environment.layers import env_scripts
from s2itasks.errors import Failure
from s2itasks.graph import Graph, Kind, Phase
from s2itasks.hooks import hook as hooks
from s2itasks.hooks import task_file
from s2itasks.hooks.hook import Hook
from s2itasks.layout import Layout

from . import env_script_text

OPTIONS = ("--log", "--timeout")  # what watch.bash does
ALWAYS_EXPORTED = ("OLDPWD", "PWD", "SHLVL", "_")  # so nothing tells whether the container's environment had them
OURS = ("S2ITASKS_PROBE_LOG", "S2ITASKS_TIMEOUT_")  # variables of .s2i/environment that say what s2itasks does
BASH = Path(__file__).with_name("bash")
TEMPLATE = bash_template.read(BASH, "command")  # at once, as `env_script.PROTOCOL`
# The bodies whose meaning the template has, by the phases' names; a phase with any other is Python's.
BODIES = {
    "exec": commands.exec_,
    "shell": commands.shell,
    "run": deploying.run,
    "verify": commands.verify,
    "ready": commands.ready,
    "alive": commands.alive,
    "setup": commands.setup,
    "migrate": commands.migrate,
    "post_deploy": commands.post_deploy,
}


class NotCompiled(Exception):
    """There is no program for a command.

    :param reason: why; it completes a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Place:
    """Where the programs stand, and what they start.

    :param launcher: the one in the pinned runtime, which nothing replaces.
    :param runtime: the directory of the pinned runtime.
    :param programs: the directory of the programs that the launcher sources, new for each compilation.
    :param bash: what ``shell`` becomes.
    """

    launcher: Path
    runtime: Path
    programs: Path
    bash: str

    @property
    def values(self) -> dict[str, str]:
        """What every program has to know of it."""
        return {"launcher": shlex.quote(str(self.launcher)), "programs": shlex.quote(str(self.programs))}


def there(file: Path) -> str:
    """Return the condition that a file is there, to be read, if it is now."""
    quoted = shlex.quote(str(file))
    return f"-f {quoted} && -r {quoted}" if file.is_file() else f"! -e {quoted} && ! -L {quoted}"


def text(
    graph: Graph, phase: Phase, layout: Layout, place: Place, variables: Mapping[str, str], *, special: Sequence[str]
) -> str | NotCompiled:
    """Return the program of a command, or why there is none.

    :param variables: those of ``.s2i/environment``.
    :param special: the names of those that mean something to bash; the container has to bring them.
    """
    try:
        return _text(graph, phase, layout, place, variables, special)
    except NotCompiled as unusual:
        return unusual


def _text(
    graph: Graph, phase: Phase, layout: Layout, place: Place, variables: Mapping[str, str], special: Sequence[str]
) -> str:
    _require_known(graph, phase, layout)
    hook = _hook(phase, layout)
    shebang = _shebang(hook)
    scripts = env_scripts(layout, "deploy_env")
    becomes = hook.path if hook else Path(place.bash) if phase.kind is None else layout.hooks / phase.name
    given = [option for option in OPTIONS if option in phase.flags]
    slow = not all(env_script_text.starts_no_process(script.read_bytes()) for script in scripts)
    fill = [
        f"[[ -v {name} ]] || \\builtin export {name}={shlex.quote(value)}"
        for name, value in variables.items()
        if name.startswith(OURS)
    ]
    demands, wanted = phase.name not in demanding.EXEMPT, _required(layout)
    usual = list(_usual(graph, phase, hook, layout, special))
    conditions = {
        "command": phase.takes_command,
        "no_options": not phase.takes_command and not given,
        "options": given,
        "usual": usual,
        "shebang": shebang,
        "loud": not phase.quiet,
        "required": demands and bool(wanted),
        "refuses": phase.name not in demanding.WARNED,
        "warns": phase.name in demanding.WARNED,
        "fill_ours": fill,
        "env_script": bool(scripts),
        "slow": slow,
        "quick": not slow,
        "becomes": not phase.takes_command and (hook is not None or phase.kind is None),
        "no_hook": phase.kind is Kind.HOOK and hook is None,
    }
    values = {
        **place.values,
        "name": phase.name,
        "required": " &&\n        ".join(map(_has_value, wanted)),
        "before": " and ".join(each.name for each in graph.flattened(phase)[:-1]),
        "usual": " &&\n    ".join(usual),
        "shebang": shlex.quote(shebang or ""),
        "hook_interpreter": shlex.quote(shebang[2:].split()[0]) if shebang else "",
        "options": shlex.quote(" ".join(given)),
        "fill_ours": "\n".join(fill),
        "mark": shlex.quote(f"deploy_env:{layout.source}"),
        "script_name": "deploy_env",
        "sourcing": shlex.quote(f"sourcing {' and '.join(map(layout.shown, scripts))}"),
        "loudness": "quiet" if phase.quiet else "loud",
        "cwd": '"$1"' if phase.kind is None else shlex.quote(str(layout.source)),
        "becomes": shlex.quote(str(becomes)),
        "becoming": shlex.quote(f"becoming {layout.shown(becomes)}"),
    }
    return bash_template.filled(TEMPLATE, values, [name for name, holds in conditions.items() if holds])


def _required(layout: Layout) -> list[str]:
    """Return the names of the required variables.

    :raises NotCompiled: when bash cannot tell whether one is there.
    """
    try:
        names = [each.name for each in required.of_application(layout)]
    except Failure as failure:
        raise NotCompiled(failure.problem) from None
    for name in names:
        if name in ALWAYS_EXPORTED:
            raise NotCompiled(f".s2i/required names {name}, which every shell has")
    return names


def _has_value(name: str) -> str:
    """Return the condition that a variable has a value for whatever the shell becomes; an array has none there."""
    return f"-n ${{{name}-}} && ${{{name}@a}} == *x* && ${{{name}@a}} != *[aA]*"


def _require_known(graph: Graph, phase: Phase, layout: Layout) -> None:
    """Refuse what the template does not mean, as the phase declares it.

    :raises NotCompiled: says what that is.
    """
    before = graph.flattened(phase)[:-1]
    if [each.body for each in before if each.kind is Kind.ENV_SCRIPT] != [deploying.deploy_env]:
        raise NotCompiled("it has other prerequisites than deploy_env")
    for each in before[1:]:
        if each.body is not deploying.deploy:
            raise NotCompiled(f"{each.name} is one of its prerequisites")
        try:
            present = hooks.present(layout, each.name)
        except Failure as failure:
            raise NotCompiled(failure.problem) from None
        if present:
            raise NotCompiled(f"there is a {each.name} hook")


def _hook(phase: Phase, layout: Layout) -> Hook | None:
    """Return the hook, or the builder's script, that the process becomes.

    :raises NotCompiled: when it is unusual.
    """
    if phase.kind is not Kind.HOOK:
        return None
    try:
        found = hooks.present(layout, phase.name)
        if not found and phase.becomes:
            found = [hooks.of_script(layout, layout.builder_script(phase.name))]
        if len(found) > 1 and not phase.becomes:
            raise NotCompiled(f"{found[0].shown} runs before {found[1].shown}")
        hook = found[-1] if found else None
        if hook and hook.command(layout, {}) != [str(hook.path)]:
            raise NotCompiled(f"{hook.shown} has no shebang" if hook.task is None else f"{hook.shown} is in Python")
    except Failure as failure:
        raise NotCompiled(failure.problem) from None
    return hook


def _shebang(hook: Hook | None) -> str | None:
    """Return a script's first line; a binary has none.

    :raises NotCompiled: when it cannot be told.
    """
    if hook is None:
        return None
    try:
        with hook.path.open("rb") as opened:
            line = opened.readline(4096)
    except OSError as problem:
        raise NotCompiled(f"{hook.shown} cannot be read") from problem
    if not line.startswith(b"#!"):
        return None
    text = line.decode("utf-8", "surrogateescape").strip(" \t\n")
    if not text[2:].split():
        raise NotCompiled(f"{hook.shown} has no shebang")
    return text


def _usual(graph: Graph, phase: Phase, hook: Hook | None, layout: Layout, special: Sequence[str]) -> Iterator[str]:
    """Yield the conditions under which the program does what the phase declares."""
    before = graph.flattened(phase)[:-1]
    phases = [each for each in (*before, phase) if each.kind is Kind.HOOK]
    scripts = [script for each in phases for script in layout.scripts_of(each.name)]
    if layout.image and not layout.image.exists():
        scripts = [script for script in scripts if layout.image not in script.parents]  # the launcher looks for all
    missing = [script for script in scripts if hook is None or script != hook.path]
    if hook is not None:
        quoted = shlex.quote(str(hook.path))
        yield f"-f {quoted} && -r {quoted} && -x {quoted}"
    for script in missing:
        yield there(script)
    if missing:
        yield there(task_file.path(layout))
    if not phase.quiet:
        yield "-z ${S2ITASKS_ENVIRONMENT-}"  # or there would be less to announce
    for name in special:
        yield f"${{{name}@a}} == *x*"
    for each in (*before, phase):
        if each.timeout and (each.kind is Kind.ENV_SCRIPT or each is phase):
            yield f"! -v S2ITASKS_TIMEOUT_{each.name.upper()}"
