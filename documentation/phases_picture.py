"""The phases as a picture, for the README: a row each for a build, a container that starts, and one that runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2itasks.graph import Graph, Group, Kind, Phase

from .svg import Drawing, Theme

LEFT, GAP, ROW = 12, 26, 84  # pixels: the margin, between two boxes, from one row to the next
ROWS = (
    ("assemble", "A build: .s2i/bin/assemble calls s2itasks assemble"),
    ("run", "Every container that starts: .s2i/bin/run calls s2itasks run"),
)
RUNNING = "A container that runs: probes, Jobs, CronJobs and people call s2itasks ready, migrate, exec …"


def drawn(graph: Graph, theme: Theme) -> str:
    """Return the picture as SVG."""
    drawing = Drawing(theme, "The phases of a build and of a deployment, in the order in which they run")
    y = 0
    for name, title in ROWS:
        drawing.text(LEFT, y + 20, title, faint=True, prose=True)
        _chain(drawing, y + 30, in_order(graph, graph[name]))
        y += ROW
    _commands(drawing, y, graph)
    return drawing.finished()


def in_order(graph: Graph, phase: Phase) -> list[Phase]:
    """Return a phase behind all that runs before it, each once."""
    order: dict[str, Phase] = {}
    for name in phase.prerequisites:
        order.update({each.name: each for each in in_order(graph, graph[name])})
    return [*order.values(), phase]


def _chain(drawing: Drawing, y: float, phases: Iterable[Phase]) -> float:
    """Draw them from left to right, and return where the last one ends."""
    x = 0.0
    for phase in phases:
        if x:
            drawing.arrow(x, y + 15, x + GAP, y + 15)
        x = drawing.box(x + GAP if x else LEFT, y, phase.name, _fill(drawing.theme, phase))
    return x


def _commands(drawing: Drawing, y: float, graph: Graph) -> None:
    """Draw what is called in a container: hooks, and below them what has none; then the legend."""
    drawing.text(LEFT, y + 20, RUNNING, faint=True, prose=True)
    commands = [phase for phase in graph if phase.group is Group.COMMANDS]
    (before,) = {phase.prerequisites for phase in commands}
    start = _chain(drawing, y + 30, (graph[name] for name in before))
    for line, row in enumerate(_rows(commands)):
        top = y + 30 + line * 36
        drawing.arrow(start, y + 45, start + GAP, top + 15)
        x = start + GAP
        for phase in row:
            x = drawing.box(x, top, phase.name, _fill(drawing.theme, phase)) + 6
    theme, top = drawing.theme, y + 110
    x = LEFT
    for text, fill in (
        ("your hook", theme.hook),
        ("your env script", theme.script),
        ("s2itasks, the builder", theme.plain),
    ):
        drawing.box(x, top, "", fill, height=14, width=14)
        drawing.text(x + 22, top + 12, text, faint=True, prose=True)
        x += 40 + len(text) * 7


def _rows(commands: list[Phase]) -> Iterator[list[Phase]]:
    yield [phase for phase in commands if phase.kind]
    yield [phase for phase in commands if not phase.kind]


def _fill(theme: Theme, phase: Phase) -> str:
    return {Kind.HOOK: theme.hook, Kind.ENV_SCRIPT: theme.script}.get(phase.kind or Kind.TASK, theme.plain)
