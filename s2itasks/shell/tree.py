"""A shell script as a tree of commands, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import prefixes
from .word import Assignment, Expansion, Redirect, Word


@dataclass(eq=False)  # each is itself alone: one that looks the same stands elsewhere
class Node:
    """A simple or compound command.

    :param before: what connects it with the one before: ``&&``, ``||``, ``|`` or nothing.
    :param after: what follows it: ``&&``, ``||``, ``|``, ``&``, or nothing.
    :param background: whether an ``&`` behind it, or behind the list that it begins, keeps the shell from waiting.
    :param place: its index in its block.
    """

    line: int
    before: str = ""
    after: str = ""
    background: bool = False
    negated: bool = False
    redirects: list[Redirect] = field(default_factory=list)
    block: Block | None = None
    place: int = 0

    def within(self) -> Iterator[Node]:
        """Return the commands in it."""
        return iter(())

    def around(self) -> Iterator[Compound]:
        """Return the compound commands around it, the innermost first."""
        block = self.block
        while block is not None and block.owner is not None:
            yield block.owner
            block = block.owner.block

    @property
    def captured(self) -> bool:
        """Whether what it prints becomes part of a word: it stands in ``$(...)``."""
        return any(each.block is not None and each.block.captured for each in (self, *self.around()))

    @property
    def function(self) -> str:
        """The name of the function it belongs to, if any."""
        return next((each.name for each in self.around() if each.kind == "function"), "")

    @property
    def in_condition(self) -> bool:
        """Whether its status decides what an ``if`` or a loop does, now or further out."""
        return any(each.block is not None and each.block.condition for each in (self, *self.around()))

    @property
    def in_subshell(self) -> bool:
        """Whether what it assigns is lost with the process it runs in."""
        if self.captured or any(each.kind in ("(", "coproc") for each in self.around()):
            return True
        return any("|" in (each.before, each.after) or each.background for each in (self, *self.around()))

    @property
    def stdout_redirected(self) -> bool:
        """Whether what it prints goes somewhere else than the script's stdout."""
        nodes = (self, *self.around())
        return any(
            each.after == "|"
            or any(redirect.of_stdout for redirect in each.redirects)
            or (isinstance(each, Compound) and each.kind == "coproc")
            for each in nodes
            if not isinstance(each, Compound) or each.kind != "function"
        )


@dataclass(eq=False)
class Command(Node):
    """A simple command; ``[[ ... ]]`` and ``(( ... ))`` are commands of that name."""

    assignments: list[Assignment] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)

    @property
    def argv(self) -> list[str]:
        """Its words."""
        return [word.text for word in self.words]

    @property
    def name(self) -> str:
        """Its first word, without directories."""
        return self.argv[0].rpartition("/")[2] if self.words else ""

    @property
    def replaces(self) -> bool:
        """Whether it is an ``exec`` of something; without a command, it only redirects."""
        return self.name == "exec" and len(self.words) > 1

    @property
    def replaces_script(self) -> bool:
        """Whether its process is the script's own: an ``exec`` in a pipeline or before ``&`` replaces a subshell."""
        return self.replaces and not self.in_subshell

    def invoked(self) -> list[str]:
        """Return the argv of what really runs, behind ``exec``, ``timeout 5``, ``env A=b`` and the like.

        ``command -v NAME`` runs nothing: it says where a command is.
        """
        return prefixes.invoked(self.argv)

    def expansions(self) -> Iterator[Expansion]:
        """Return the variables it reads, those in its substitutions left out."""
        for word in self.all_words():
            yield from word.expansions

    def all_words(self) -> list[Word]:
        """Return its words, what it assigns and the targets of its redirections, in the order of the text."""
        words = list(self.words)
        for assignment in self.assignments:
            words += [assignment.index] if assignment.index else []
            words.append(assignment.value)
        words += [redirect.target for redirect in self.redirects]
        return sorted(words, key=lambda word: word.start)

    def within(self) -> Iterator[Node]:
        """Return the commands in its substitutions."""
        for word in self.all_words():
            for block in word.substitutions:
                yield from block.nodes_within()


@dataclass(eq=False)
class Compound(Node):
    """``if``, ``while``, ``until``, ``for``, ``case``, ``{``, ``(``, ``coproc`` or ``function``.

    :param name: the name of a function or a coprocess, or a loop's variable.
    :param words: what a loop goes through, or what ``case`` looks at.
    """

    kind: str = ""
    name: str = ""
    words: list[Word] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)

    def within(self) -> Iterator[Node]:
        """Return the commands in it."""
        for word in self.words:
            for block in word.substitutions:
                yield from block.nodes_within()
        for block in self.blocks:
            for pattern in block.patterns:
                for inner in pattern.substitutions:
                    yield from inner.nodes_within()
            yield from block.nodes_within()
        for redirect in self.redirects:
            for block in redirect.target.substitutions:
                yield from block.nodes_within()


@dataclass(eq=False)
class Block:
    """Commands one after another.

    :param condition: whether their status is asked for by the compound command around them.
    :param captured: whether their output is.
    :param patterns: the patterns of a branch of ``case``.
    """

    nodes: list[Node] = field(default_factory=list)
    owner: Compound | None = None
    condition: bool = False
    captured: bool = False
    patterns: list[Word] = field(default_factory=list)

    def append(self, node: Node) -> None:
        """Add a command at the end."""
        node.block, node.place = self, len(self.nodes)
        self.nodes.append(node)

    def nodes_within(self) -> Iterator[Node]:
        """Return every simple and compound command, in the order of the text, substitutions included."""
        for node in self.nodes:
            yield node
            yield from node.within()

    def commands(self) -> Iterator[Command]:
        """Return every simple command, in the order of the text."""
        return (node for node in self.nodes_within() if isinstance(node, Command))

    def statements(self) -> list[Node]:
        """Return what it does itself: its commands but for function definitions."""
        return [node for node in self.nodes if not (isinstance(node, Compound) and node.kind == "function")]


@dataclass(frozen=True)
class Unread:
    """A part of a script that could not be read.

    :param problem: a clause that says why.
    """

    line: int
    problem: str


@dataclass(eq=False)
class Script(Block):
    """The commands of a script.

    :param unread: what is missing among them.
    """

    unread: list[Unread] = field(default_factory=list)
