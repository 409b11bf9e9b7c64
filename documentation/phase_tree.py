"""The phases as a tree of text, for docs/internals.md."""

from __future__ import annotations

from collections.abc import Iterator

from s2itasks.graph import Graph, Phase
from s2itasks.inspection.list_formats import BRANCH, LAST, TRUNK


def drawn(graph: Graph) -> str:
    """Return a tree for each phase that no other one needs; those with the same tree share it."""
    needed = {name for phase in graph for name in phase.prerequisites}
    names: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for phase in graph:
        if phase.name not in needed:
            names.setdefault((("", _note(phase)), *_below(graph, phase)), []).append(phase.name)
    trees = [[(", ".join(of), tree[0][1]), *tree[1:]] for tree, of in names.items()]
    width = max(len(text) for tree in trees for text, _ in tree)
    return "".join(f"{text:<{width}}  {note}".rstrip() + "\n" for tree in trees for text, note in tree)


def _below(graph: Graph, phase: Phase, trunk: str = "") -> Iterator[tuple[str, str]]:
    """Yield a line for each prerequisite, and those of its own below it: what is drawn, and the note beside it."""
    for left, name in enumerate(phase.prerequisites, start=1 - len(phase.prerequisites)):
        yield trunk + (BRANCH if left else LAST) + name, _note(graph[name])
        yield from _below(graph, graph[name], trunk + (TRUNK if left else " " * len(TRUNK)))


def _note(phase: Phase) -> str:
    return ", ".join(filter(None, [phase.kind.value if phase.kind else "", phase.becomes * "replaces the process"]))
