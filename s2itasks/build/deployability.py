"""What a build can tell of the pods to come: which of their hooks and jobs cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks import application
from s2itasks.environment import required
from s2itasks.errors import Failure
from s2itasks.graph import Graph, Group, Kind, Phase
from s2itasks.hooks.found import Found
from s2itasks.hooks.inventory import Inventory
from s2itasks.layout import EMBEDDED_SCRIPTS, Layout
from s2itasks.process import reading
from s2itasks.process.verdict import State


def fatal(graph: Graph, has: Inventory) -> Failure | None:
    """Return what keeps every pod from starting: the failure of the first hook or env script that ends ``run``."""
    try:
        required.of_application(has.layout)
    except Failure as failure:
        return failure
    found = [each for phase in _starting(graph) for each in _split(phase, has)[0]]
    return next((each.failure for each in found if each.failure), None)


def warnings(graph: Graph, has: Inventory, environ: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the other hooks of a deployment, with jobs, and with what the builder's ``run`` starts.

    :param environ: what is known of the environment of a pod.
    """
    starting = _starting(graph)
    others = [each for each in graph.listed if each.kind and each.group is not Group.BUILD]
    found = [each for phase in others if phase not in starting for each in has.every_hook(phase.name)]
    found += [each for phase in starting for each in _split(phase, has)[1]]
    found += [each for scripts in has.jobs.values() for each in scripts]
    failures = [*(each.failure for each in found), has.unlisted_jobs]
    said = [str(each) for each in failures if each]
    return list(dict.fromkeys([*said, *_of_application_script(has, environ)]))


def _split(phase: Phase, has: Inventory) -> tuple[list[Found], list[Found]]:
    """Return the hooks that a phase runs, and those that it does not: a process can become one alone."""
    *image, own = has.every_hook(phase.name)
    return ([own], image) if phase.becomes and own.is_there else ([*image, own], [])


def _starting(graph: Graph) -> list[Phase]:
    return [phase for phase in graph.flattened(graph["run"]) if phase.kind]


def _of_application_script(has: Inventory, environ: Mapping[str, str]) -> Iterator[str]:
    """Return what is wrong with ``app.sh``, or the file that APP_SCRIPT names, where the builder would start that."""
    layout = has.layout
    if any(each.is_there for each in has.every_hook("run")) or not _knows_scripts(layout):
        return
    deploy_env, gunicorn_conf = layout.hooks / "deploy_env", layout.source / "gunicorn.conf.py"
    path = application.started_script(environ, _text(has.lies(deploy_env)), _text(has.lies(gunicorn_conf)))
    found = has.script(Kind.HOOK, layout.source / path) if path else None
    if found and found.failure and found.state is not State.NOT_A_FILE:  # then the builder looks for something else
        yield f"{found.failure.problem}, and the builder's run starts it; {found.failure.cure}"


def _knows_scripts(layout: Layout) -> bool:
    """Whether the builder looks for APP_SCRIPT; older images do not."""
    return layout.scripts == EMBEDDED_SCRIPTS or "APP_SCRIPT" in _text(layout.scripts / "run")


def _text(path: Path) -> str:
    try:
        return reading.head(path, reading.MOST).decode("utf-8", "replace")
    except OSError:
        return ""
