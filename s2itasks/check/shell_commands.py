"""Reading the simple commands of a shell script: assignments, words, redirections, and ``[[ ... ]]``."""

from __future__ import annotations

import re

from .shell import Assignment, Command, Node, Redirect, Word
from .shell_text import Unparsable
from .shell_words import WordReader

REDIRECTION = re.compile(r"(\d+|\{\w+\})?(&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||<(?!\()|>(?!\())")
ASSIGNS = re.compile(r"([A-Za-z_]\w*)(\[[^\]]*\])?(\+)?=")


class CommandReader(WordReader):
    """Reads commands that hold no others but in their words."""

    def skip_empty(self) -> None:
        """Go to the next command, over blanks, comments and empty lines."""
        while True:
            self.skip_blank()
            if self.peek() == "\n":
                self.newline()
            else:
                return

    def simple(self, line: int) -> Node:
        """Read assignments, words and redirections."""
        command = Command(line)
        while True:
            self.skip_blank()
            if self._redirection(command):
                continue
            start = self.position
            word = self.word()
            if self.position == start:
                return command
            assigned = ASSIGNS.match(word.text)
            if assigned and not command.words and self.text.startswith(assigned[1], start):
                value = Word(word.text[assigned.end() :], word.line, word.expansions, word.substitutions, word.quoted)
                command.assignments.append(Assignment(assigned[1], word.line, value, bool(assigned[3])))
            else:
                command.words.append(word)

    def test(self, line: int) -> Node:
        """Read ``[[ ... ]]``, in which brackets and angles are nothing special."""
        command = Command(line, words=[Word("[[", line)])
        self.position += 2
        while True:
            self.skip_empty()
            if self._at_closed_test():
                self.position += 2
                return self.redirected(command)
            if self.position >= len(self.text):
                raise Unparsable
            command.words.append(self.word(special=" \t\n"))

    def words(self) -> list[Word]:
        """Read words to the end of the command."""
        words: list[Word] = []
        while True:
            self.skip_blank()
            start = self.position
            word = self.word()
            if self.position == start:
                return words
            words.append(word)

    def redirected(self, node: Node) -> Node:
        """Read what is redirected behind a command."""
        self.skip_blank()
        while self._redirection(node):
            self.skip_blank()
        return node

    def _redirection(self, node: Node) -> bool:
        found = REDIRECTION.match(self.text, self.position)
        if not found:
            return False
        self.position = found.end()
        self.skip_blank()
        redirect = Redirect(found[2], found[1] or "", self.word())
        if found[2] in ("<<", "<<-"):
            self.await_here_document(redirect)
        node.redirects.append(redirect)
        return True

    def _at_closed_test(self) -> bool:
        return bool(re.compile(r"\]\](?=[\s;&|()<>]|$)").match(self.text, self.position))
