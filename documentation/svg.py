"""Pictures made of boxes, arrows and text, in light and dark."""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

LETTER = 7.9  # pixels of one character of the fixed-width font, at 13 px
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PROSE = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


class Theme(NamedTuple):
    """Colours: of text and lines, and of what fills boxes.

    :param plain: boxes of s2itasks and the builder.
    :param hook: boxes of an application's hooks.
    :param script: boxes of its env scripts.
    """

    name: str
    text: str
    faint: str
    line: str
    plain: str
    hook: str
    script: str


THEMES = (
    Theme("light", "#1f2328", "#59636e", "#8c959f", "#f6f8fa", "#d2e7ff", "#d8f5d5"),
    Theme("dark", "#f0f6fc", "#9198a1", "#6e7681", "#21262d", "#143d69", "#1b4721"),
)


class Drawing:
    """A picture in the making; its size is that of what has been drawn.

    :param title: what it shows, for those who do not see it.
    """

    def __init__(self, theme: Theme, title: str) -> None:
        self.theme = theme
        self.title = title
        self._parts: list[str] = []
        self._right = self._bottom = 0.0

    def box(self, x: float, y: float, text: str, fill: str, *, height: float = 30, width: float = 0) -> float:
        """Draw a box with a word in it, and return its right edge.

        :param width: in pixels; 0 for as many as the word takes.
        """
        width = width or len(text) * LETTER + 20
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" fill="{fill}" '
            f'stroke="{self.theme.line}"/>'
        )
        self._reach(x + width, y + height)
        self.text(x + width / 2, y + height / 2 + 4.5, text, middle=True)
        return x + width

    def text(
        self, x: float, y: float, text: str, *, faint: bool = False, middle: bool = False, prose: bool = False
    ) -> None:
        """Write a line; y is its base.

        :param middle: x is the middle of the line, and not its beginning.
        :param prose: in the font of prose, and not in that of code.
        """
        anchor = ' text-anchor="middle"' if middle else ""
        family = f' font-family="{PROSE}"' if prose else ""
        fill = self.theme.faint if faint else self.theme.text
        self._parts.append(f'<text x="{x:g}" y="{y:g}" fill="{fill}"{anchor}{family}>{escape(text)}</text>')
        self._reach(x + (0 if middle else len(text) * LETTER * (0.85 if prose else 1)), y + 6)

    def arrow(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """Draw an arrow from one point to another."""
        line = f'<line x1="{x:g}" y1="{y:g}" x2="{to_x:g}" y2="{to_y:g}" '
        self._parts.append(f'{line}stroke="{self.theme.line}" stroke-width="1.5" marker-end="url(#tip)"/>')

    def finished(self) -> str:
        """Return the picture as SVG."""
        width, height = round(self._right) + 12, round(self._bottom) + 12
        title = escape(self.title)
        return "\n".join(
            [
                (
                    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
                    f'height="{height}" font-family="{FONT}" font-size="13" role="img" aria-label="{title}">'
                ),
                f"<title>{title}</title>",
                (
                    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
                    f'orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="{self.theme.line}"/></marker></defs>'
                ),
                *self._parts,
                "</svg>\n",
            ]
        )

    def _reach(self, right: float, bottom: float) -> None:
        self._right, self._bottom = max(self._right, right), max(self._bottom, bottom)
