"""Lines of a script that are whole statements, so that they can be taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from s2itasks.shell import Command, Node, Script, parse

from .meaning import AS_WRITTEN

COMMENT = re.compile(r"\s*#")
CONTINUED = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")


@dataclass(frozen=True)
class Unit:
    """Lines that are one statement, or some, and nothing else.

    :param first: the index of their first line in the original.
    :param last: that of their last one.
    :param nodes: the commands that they consist of, those within others left out.
    :param fills: whether the block that they stand in would be empty without them.
    """

    first: int
    last: int
    nodes: tuple[Node, ...]
    fills: bool

    @property
    def depth(self) -> int:
        """How many compound commands it stands in."""
        return sum(1 for _ in self.nodes[0].around())

    @property
    def is_one(self) -> bool:
        """Whether it is a single statement: a command, or some with ``|``, ``&&`` and ``||`` between them."""
        return all(node.before for node in self.nodes[1:])

    @property
    def command(self) -> Command | None:
        """The simple command that it consists of, where it is a single one."""
        only = self.nodes[0]
        return only if len(self.nodes) == 1 and isinstance(only, Command) else None

    @property
    def within(self) -> list[Node]:
        """Every command in it, in the order of the text."""
        return [each for node in self.nodes for each in (node, *node.within())]

    @property
    def commands(self) -> list[Command]:
        """Every simple command in it."""
        return [node for node in self.within if isinstance(node, Command)]


def is_code(line: str) -> bool:
    """Whether a line is more than a comment."""
    return bool(line.strip()) and not COMMENT.match(line)


def units(script: Script, lines: Sequence[str], places: Sequence[int]) -> Iterator[Unit]:
    """Yield the lines that can be taken out, from top to bottom.

    A line that ends in a backslash goes with the next one. A statement of several lines is a unit where it stands in no
    other one; else its lines are looked at one by one.

    :param lines: what stands for each line of the original.
    :param places: for each line of the script, the index of the original's.
    """
    at = [places[min(node.line, len(places)) - 1] for node in script.nodes_within()]
    placed: dict[int, list[Node]] = {}
    for node, index in zip(script.nodes_within(), at):
        placed.setdefault(index, []).append(node)
    starts = sorted({places[min(node.line, len(places)) - 1] for node in script.nodes})
    index = 0
    while index < len(lines):
        last = index
        while last + 1 < len(lines) and CONTINUED.search(lines[last]) and is_code(lines[index]):
            last += 1
        unit = _unit(lines, index, last, placed)
        if unit is None and index in starts:
            end = next((start for start in starts if start > index), len(lines)) - 1
            while end > last and not is_code(lines[end].rpartition("\n")[2]):
                end -= 1
            whole = _unit(lines, index, end, placed) if end > last else None
            if whole:
                yield whole
        if unit:
            yield unit
        index = last + 1


def _unit(lines: Sequence[str], first: int, last: int, placed: dict[int, list[Node]]) -> Unit | None:
    """Return some lines as a unit, where they mean alone what they mean in their script."""
    nodes = [node for index in range(first, last + 1) for node in placed.get(index, ())]
    if not nodes:
        return None
    alone = parse("\n".join(line for line in lines[first : last + 1] if line))
    depth = sum(1 for _ in nodes[0].around())
    if alone.unread or [AS_WRITTEN.node(node, depth) for node in nodes] != AS_WRITTEN.script(alone):
        return None
    block = nodes[0].block
    tops = [node for node in nodes if node.block is block]
    connected = tops[0].before or tops[-1].after in ("&&", "||", "|")
    if block is None or connected or nodes[0].in_condition or nodes[0].captured:
        return None
    return Unit(first, last, tuple(tops), fills=block.owner is not None and len(block.nodes) == len(tops))
