"""Rules 208 and 210: scripts among the hooks by names that no phase has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import ACTION_HOOKS, Source
from s2itasks.graph import Kind

# What other platforms call their hooks, and the phase to use instead.
FOREIGN = {
    "post_deploy": "nothing runs after the application's start; what it sets up belongs in 'setup' or 'deploy'",
    "postdeploy": "nothing runs after the application's start; what it sets up belongs in 'setup' or 'deploy'",
    "post_start": "nothing runs after the application's start; what it sets up belongs in 'setup' or 'deploy'",
    "pre_start": "what is to run before the application belongs in 'deploy', variables in 'deploy_env'",
    "pre_deploy": "what is to run before the application belongs in 'deploy', variables in 'deploy_env'",
    "predeploy": "what is to run before the application belongs in 'deploy', variables in 'deploy_env'",
    "post_stop": "nothing runs at the end; trap SIGTERM in the application",
    "pre_restart": "a container is never restarted; what prepares its start belongs in 'deploy'",
    "post_restart": "a container is never restarted; what prepares its start belongs in 'deploy'",
    "post_build": "what is to run after the builder belongs in 'build'",
    "pre_assemble": "what is to run before the builder belongs in 'pre_build'",
    "post_assemble": "what is to run after the builder belongs in 'build'",
    "pre_run": "what is to run before the application belongs in 'deploy'",
    "start": "what the container becomes belongs in 'run'",
    "stop": "nothing runs at the end; trap SIGTERM in the application",
    "pre_stop": "nothing runs at the end; use a preStop lifecycle hook",
    "deploy_cfg": "it ran once in each container; put that into 'deploy'",
    "liveness": "the liveness probe's hook is 'alive'",
    "live": "the liveness probe's hook is 'alive'",
    "readiness": "the readiness probe's hook is 'ready'",
    "health": "the probes' hooks are 'ready' and 'alive'",
    "test": "the hook that tests an image is 'verify'",
}
CARTRIDGE = re.compile(r"(pre|post)_(start|stop|restart|build|deploy)_[a-z]+-[\d.]+$")
SCRIPT_NAME = re.compile(r"[A-Za-z][\w-]*$")
NEAR = 0.82  # of difflib; 'depoly' and 'builds' are that near to a hook, 'setup_db' and 'wait-database' are not
CODE = (".py", ".yaml", ".yml", ".json", ".toml")


@error(208, "A hook with a name that no phase has")
def misspelt_hook(source: Source) -> Iterator[Spot]:
    """A misspelling, or the name that another platform has for it: nothing runs it."""
    for file in _strangers(source):
        name = file.name.replace("-", "_").lower()
        cure = FOREIGN.get(file.name) or FOREIGN.get(name) or _cure_of_cartridge_hook(file.name)
        near = difflib.get_close_matches(name, sorted(source.graph.places()), n=1, cutoff=NEAR)
        if f"/{file.name}" in _text_of_others(source, file):
            continue  # a helper that a hook calls by its path
        if name in source.graph.places():
            yield at(file, 1, f"nothing runs {file.name!r}: the hook is spelled {name!r}; rename it")
        elif cure and (file.looks_like_script or CARTRIDGE.match(file.name)):
            yield at(file, 1, f"nothing runs {file.name!r}: {cure}")
        elif near and (file.looks_like_script or near[0] in source.graph.places(kind=Kind.ENV_SCRIPT)):
            yield at(file, 1, f"nothing runs {file.name!r}; rename it if it is meant to be {near[0]!r}")


@warning(210, "A script among the hooks that nothing runs")
def unknown_script(source: Source) -> Iterator[Spot]:
    """Executable, without extension, and no other file of .s2i names it."""
    known = {spot.path for spot in misspelt_hook.look(source)}
    for file in _strangers(source):
        if file.path not in known and file.executable_in_index_or_tree and not _named_elsewhere(source, file):
            message = f"there is no phase {file.name!r} and no hook mentions it; keep a helper in another directory"
            yield at(file, 1, message)


def _strangers(source: Source) -> Iterator[File]:
    """Return what lies among the hooks, is none, and looks as if it were to be run."""
    for file in source.strangers:
        directory, _, name = file.path.rpartition("/")
        if directory == ACTION_HOOKS and (SCRIPT_NAME.match(name) or CARTRIDGE.match(name)) and file.has_code:
            if name.upper() == name or name.lower().startswith(("readme", "license", "makefile", "dockerfile")):
                continue
            yield file


def _cure_of_cartridge_hook(name: str) -> str:
    found = CARTRIDGE.match(name)
    if not found:
        return ""
    action = f"{found[1]}_{found[2]}"
    cure = {"pre_build": "rename it to 'pre_build'", **FOREIGN}.get(action, "s2itasks has no equivalent")
    return f"OpenShift V2 sourced it around a cartridge's action; {cure}"


def _named_elsewhere(source: Source, named: File) -> bool:
    return bool(re.search(rf"(?<![\w-]){re.escape(named.name)}(?![\w-])", _text_of_others(source, named)))


def _text_of_others(source: Source, file: File) -> str:
    """Return what may name a helper: the other scripts, and code and settings beside them."""
    read = [*source.scripts, *(each for each in source.of(Role.OTHER) if each.name.endswith(CODE))]
    return "\n".join(each.text for each in read if each is not file)
