"""What the build left behind: the hooks and env scripts that there were."""

from __future__ import annotations

import json

from s2itasks.errors import NOT_FOUND, Failure
from s2itasks.layout import Layout

GRAPH_FILE = "graph.json"  # in the pinned runtime; `launcher.graph_file` writes it


class HookGone(Failure):
    """A hook that the image was built with is not there any more: an empty volume lies over the source, say."""

    def __init__(self, shown: str) -> None:
        super().__init__(
            f"{shown} is gone, which was there when the image was built; look for a volume that is mounted over it",
            NOT_FOUND,
        )


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
