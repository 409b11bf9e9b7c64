"""Whether a stream shows colours, and how a terminal is told a colour.

Pods print their messages through here as well, so nothing is imported that does not come with every Python.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing is not always loaded
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NONE = ""
BOLD = "1"
FAINT = "2"
RED = "31"
GREEN = "32"
YELLOW = "33"
CYAN = "36"


def shown_by(stream: Any, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether what is written to a stream can have colours.

    ``NO_COLOR`` and ``FORCE_COLOR`` decide, in this order; an empty value says nothing, and ``FORCE_COLOR=0`` is a no.
    Else a terminal has them, unless ``TERM`` calls it ``dumb``.
    """
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] != "0"
    try:
        return environ.get("TERM") != "dumb" and bool(stream.isatty())
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


def painted(text: str, style: str) -> str:
    """Return a text as a terminal shows it in a style, one of those above; blanks around it stay as they are."""
    bare = text.strip()
    if not style or not bare:
        return text
    before, _, after = text.partition(bare)
    return f"{before}\x1b[{style}m{bare}\x1b[0m{after}"
