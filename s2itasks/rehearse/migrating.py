"""The ``migrate`` hook, which nothing in a pod runs: a Job does, before the roll-out (see `manifests.one_off`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from s2itasks.check.source import Source
from s2itasks.graph import Graph
from s2itasks.hooks.inventory import Inventory
from s2itasks.manifests.described import deploy_migrates

from .root import Root

STAYS = "files: what the migrate hook writes stays for the application; those of a Job's pod go with that"


def is_of_job(source: Path, root: Root, graph: Graph, environ: Mapping[str, str]) -> bool:
    """Whether a Job would run the hook: there is one, and ``deploy`` does not do the same.

    :param source: the application's repository.
    :param graph: the phases that there are.
    :param environ: the shell's environment.
    """
    if not root.has_hook("migrate"):
        return False
    read = Source.read(source, graph, environ)
    return not deploy_migrates(read, Inventory(read.layout, graph.hooks))
