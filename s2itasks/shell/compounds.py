"""Reading compound commands, functions and coprocesses."""

from __future__ import annotations

import re
from abc import abstractmethod

from .reserved import OPENING, ReservedReader
from .tree import Block, Compound, Node
from .word import Word

BRACKETS = re.compile(r"\((?:[ \t]|\\\n)*\)")
COPROCESS = re.compile(r"([A-Za-z_]\w*)(?:[ \t]|\\\n)+", re.ASCII)
CASE_ENDS = (";;&", ";;", ";&")


class CompoundReader(ReservedReader):
    """Reads commands that hold others; how those are read is known to the parser."""

    @abstractmethod
    def _node(self) -> Node:
        """Read a command, up to the operator behind it."""

    @abstractmethod
    def _fill(self, block: Block, start: int = 0, until: tuple[str, ...] = ()) -> None:
        """Read commands up to one of the words or operators given, which is left standing."""

    def _block(self, start: int, *until: str, condition: bool = False, captured: bool = False) -> Block:
        """Return the commands up to one of the words or operators given, which is left standing."""
        block = Block(condition=condition, captured=captured)
        self._fill(block, start, until)
        return block

    def _compound(self, reserved: str, line: int) -> Compound | None:
        start = self.position
        if self.peek() == "(" or reserved == "{":
            return _owning(Compound(line, kind=self.peek()), self._grouped())
        if reserved == "if":
            return self._if(line)
        if reserved in ("while", "until"):
            self._expect(reserved)
            asked = self._block(start, "do", condition=True)
            return _owning(Compound(line, kind=reserved), asked, self._body())
        if reserved in ("for", "select"):
            return self._for(line, reserved)
        if reserved == "case":
            return self._case(line)
        return None

    def _grouped(self) -> Block:
        """Read ``( ... )`` or ``{ ...; }``."""
        start, closing = self.position, ")" if self.peek() == "(" else "}"
        self.position += 1
        block = self._block(start, closing)
        self.position += 1
        return block

    def _if(self, line: int) -> Compound:
        node, start = Compound(line, kind="if"), self.position
        self._expect("if")
        while True:
            asked = self._block(start, "then", condition=True)
            self._expect("then")
            _owning(node, asked, self._block(start, "elif", "else", "fi"))
            if not self._at(("elif",)):
                break
            self._expect("elif")
        if self._at(("else",)):
            self._expect("else")
            _owning(node, self._block(start, "fi"))
            node.name = "else"
        self._expect("fi")
        return node

    def _for(self, line: int, kind: str) -> Compound:
        node = Compound(line, kind="for")
        self._expect(kind)
        self.skip_blank()
        start = self.position
        arithmetic = self.arithmetic("((") if self.peek(2) == "((" else None
        if arithmetic:
            node.words = [Word(line, start, [arithmetic])]
        else:
            node.name = self._name()
            self.skip_empty()
            if self._at(("in",)):
                self._expect("in")
                node.words = self.words()
        self.skip_blank()
        if self.peek() == ";":
            self.position += 1
        self.skip_empty()
        return _owning(node, self._grouped() if self._at(("{",)) else self._body())

    def _case(self, line: int) -> Compound:
        node, start = Compound(line, kind="case"), self.position
        self._expect("case")
        self.skip_blank()
        node.words.append(self.word())
        self.skip_empty()
        self._expect("in")
        while True:
            self.skip_empty()
            if self.at_end:
                raise self.unclosed(start, "case")
            if self._at(("esac",)):
                break
            branch = Block(patterns=self._patterns())
            self._fill(branch, start, (*CASE_ENDS, "esac"))
            _owning(node, branch)
            self.position += next((len(each) for each in CASE_ENDS if self.text.startswith(each, self.position)), 0)
        self._expect("esac")
        return node

    def _patterns(self) -> list[Word]:
        """Read ``PATTERN | PATTERN)``, with or without an opening bracket."""
        patterns: list[Word] = []
        self.position += self.peek() == "("
        while True:
            self.skip_blank()
            start = self.position
            patterns.append(self.word())
            if self.position == start:
                raise self.unexpected()
            self.skip_blank()
            if self.peek() != "|":
                break
            self.position += 1
        if self.peek() != ")":
            raise self.unexpected()
        self.position += 1
        return patterns

    def _body(self) -> Block:
        start = self.position
        self._expect("do")
        body = self._block(start, "done")
        self._expect("done")
        return body

    def _function(self, line: int, found: re.Match[str] | None) -> Compound:
        if found:
            name = found[1]
            self.position = found.end()
        else:
            self._expect("function")
            self.skip_blank()
            name = self._name()
            self.skip_blank()
            brackets = BRACKETS.match(self.text, self.position)
            self.position = brackets.end() if brackets else self.position
        self.skip_empty()
        return _owning(Compound(line, kind="function", name=name), self._single())

    def _coprocess(self, line: int) -> Compound:
        self._expect("coproc")
        self.skip_blank()
        node = Compound(line, kind="coproc")
        named = None if self._reserved() else COPROCESS.match(self.text, self.position)
        if named:
            start, self.position = self.position, named.end()
            if self._reserved() in OPENING or self.peek() == "(":
                node.name = named[1]
            else:
                self.position = start
        return _owning(node, self._single())

    def _single(self) -> Block:
        """Read the one command that a function or a coprocess consists of."""
        block = Block()
        block.append(self._node())
        return block

    def _name(self) -> str:
        start = self.position
        word = self.word()
        if self.position == start:
            raise self.unexpected()
        return word.text


def _owning(node: Compound, *blocks: Block) -> Compound:
    for block in blocks:
        block.owner = node
    node.blocks += blocks
    return node
