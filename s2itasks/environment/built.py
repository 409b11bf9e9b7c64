"""What the build left behind: the hooks and env scripts that there were."""

from __future__ import annotations

import json

from s2itasks.layout import Layout

from .errors import HookGone

GRAPH_FILE = "graph.json"  # in the pinned runtime; `launcher.graph_file` writes it


def require_not_gone(layout: Layout, name: str) -> None:
    """Refuse to go on without a hook or an env script that the image was built with; to be asked where there is none.

    :raises HookGone: when there was one.
    """
    try:
        compiled = json.loads((layout.runtime / GRAPH_FILE).read_bytes())
    except (OSError, ValueError):
        return  # nothing has been built here
    if name in compiled["hooks"]:
        raise HookGone(layout.shown(layout.hooks / name))
