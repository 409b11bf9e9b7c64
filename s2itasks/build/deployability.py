"""What a build can tell of the pods to come: which of their hooks and jobs cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.errors import Failure
from s2itasks.graph import Graph, Group, Kind, Phase
from s2itasks.hooks.inventory import Inventory
from s2itasks.layout import EMBEDDED_SCRIPTS
from s2itasks.process import reading
from s2itasks.process.verdict import State

# Variables that decide what the builder's `run` starts. deploy_env can set them, which only a pod finds out.
DECIDES_WHAT_STARTS = re.compile(rb"\bAPP_(?:SCRIPT|FILE|MODULE|HOME)\b")


def fatal(graph: Graph, has: Inventory) -> Failure | None:
    """Return what keeps every pod from starting: the failure of the first hook or env script that ends ``run``."""
    found = [has.hook(phase.name) for phase in _starting(graph)]
    return next((each.failure for each in found if each.failure), None)


def warnings(graph: Graph, has: Inventory, environ: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the other hooks of a deployment, with jobs, and with what the builder's ``run`` starts.

    :param environ: what is known of the environment of a pod.
    """
    starting = _starting(graph)
    others = [each for each in graph.listed if each.kind and each.group is not Group.BUILD]
    found = [has.hook(phase.name) for phase in others if phase not in starting]
    found += [each for scripts in has.jobs.values() for each in scripts]
    failures = [*(each.failure for each in found), has.unlisted_jobs]
    said = [str(each) for each in failures if each]
    return list(dict.fromkeys([*said, *_of_application_script(has, environ)]))


def _starting(graph: Graph) -> list[Phase]:
    return [phase for phase in graph.flattened(graph["run"]) if phase.kind]


def _of_application_script(has: Inventory, environ: Mapping[str, str]) -> Iterator[str]:
    """Return what is wrong with ``app.sh``, or the file that APP_SCRIPT names, where the builder would start that."""
    given = any(environ.get(name) for name in ("APP_SCRIPT", "APP_FILE", "APP_MODULE"))
    name = environ.get("APP_SCRIPT") if given else "app.sh"
    if not name or has.hook("run").is_there or _is_undecided(has):
        return
    found = has.script(Kind.HOOK, has.layout.source / environ.get("APP_HOME", "") / name)
    if found.failure and found.state is not State.NOT_A_FILE:  # then the builder looks for something else
        yield f"{found.failure.problem}, and the builder's run starts it; {found.failure.cure}"


def _is_undecided(has: Inventory) -> bool:
    """Whether the builder knows no APP_SCRIPT, or may become something else."""
    layout = has.layout
    return (
        (layout.scripts != EMBEDDED_SCRIPTS and b"APP_SCRIPT" not in _content(layout.scripts / "run"))
        or b"wsgi_app" in _content(has.lies(layout.source / "gunicorn.conf.py"))
        or DECIDES_WHAT_STARTS.search(_content(has.lies(layout.hooks / "deploy_env"))) is not None
    )


def _content(path: Path) -> bytes:
    try:
        return reading.head(path, reading.MOST)
    except OSError:
        return b""
