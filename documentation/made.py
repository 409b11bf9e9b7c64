"""Which files are made from the code, and of what."""

from __future__ import annotations

import re
from pathlib import Path

from s2itasks.phases import graph

from . import commands_page, hooks_page, layers_picture, man_page, phase_tree, phases_picture
from .reference import EXIT_STATUSES, FILES, VARIABLES, table
from .svg import THEMES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
MAN_PAGE = ROOT / "share" / "man" / "man1" / "s2itasks.1"
BEGIN, END = "<!-- made by ./inv docs; do not edit -->", "<!-- end -->"
MARK = re.compile(rf"(?<={re.escape(BEGIN)}\n).*?(?=^{END}$)", re.DOTALL | re.MULTILINE)


def files() -> dict[Path, str]:
    """Return every file with its text; of a page that is written by hand, the part between two marks is made."""
    pictures = {
        PICTURES / f"{name}-{theme.name}.svg": draw(theme)
        for theme in THEMES
        for name, draw in (
            ("phases", lambda of: phases_picture.drawn(graph, of)),
            ("environment", layers_picture.drawn),
        )
    }
    pages = {
        DOCS / "commands.md": f"{table('file', FILES)}\n{commands_page.written(graph)}",
        DOCS / "environment.md": table("name", VARIABLES),
        DOCS / "exit-statuses.md": table("status", EXIT_STATUSES),
        DOCS / "hooks.md": hooks_page.written(graph),
        DOCS / "internals.md": f"```text\n{phase_tree.drawn(graph)}```\n",
    }
    made = {MAN_PAGE: man_page.written(graph), **pictures}
    return {**made, **{page: _within(page, text) for page, text in pages.items()}}


def _within(page: Path, made: str) -> str:
    """Return the text of a page with what is made in its place.

    :raises ValueError: when the page has no such place, or more than one.
    """
    text, found = MARK.subn(lambda _: made, page.read_text(encoding="utf-8"))
    if found != 1:
        raise ValueError(f"{page} has {found} places between {BEGIN} and {END}, and needs one")
    return text
