"""What a script means to the shell's reader, apart from its lines and comments: by it, two texts can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Union

from s2itasks.shell import Arithmetic, Array, Command, Compound, Expansion, Literal, Node, Script, Word

# The kind of a command, and all of its texts; what it is connected with; how deep in others it stands.
Meaning = tuple[str, tuple[str, ...], tuple[Union[str, bool, int], ...]]


def unchanged(text: str) -> str:
    """Return a text as it is."""
    return text


def as_called(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of a command as they are."""
    return texts


@dataclass(frozen=True)
class Reader:
    """Says what commands mean where some variables have values that are known.

    :param values: those values. An expansion of one of them means the same as its value,
        also where that is written beside it as the default.
    :param same: returns what is put for a text, so that two texts for which it is the same mean the same.
    :param called: likewise for all texts of a command.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    same: Callable[[str], str] = unchanged
    called: Callable[[tuple[str, ...]], tuple[str, ...]] = as_called

    def script(self, script: Script) -> list[Meaning]:
        """Return what all commands of a script mean, in the order of the text."""
        return [self.node(node) for node in script.nodes_within()]

    def node(self, node: Node, depth: int = 0) -> Meaning:
        """Return what a command means, without the commands in it.

        :param depth: how many of the compound commands around it are not asked for.
        """
        texts: list[str] = []
        kind = "command"
        if isinstance(node, Command):
            texts += (self.word(word) for word in node.words)
            for each in node.assignments:
                index = self.word(each.index) if each.index else ""
                texts.append(f"{each.name}[{index}]{each.append} {self.word(each.value)}")
        elif isinstance(node, Compound):
            kind = f"{node.kind} {node.name} {len(node.blocks)}"
            texts += (self.word(word) for word in node.words)
            texts += (self.word(pattern) for block in node.blocks for pattern in block.patterns)
        for redirect in node.redirects:
            texts.append(f"{redirect.descriptor}{redirect.operator}{redirect.target.quoted}")
            texts.append(self.word(redirect.target))
        around = sum(1 for _ in node.around()) - depth
        return kind, self.called(tuple(texts)), (node.before, node.after, node.negated, node.background, around)

    def word(self, word: Word) -> str:
        """Return what a word is, the commands in it left out."""
        return self.same("".join(map(self._part, word.parts)))

    def _part(self, part: object) -> str:
        if isinstance(part, Literal):
            return part.text
        if isinstance(part, Expansion):
            return self._expansion(part)
        if isinstance(part, Arithmetic):
            return f"$(({self.word(part.inner)}))"
        if isinstance(part, Array):
            return f"({' '.join(map(self.word, part.elements))})"
        return "$()"

    def _expansion(self, part: Expansion) -> str:
        value = self.values.get(part.name)
        if part.text in (f"${part.name}", f"${{{part.name}}}"):
            return f"${{{part.name}}}" if value is None else value
        if value and part.text == f"${{{part.name}:-{value}}}":
            return value
        prefix = part.text[2:3] if part.text[2:3] in ("#", "!") else ""
        return f"${{{prefix}{part.name if value is None else value}{self.word(part.inner)}}}"


AS_WRITTEN = Reader()


def deeper(meaning: Meaning, depth: int) -> Meaning:
    """Return the meaning of a command that is put into compound commands."""
    kind, texts, (before, after, negated, background, around) = meaning
    return kind, texts, (before, after, negated, background, int(around) + depth)
