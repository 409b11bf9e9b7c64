"""Parsing shell scripts as far as the rules need it; whether a script is right is asked of bash itself."""

from __future__ import annotations

import re

from .shell import Block, Command, Compound, Node, Word
from .shell_commands import CommandReader
from .shell_text import Unparsable

CONNECTION = re.compile(r"&&|\|\||\|&|\||;(?!;|&)|&(?!>)")
FUNCTION = re.compile(r"([^\s;&|()<>$`\"'=]+)[ \t]*\([ \t]*\)")
RESERVED = re.compile(
    r"(?:if|then|elif|else|fi|while|until|for|select|do|done|case|esac|in|function|time|[{}!]|\[\[)(?=[\s;&|()<>]|$)"
)
ARITHMETIC = re.compile(r"\(\((?:[^()]|\([^()]*\))*\)\)")
CASE_ENDS = (";;&", ";;", ";&")
CLOSING = ("then", "elif", "else", "fi", "do", "done", "esac", "}")


def parse(text: str) -> Block:
    """Give the commands of a script.

    :raises Unparsable: when this parser does not understand it; bash may still do.
    """
    try:
        return _Parser(text).block(until=())
    except (IndexError, RecursionError) as problem:
        raise Unparsable from problem


class _Parser(CommandReader):
    """A recursive descent over compound commands."""

    def block(self, *, until: tuple[str, ...], condition: bool = False, captured: bool = False) -> Block:
        """Read commands up to one of the words or operators given, which is left standing."""
        block = Block(condition=condition, captured=captured)
        connection = ""
        while True:
            self.skip_empty()
            if self.position >= len(self.text):
                if until:
                    raise Unparsable
                return block
            if self._at(until):
                return block
            start = self.position
            node = self._node()
            if self.position == start:
                raise Unparsable
            node.block, node.before = block, connection
            connection = self._connection()
            node.after = connection
            connection = connection if connection in ("&&", "||", "|") else ""
            block.nodes.append(node)

    def _at(self, until: tuple[str, ...]) -> bool:
        found = RESERVED.match(self.text, self.position)
        if found:
            return found[0] in until
        return any(each[0] in ");" and self.text.startswith(each, self.position) for each in until)

    def _connection(self) -> str:
        self.skip_blank()
        found = CONNECTION.match(self.text, self.position)
        if not found:
            return ""
        self.position = found.end()
        return {";": "", "|&": "|"}.get(found[0], found[0])

    def _node(self) -> Node:
        line = self.line
        found = RESERVED.match(self.text, self.position)
        reserved = found[0] if found else ""
        if reserved in ("!", "time"):
            self.position += len(reserved)
            self.skip_blank()
            node = self._node()
            node.negated = node.negated or reserved == "!"
            return node
        if reserved in CLOSING:
            raise Unparsable
        if reserved == "[[":
            return self.test(line)
        function = FUNCTION.match(self.text, self.position)
        if reserved == "function" or (function and not reserved):
            return self._function(line, function)
        arithmetic = ARITHMETIC.match(self.text, self.position)
        if arithmetic:
            self.position = arithmetic.end()
            return self.redirected(Command(line, words=[Word("((", line), Word(arithmetic[0], line)]))
        compound = self._compound(reserved, line)
        return self.simple(line) if compound is None else self.redirected(compound)

    def _compound(self, reserved: str, line: int) -> Compound | None:
        if self.peek() in ("(", "{") and (self.peek() == "(" or reserved):
            return self._grouped(line, self.peek(), {"(": ")", "{": "}"}[self.peek()])
        if reserved == "if":
            return self._if(line)
        if reserved in ("while", "until"):
            self.position += len(reserved)
            asked = self.block(until=("do",), condition=True)
            return self._owning(Compound(line, kind=reserved), asked, self._do())
        if reserved in ("for", "select"):
            return self._for(line, reserved)
        if reserved == "case":
            return self._case(line)
        return None

    def _grouped(self, line: int, opening: str, closing: str) -> Compound:
        self.position += 1
        inner = self.block(until=(closing,))
        self.position += 1
        return self._owning(Compound(line, kind=opening), inner)

    def _if(self, line: int) -> Compound:
        node = Compound(line, kind="if")
        self._expect("if")
        while True:
            asked = self.block(until=("then",), condition=True)
            self._expect("then")
            self._owning(node, asked, self.block(until=("elif", "else", "fi")))
            if not self._at(("elif",)):
                break
            self._expect("elif")
        if self._at(("else",)):
            self._expect("else")
            self._owning(node, self.block(until=("fi",)))
            node.name = "else"
        self._expect("fi")
        return node

    def _for(self, line: int, kind: str) -> Compound:
        node = Compound(line, kind="for")
        self._expect(kind)
        self.skip_blank()
        arithmetic = ARITHMETIC.match(self.text, self.position)
        if arithmetic:
            self.position = arithmetic.end()
        else:
            node.name = self.word().text
            self.skip_empty()
            if self._at(("in",)):
                self._expect("in")
                node.words = self.words()
        self._connection()
        self.skip_empty()
        return self._owning(node, self._do())

    def _case(self, line: int) -> Compound:
        node = Compound(line, kind="case")
        self._expect("case")
        self.skip_blank()
        node.words.append(self.word())
        self.skip_empty()
        self._expect("in")
        while True:
            self.skip_empty()
            if self._at(("esac",)):
                break
            if self.peek() == "(":
                self.position += 1
            while self.peek() != ")":
                self.skip_blank()
                self.position += self.peek() == "|"
                self.skip_blank()
                start = self.position
                self.word()
                self.skip_blank()
                if self.position == start:
                    raise Unparsable
            self.position += 1
            self._owning(node, self.block(until=(*CASE_ENDS, "esac")))
            self.position += next((len(each) for each in CASE_ENDS if self.text.startswith(each, self.position)), 0)
        self._expect("esac")
        return node

    def _do(self) -> Block:
        self._expect("do")
        body = self.block(until=("done",))
        self._expect("done")
        return body

    def _function(self, line: int, found: re.Match[str] | None) -> Compound:
        if self._at(("function",)):
            self._expect("function")
            self.skip_blank()
            name = self.word().text
            self.skip_blank()
            brackets = re.compile(r"\([ \t]*\)").match(self.text, self.position)
            self.position = brackets.end() if brackets else self.position
        elif found:
            name = found[1]
            self.position = found.end()
        self.skip_empty()
        body = self._node()
        inner = Block([body])
        body.block = inner
        return self._owning(Compound(line, kind="function", name=name), inner)

    def _expect(self, reserved: str) -> None:
        if not self._at((reserved,)):
            raise Unparsable
        self.position += len(reserved)

    @staticmethod
    def _owning(node: Compound, *blocks: Block) -> Compound:
        for block in blocks:
            block.owner = node
        node.blocks += blocks
        return node
