"""Reading the words of a shell script, arrays, and here-documents."""

from __future__ import annotations

import re

from .expansions import SPECIAL, ExpansionReader
from .text import Unreadable
from .tree import Unread
from .word import Array, Literal, Redirect, Word

PLAIN = re.compile(r"[^ \t\n;&|()<>'\"\\$`]+")
OPENS_ARRAY = re.compile(r"[A-Za-z_]\w*\+?=", re.ASCII)
TABS = "\t*"
ENDS_IN_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\\n\Z")
LONGEST_RUN = 1000  # backslashes


class WordReader(ExpansionReader):
    """Reads words."""

    def word(self, begun: Word | None = None) -> Word:
        """Read one word, or the rest of one."""
        word = begun or Word(self.line, self.position)
        while True:
            plain = self._plain(word)
            character = self.peek()
            if not character:
                return word
            if character in SPECIAL:
                self.piece(word)
            elif self.peek(2) in ("<(", ">("):
                self.substitution(word, self.peek(2))
            elif character == "(" and plain and plain[-1] in "@!?*+":
                self._bracketed(word, "(", ")")
            elif character == "(" and plain and len(word.parts) == 1 and OPENS_ARRAY.fullmatch(plain):
                self.array(word)
            else:
                return word

    def regular_expression(self) -> Word:
        """Read the word behind ``=~``, in which round brackets and ``|`` are nothing special."""
        word = Word(self.line, self.position)
        while True:
            self._plain(word)
            character = self.peek()
            if not character:
                return word
            if character in SPECIAL:
                self.piece(word)
            elif character == "(":
                self._bracketed(word, "(", ")")
            elif character == "|":
                word.parts.append(Literal("|"))
                self.position += 1
            else:
                return word

    def _plain(self, word: Word) -> str:
        """Read what stands for itself; return it."""
        found = PLAIN.match(self.text, self.position)
        if not found:
            return ""
        word.parts.append(Literal(found[0]))
        self.position = found.end()
        return found[0]

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

    def array(self, word: Word) -> None:
        """Read the brackets of ``NAME=(...)`` and the elements between them."""
        start = self.position
        elements: list[Word] = []
        self.enter()
        self.position += 1
        while True:
            self.skip_empty()
            if self.at_end:
                raise self.unclosed(start, "(")
            if self.peek() == ")":
                break
            before = self.position
            element = Word(self.line, before)
            if self.peek() == "[":
                self._bracketed(element, "[", "]")
            elements.append(self.word(element))
            if self.position == before:
                raise self.unexpected()
        self.leave()
        self.position += 1
        word.parts.append(Array(self.text[start : self.position], elements))

    def skip_empty(self) -> None:
        """Go to the next word or operator, over blanks, comments and ends of lines."""
        self.skip_blank()
        while self.peek() == "\n":
            self.newline()
            self.skip_blank()

    def newline(self) -> None:
        """Go over the end of a line, and read the here-documents that begin there."""
        self.position += 1
        awaited, self.awaited = self.awaited, []
        for redirect, delimiter in awaited:
            self._here_document(redirect, delimiter)

    def _bracketed(self, word: Word, opening: str, closing: str) -> None:
        start = self.position
        word.parts.append(Literal(opening))
        self.position += 1
        self.enter()
        self.group(word, opening, closing, start)
        self.leave()
        word.parts.append(Literal(closing))
        self.position += 1

    def _here_document(self, redirect: Redirect, delimiter: Word) -> None:
        expanded, line = not delimiter.quoted, self.line
        text = self._here_text(delimiter.text, expanded=expanded, tabs=redirect.operator == "<<-")
        redirect.target = Word(line, delimiter.start)
        if expanded:
            reader = self.part_reader(text, line)
            try:
                reader.here_document(redirect.target)
            except Unreadable as unreadable:
                self.unread.append(Unread(unreadable.line, unreadable.problem))
                redirect.target.parts = [Literal(text)]
        else:
            redirect.target.parts.append(Literal(text, quoted=True))

    def _here_text(self, delimiter: str, *, expanded: bool, tabs: bool) -> str:
        """Read lines up to the delimiter; without quotes, a backslash joins a line with the next."""
        start = self.position
        ending = re.compile(rf"^{TABS if tabs else ''}{re.escape(delimiter)}$", re.MULTILINE)
        for found in ending.finditer(self.text, start):
            end = found.start()
            before = self.text[max(start, end - LONGEST_RUN) : end]
            if not (expanded and ENDS_IN_BACKSLASH.search(before)):
                self.position = min(found.end() + 1, len(self.text))
                return self.text[start:end]
        self.position = len(self.text)
        return self.text[start:]
