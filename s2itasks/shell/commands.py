"""Reading the simple commands of a shell script: assignments, words, redirections, and ``[[ ... ]]``."""

from __future__ import annotations

import re
from typing import TypeVar

from .tree import Command, Node
from .word import Assignment, Literal, Redirect, Word
from .words import WordReader

REDIRECTION = re.compile(
    r"(\d+|\{[A-Za-z_]\w*(?:\[[^\]\s]*\])?\})?(&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||<(?!\()|>(?!\())", re.ASCII
)
ASSIGNED = re.compile(r"([A-Za-z_](?:\w|\\\n)*)(?=\[|\+?=)", re.ASCII)
EQUALS = re.compile(r"(\+?)=")
TEST_OPERATOR = re.compile(r"&&|\|\||[()]|[<>](?!\()")
TEST_CLOSED = re.compile(r"\]\](?=[ \t\n;&|()<>]|\Z)")

AnyNode = TypeVar("AnyNode", bound=Node)


class CommandReader(WordReader):
    """Reads commands that hold no others but in their words."""

    def simple(self, line: int) -> Command:
        """Read assignments, words and redirections."""
        command = Command(line)
        while True:
            self.skip_blank()
            if self._redirection(command) or (not command.words and self._assignment(command)):
                continue
            start = self.position
            word = self.word()
            if self.position == start:
                return command
            command.words.append(word)

    def test(self, line: int) -> Command:
        """Read ``[[ ... ]]``."""
        start = self.position
        command = Command(line, words=[Word.literal("[[", line, start)])
        self.position += len("[[")
        while True:
            self.skip_empty()
            if TEST_CLOSED.match(self.text, self.position):
                self.position += len("]]")
                return self.redirected(command)
            if self.at_end:
                raise self.unclosed(start, "[[")
            command.words.append(self._of_test(command.words[-1].text))

    def redirected(self, node: AnyNode) -> AnyNode:
        """Read what is redirected behind a command."""
        self.skip_blank()
        while self._redirection(node):
            self.skip_blank()
        return node

    def _of_test(self, before: str) -> Word:
        """Read a word or an operator of ``[[``."""
        operator = TEST_OPERATOR.match(self.text, self.position)
        if before == "=~":
            word = self.regular_expression()
        elif operator:
            word = Word.literal(operator[0], self.line, self.position)
            self.position = operator.end()
        else:
            word = self.word()
        if not word.parts:
            raise self.unexpected()
        return word

    def _assignment(self, command: Command) -> bool:
        found = ASSIGNED.match(self.text, self.position)
        if not found:
            return False
        line, start, index = self.line, self.position, None
        self.position = found.end()
        if self.peek() == "[":
            index = Word(line, self.position)
            self.position += 1
            self.enter()
            self.group(index, "[", "]", self.position - 1)
            self.leave()
            self.position += 1
        equals = EQUALS.match(self.text, self.position)
        if not equals:  # a pattern like a[bc]*
            parts = [Literal(f"{found[0]}["), *(index.parts if index else []), Literal("]")]
            command.words.append(self.word(Word(line, start, parts)))
            return True
        self.position = equals.end()
        value = Word(self.line, self.position)
        if self.peek() == "(":
            self.array(value)
        name = found[1].replace("\\\n", "")
        command.assignments.append(Assignment(name, line, self.word(value), bool(equals[1]), index))
        return True

    def _redirection(self, node: Node) -> bool:
        found = REDIRECTION.match(self.text, self.position)
        if not found:
            return False
        self.position = found.end()
        self.skip_blank()
        start = self.position
        target = self.word()
        if self.position == start:
            raise self.unexpected()
        redirect = Redirect(found[2], found[1] or "", target)
        if found[2] in ("<<", "<<-"):
            self.awaited.append((redirect, target))
            redirect.target = Word(target.line, start)
        node.redirects.append(redirect)
        return True
