"""A shell script as a tree of commands: what rules ask of it, whoever parsed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# What runs the command behind it; the options that take a value are skipped with it.
PREFIXES = {
    "exec": ("-a",),
    "command": (),
    "builtin": (),
    "nohup": (),
    "nice": ("-n",),
    "time": (),
    "timeout": ("-k", "-s", "--kill-after", "--signal"),
    "stdbuf": ("-i", "-o", "-e"),
    "env": ("-u", "-C"),
    "sudo": ("-u", "-g"),
    "tini": (),
    "dumb-init": (),
}


@dataclass
class Expansion:
    """A variable that a word reads.

    :param guarded: it says itself what counts where the variable is missing, as ``${NAME:-default}`` does.
    """

    name: str
    line: int
    guarded: bool


@dataclass
class Word:
    """A word with its quotes removed; what is expanded in it stays as it is written."""

    text: str
    line: int
    expansions: list[Expansion] = field(default_factory=list)
    substitutions: list[Block] = field(default_factory=list)
    quoted: bool = False


@dataclass
class Redirect:
    """A redirection; for a here-document the target is its text."""

    operator: str
    descriptor: str
    target: Word

    @property
    def of_stdout(self) -> bool:
        """Whether the command's stdout goes elsewhere: to a file, to stderr, to another descriptor."""
        return self.operator[0] in ">&" and self.descriptor in ("", "1")


@dataclass
class Assignment:
    """``NAME=value``, before a command or alone."""

    name: str
    line: int
    value: Word
    append: bool = False


@dataclass
class Node:
    """A simple or compound command.

    :param before: what connects it with the one before: ``&&``, ``||``, ``|`` or nothing.
    :param after: what follows it: ``&&``, ``||``, ``|``, ``&``, or nothing.
    """

    line: int
    before: str = ""
    after: str = ""
    negated: bool = False
    redirects: list[Redirect] = field(default_factory=list)
    block: Block | None = None

    def around(self) -> Iterator[Compound]:
        """Give the compound commands around it, the innermost first."""
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
        if self.captured or "|" in (self.before, self.after):
            return True
        return any(each.kind == "(" or "|" in (each.before, each.after) for each in self.around())

    @property
    def stdout_redirected(self) -> bool:
        """Whether what it prints goes somewhere else than the script's stdout."""
        nodes = (self, *self.around())
        return any(
            each.after == "|" or any(redirect.of_stdout for redirect in each.redirects)
            for each in nodes
            if not isinstance(each, Compound) or each.kind != "function"
        )


@dataclass
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

    def invoked(self) -> list[str]:
        """Give the argv of what really runs, behind ``exec``, ``timeout 5``, ``env A=b`` and the like."""
        argv = self.argv
        while argv and argv[0].rpartition("/")[2] in PREFIXES:
            prefix = argv[0].rpartition("/")[2]
            rest = _behind_options(argv[1:], PREFIXES[prefix])
            if prefix == "timeout":
                rest = rest[1:]
            if prefix == "env":
                while rest and "=" in rest[0]:
                    rest = rest[1:]
            if not rest:
                break
            argv = rest
        return argv

    def expansions(self) -> Iterator[Expansion]:
        """Give the variables it reads, those in its substitutions left out."""
        for word in self.all_words():
            yield from word.expansions

    def all_words(self) -> Iterator[Word]:
        """Give its words, the values it assigns and the targets of its redirections."""
        yield from self.words
        for assignment in self.assignments:
            yield assignment.value
        for redirect in self.redirects:
            yield redirect.target


@dataclass
class Compound(Node):
    """``if``, ``while``, ``until``, ``for``, ``case``, ``{``, ``(`` or ``function``.

    :param name: a function's name, or a loop's variable.
    :param words: what a loop goes through, or what ``case`` looks at.
    """

    kind: str = ""
    name: str = ""
    words: list[Word] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Block:
    """Commands one after another.

    :param condition: their status is asked for by the compound command around them.
    :param captured: their output is.
    """

    nodes: list[Node] = field(default_factory=list)
    owner: Compound | None = None
    condition: bool = False
    captured: bool = False

    def nodes_within(self) -> Iterator[Node]:
        """Give every simple and compound command, in the order of the text, substitutions included."""
        for node in self.nodes:
            yield node
            if isinstance(node, Compound):
                for word in (*node.words, *(redirect.target for redirect in node.redirects)):
                    for block in word.substitutions:
                        yield from block.nodes_within()
                for block in node.blocks:
                    yield from block.nodes_within()
            elif isinstance(node, Command):
                for word in node.all_words():
                    for block in word.substitutions:
                        yield from block.nodes_within()

    def commands(self) -> Iterator[Command]:
        """Give every simple command, in the order of the text."""
        return (node for node in self.nodes_within() if isinstance(node, Command))

    def statements(self) -> list[Node]:
        """Give what it does itself: its commands but for function definitions."""
        return [node for node in self.nodes if not (isinstance(node, Compound) and node.kind == "function")]


def _behind_options(argv: list[str], with_value: tuple[str, ...]) -> list[str]:
    while argv and argv[0].startswith("-") and argv[0] != "-":
        skipped = 2 if argv[0] in with_value else 1
        if argv[0] == "--":
            return argv[1:]
        argv = argv[skipped:]
    return argv
