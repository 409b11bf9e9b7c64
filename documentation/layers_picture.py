"""The layers of the environment as a picture, for docs/environment.md: a column each for build and deployment."""

from __future__ import annotations

from .svg import Drawing, Theme

WIDTH, HEIGHT, ROW = 330, 30, 48  # pixels of a box, and from one to the next
# From the top layer, which wins, to the lowest.
BUILD = ("build_env", "$BASH_ENV: the image's activation", ".s2i/environment: what is missing", "image, BuildConfig")
DEPLOYMENT = (
    "deploy_env",
    "$BASH_ENV, generate_container_user",
    ".s2i/environment: what is missing",
    "image, deployment, Secrets",
)


def drawn(theme: Theme) -> str:
    """Return the picture as SVG."""
    drawing = Drawing(theme, "The layers of the build environment and of the application environment")
    columns = (
        ("build environment", BUILD, "the builder's assemble, build"),
        ("application environment", DEPLOYMENT, "run, exec, shell, jobs, hook commands"),
    )
    for number, (title, layers, reader) in enumerate(columns):
        x = 12 + number * (WIDTH + 40)
        drawing.text(x, 22, f"The {title}, for", faint=True, prose=True)
        drawing.text(x, 40, reader, prose=True)
        for place, layer in enumerate(layers):
            fill = theme.plain if place else theme.script
            drawing.box(x, 54 + place * ROW, layer, fill, height=HEIGHT, width=WIDTH)
            if place:
                middle, top = x + WIDTH / 2, 54 + place * ROW
                drawing.arrow(middle, top, middle, top - ROW + HEIGHT)
    return drawing.finished()
