"""What somebody may have meant for a hook or a job, and nothing runs, by its name and its place.

A build with such a file succeeds, and what it was to do never happens. So `check`, ``--list`` and ``assemble`` all say
it.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from s2itasks.graph import Kind

ACTION_HOOKS = ".s2i/action_hooks"
# What other platforms call their hooks, and the phase to use instead.
FOREIGN = {
    "post_start": "what needs the application to be running belongs in 'post_deploy', which somebody has to call",
    "pre_start": "what is to run before the application belongs in 'deploy', variables in 'deploy_env'",
    "pre_deploy": "what is to run before the application belongs in 'deploy', variables in 'deploy_env'",
    "predeploy": "what is to run before the application belongs in 'deploy', variables in 'deploy_env'",
    "post_stop": "nothing runs at the end; trap SIGTERM in the application",
    "pre_restart": "a container is never restarted; what prepares its start belongs in 'deploy'",
    "post_restart": "a container is never restarted; what prepares its start belongs in 'deploy'",
    "restart": "a container is never restarted; what prepares its start belongs in 'deploy'",
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
# OpenShift V2 sourced these around what a cartridge did: pre_start_python, post_build_python-2.7.
CARTRIDGE = re.compile(r"(pre|post)_(start|stop|restart|build|deploy)_[a-z]+(-[\d.]+)?$")
SCRIPT_NAME = re.compile(r"[A-Za-z][\w-]*$")
EXTENSION = re.compile(r"\.(sh|bash|py)$", re.IGNORECASE)
NOT_HOOKS = ("readme", "license", "makefile", "dockerfile")
NEAR = 0.82  # of difflib; 'depoly' and 'builds' are that near to a hook, 'setup_db' and 'wait-database' are not
# Directories that are nearly those of the hooks and the jobs, in lower case and with underscores.
NEARLY_HOOKS = ("hooks", "hook", "actionhooks", "action_hook", "actions")
NEARLY_JOBS = ("job", "cron", "cron_job", "cronjob", "cronjobs", "crons")
NEARLY_FILES = {"environment": "environment", "tasks.py": "tasks.py", "task.py": "tasks.py"}  # in lower case
OTHERS = {
    ".openshift": ("OpenShift V2", "v2"),
    ".warpdrive": ("warpdrive", "warpdrive"),
}  # and what init --from calls it
HELD_THERE = ("action_hooks/", "cron/", "deploy_mode", "server_args", "server_args/", "environment")
HELD = ("action_hooks/", "bin/", "environment", "jobs/")


class NearMiss(NamedTuple):
    """A file or a directory that nothing looks at.

    :param path: in the source.
    :param problem: what is wrong with it.
    :param cure: what to do about that.
    """

    path: str
    problem: str
    cure: str

    def __str__(self) -> str:
        """Say it in a line, without its path."""
        return f"{self.problem}; {self.cure}"


def of_hook(
    name: str, places: Mapping[str, Kind], *, looks_like_script: bool, is_mentioned: Callable[[str], bool]
) -> NearMiss | None:
    """Return what is wrong with the name of a file among the hooks that is none of them.

    :param places: the names that there are.
    :param looks_like_script: whether it has a run bit or begins with ``#!``.
    :param is_mentioned: whether a hook names something; a helper is called by its path.
    """
    bare = EXTENSION.sub("", name)
    named = is_mentioned(f"/{name}") or (bare != name and is_mentioned(name))
    if named or not (SCRIPT_NAME.match(bare) or CARTRIDGE.match(name)) or bare.lower().startswith(NOT_HOOKS):
        return None
    why = _why(name, bare.replace("-", "_").lower(), places, looks_like_script=looks_like_script)
    return NearMiss(f"{ACTION_HOOKS}/{name}", *why) if why else None


def _why(name: str, spelled: str, places: Mapping[str, Kind], *, looks_like_script: bool) -> tuple[str, str] | None:
    """Return problem and cure of a name."""
    nothing, cartridge = f"nothing runs {name!r}", CARTRIDGE.match(name)
    foreign, near = FOREIGN.get(spelled), difflib.get_close_matches(spelled, sorted(places), n=1, cutoff=NEAR)
    why: tuple[str, str] | None = None
    if spelled in places:
        why = f"{nothing}: the hook is spelled {spelled!r}", "rename it"
    elif cartridge:
        cures = {"pre_build": "rename it to 'pre_build'", **FOREIGN}
        cure = cures.get(f"{cartridge[1]}_{cartridge[2]}", "s2itasks has no equivalent")
        why = f"{nothing}: OpenShift V2 sourced it around what a cartridge did", cure
    elif EXTENSION.search(name) or name == name.upper():
        pass
    elif foreign and looks_like_script:
        problem, _, cure = foreign.partition("; ")
        why = f"{nothing}: {problem}", cure or "move it there"
    elif near and (looks_like_script or places[near[0]] is Kind.ENV_SCRIPT):
        why = nothing, f"rename it if it is meant to be {near[0]!r}"
    return why


def of_directories(names: Callable[[str], Iterable[str]], places: Collection[str]) -> Iterator[NearMiss]:
    """Yield what lies where nothing looks for it: directories of hooks or jobs, the environment, the task file.

    :param names: the names in a directory of the source, those of directories with a slash at their end.
    :param places: the names that hooks and env scripts have.
    """
    inside = list(names(".s2i"))
    for each in inside:
        yield from _in_s2i(each.rstrip("/"), places, is_directory=each.endswith("/"))
    for each in names("."):
        if each.endswith("/"):
            yield from _at_the_top(each.rstrip("/"), set(names(each)), places, is_empty=not inside)


def _in_s2i(name: str, places: Collection[str], *, is_directory: bool) -> Iterator[NearMiss]:
    spelled, path = name.replace("-", "_").lower(), f".s2i/{name}"
    if spelled in places and not is_directory:
        yield NearMiss(path, f"nothing looks for a hook in {path}", f"move it into {ACTION_HOOKS}")
    elif not is_directory and name.lower() in NEARLY_FILES and name not in NEARLY_FILES.values():
        meant = NEARLY_FILES[name.lower()]
        yield NearMiss(path, f"nothing reads {path}", f"rename it if it is meant to be .s2i/{meant}")
    elif is_directory and spelled in (*NEARLY_HOOKS, "action_hooks") and name != "action_hooks":
        yield NearMiss(path, f"nothing looks for hooks in {path}", f"rename it to {ACTION_HOOKS}")
    elif is_directory and spelled in (*NEARLY_JOBS, "jobs", "cron_jobs") and name not in ("jobs", "cron_jobs"):
        yield NearMiss(path, f"nothing looks for jobs in {path}", "rename it to .s2i/jobs")


def _at_the_top(name: str, holds: set[str], places: Collection[str], *, is_empty: bool) -> Iterator[NearMiss]:
    platform, origin = OTHERS.get(name, ("", ""))
    if name == "action_hooks" and holds.intersection(places):
        yield NearMiss(name, f"nothing looks for hooks in {name} at the top", f"move it to {ACTION_HOOKS}")
    elif name.lower() in ("s2i", ".s2i") and name != ".s2i" and holds.intersection(HELD):
        yield NearMiss(name, f"nothing looks into {name}", "rename it to .s2i")
    elif platform and is_empty and holds.intersection(HELD_THERE):
        problem = f"nothing looks into {name}, which is for {platform}"
        yield NearMiss(name, problem, f"convert it: s2itasks init --from {origin}")


def entries(directory: Path) -> list[str]:
    """Return the names in a directory, those of directories with a slash at their end; none where there is none."""
    try:
        with os.scandir(directory) as found:
            return sorted(f"{each.name}/" if each.is_dir() else each.name for each in found)
    except OSError:
        return []
