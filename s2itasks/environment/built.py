"""What the build left behind: the hooks and env scripts that there were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from s2itasks.layout import Layout

from .errors import HookGone

GRAPH_FILE = "graph.json"  # in the pinned runtime; `launcher.graph_file` writes it


def require_not_gone(layout: Layout, name: str, there: Sequence[Path]) -> None:
    """Refuse to go on without a hook or an env script that the image was built with.

    :param there: those of the name that there are.
    :raises HookGone: when there was another one.
    """
    missing = [script for script in layout.scripts_of(name) if script not in there]
    if not missing:
        return
    try:
        compiled = json.loads((layout.runtime / GRAPH_FILE).read_bytes())
    except (OSError, ValueError):
        return  # nothing has been built here
    for script in missing:
        if name in compiled.get("hooks" if script.parent == layout.hooks else "image_hooks", ()):
            raise HookGone(layout.shown(script))
