"""Reading quotes and everything that begins with ``$`` or a backquote.

A bracket that opens an arithmetic expression may turn out to be one of commands: ``((a); (b) )``. What was learnt by
then about the brackets inside is kept, and there is an end to reading twice, so that the time for a script is in
proportion to its length.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from .text import TextReader
from .tree import Block, Unread
from .word import Arithmetic, Expansion, Literal, Redirect, Substitution, Word

NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]", re.ASCII)
NAME_IN_BRACES = re.compile(r"(?:[#!](?=\w|[@*#?$!-]\}))?([A-Za-z_]\w*|\d+|[@*#?$!-]|)", re.ASCII)
GUARDS = re.compile(r":?[-=+]")
SINGLE_QUOTED = re.compile(r"'([^']*)'")
ESCAPED_QUOTED = re.compile(r"\$'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL)
BACKQUOTED = re.compile(r"`([^`\\]*(?:\\.[^`\\]*)*)`", re.DOTALL)
SPECIAL = "'\"\\$`"
BRACKET = re.compile(r"[$]?[\[({]{1,2}")
MOST_TWICE = 8  # times the length of the script
# Text without anything special between brackets, and between double quotes.
RUNS = {pair: re.compile(rf"[^'\"\\$`{re.escape(pair)}]+") for pair in ("()", "[]", "<>}")}
QUOTED_RUN = re.compile(r'[^"\\$`]+')
HERE_DOCUMENT_RUN = re.compile(r"[^\\$`]+")


class ExpansionReader(TextReader, ABC):
    """Reads parts of words.

    :param unread: the list to which goes what cannot be read; that of the reader around it for a part of the script.
    """

    def __init__(self, text: str, line: int = 1, depth: int = 0, unread: list[Unread] | None = None) -> None:
        super().__init__(text, line, depth)
        self.unread: list[Unread] = [] if unread is None else unread
        self.awaited: list[tuple[Redirect, Word]] = []  # here-documents that begin behind the line
        self._closings: dict[int, int] = {}
        self._of_commands: set[int] = set()
        self._read_twice = 0

    @abstractmethod
    def substituted(self, start: int, closing: str) -> Block:
        """Read the commands of a substitution, the closing bracket included."""

    @abstractmethod
    def read(self, block: Block) -> None:
        """Read all commands of the text."""

    def part_reader(self, text: str, line: int) -> ExpansionReader:
        """Return a reader of the same kind for a part of the script."""
        return type(self)(text, line, self.depth, self.unread)

    def piece(self, word: Word) -> None:
        """Read what begins with a quote, a backslash, ``$`` or a backquote."""
        character = self.peek()
        if character == "\\":
            escaped = self.text[self.position + 1 : self.position + 2]
            if escaped != "\n":
                word.parts.append(Literal(escaped or "\\", quoted=True))
            self.position += 2
        elif character == "'":
            self._single_quoted(word, SINGLE_QUOTED)
        elif self.peek(2) == "$'":
            self._single_quoted(word, ESCAPED_QUOTED)
        elif character == '"' or self.peek(2) == '$"':
            self.position += len('"') if character == '"' else len('$"')
            self.double_quoted(word)
        else:
            self._expansion(word)

    def double_quoted(self, word: Word) -> None:
        """Read up to the closing double quote, from behind the opening one."""
        start = self.position - 1
        word.parts.append(Literal("", quoted=True))
        self.enter()
        self._expanded(word, QUOTED_RUN, '$`"\\')
        self.leave()
        if self.at_end:
            raise self.unclosed(start, '"')
        self.position += 1

    def here_document(self, word: Word) -> None:
        """Read all of the text as that of a here-document whose delimiter is not quoted."""
        self._expanded(word, HERE_DOCUMENT_RUN, "$`\\", quoted=False)

    def group(self, word: Word, opening: str, closing: str, start: int) -> None:
        """Read up to the bracket that closes what is open already; that bracket is left standing.

        :param start: where it was opened.
        """
        run = RUNS["<>}" if closing == "}" else opening + closing]
        opened: list[int] = []
        while True:
            found = run.match(self.text, self.position)
            if found:
                word.parts.append(Literal(found[0]))
                self.position = found.end()
            character = self.peek()
            if not character:
                begin = BRACKET.match(self.text, start)
                raise self.unclosed(start, begin[0] if begin else closing)
            if character in SPECIAL:
                self.piece(word)
                continue
            if character == closing:
                if not opened:
                    return
                self._closings[opened.pop()] = self.position
            elif character == opening:
                opened.append(self.position)
            elif self.peek(2) in ("<(", ">("):
                self.substitution(word, self.peek(2))
                continue
            word.parts.append(Literal(character))
            self.position += 1

    def arithmetic(self, opening: str) -> Arithmetic | None:
        """Read ``((...))`` or ``$((...))``; None, and nothing is read, where the brackets are those of commands."""
        start, line = self.position, self.line
        outer = start + len(opening) - 2
        if self._are_of_commands(outer):
            return None
        said, awaited = len(self.unread), list(self.awaited)
        self.position += len(opening)
        inner = Word(line, self.position)
        self.enter()
        self.group(inner, "(", ")", start)
        self.leave()
        if self.peek(2) == "))":
            self.position += 2
            return Arithmetic(self.text[start : self.position], inner)
        self._of_commands.add(outer)
        self._read_twice += self.position - start
        if self._read_twice > MOST_TWICE * len(self.text):
            raise self.too_deep()
        self._closings[outer + 1] = self.position
        del self.unread[said:]
        self.awaited = awaited
        self.position = start
        return None

    def substitution(self, word: Word, opening: str, closing: str = ")") -> None:
        """Read a substitution of commands."""
        start = self.position
        self.position += len(opening)
        block = self.substituted(start, closing)
        word.parts.append(Substitution(self.text[start : self.position], block))

    def _are_of_commands(self, outer: int) -> bool:
        """Whether it is known already that two brackets are not closed together."""
        closed, inner = self._closings.get(outer), self._closings.get(outer + 1)
        return outer in self._of_commands or (closed is not None and inner is not None and closed != inner + 1)

    def _single_quoted(self, word: Word, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.position)
        if not found:
            raise self.unclosed(self.position, "'")
        word.parts.append(Literal(found[1], quoted=True))
        self.position = found.end()

    def _expanded(self, word: Word, run: re.Pattern[str], escapable: str, *, quoted: bool = True) -> None:
        while True:
            found = run.match(self.text, self.position)
            if found:
                word.parts.append(Literal(found[0], quoted=True))
                self.position = found.end()
            character = self.peek()
            if character in ("", '"'):
                return
            if character == "\\":
                escaped = self.text[self.position + 1 : self.position + 2]
                if escaped != "\n":
                    text = escaped if escaped and escaped in escapable else f"\\{escaped}"
                    word.parts.append(Literal(text, quoted=True))
                self.position += 2
            else:
                self._expansion(word, quoted=quoted)

    def _expansion(self, word: Word, *, quoted: bool = False) -> None:
        if self.peek() == "`":
            self._backquoted(word, quoted=quoted)
            return
        arithmetic = self.arithmetic("$((") if self.peek(3) == "$((" else None
        behind = self.text[self.position + 1 : self.position + 2]
        if arithmetic:
            word.parts.append(arithmetic)
        elif behind == "(":
            self.substitution(word, "$(")
        elif behind == "{":
            self._parameter(word, quoted=quoted)
        elif behind == "[":
            self._old_arithmetic(word)
        else:
            found = NAME.match(self.text, self.position + 1)
            if found:
                text = f"${found[0]}"
                word.parts.append(Expansion(text, found[0], self.line, guarded=False, inner=Word(self.line)))
            else:
                word.parts.append(Literal("$"))
            self.position = found.end() if found else self.position + 1

    def _old_arithmetic(self, word: Word) -> None:
        start, inner = self.position, Word(self.line, self.position)
        self.position += len("$[")
        self.enter()
        self.group(inner, "[", "]", start)
        self.leave()
        self.position += 1
        word.parts.append(Arithmetic(self.text[start : self.position], inner))

    def _backquoted(self, word: Word, *, quoted: bool) -> None:
        found = BACKQUOTED.match(self.text, self.position)
        if not found:
            raise self.unclosed(self.position, "`")
        self.enter()
        inner = re.sub(r"\\([`\\$\"])" if quoted else r"\\([`\\$])", r"\1", found[1])
        block = Block(captured=True)
        self.part_reader(inner, self.line).read(block)
        self.leave()
        self.position = found.end()
        word.parts.append(Substitution(found[0], block))

    def _parameter(self, word: Word, *, quoted: bool) -> None:
        start, line = self.position, self.line
        self.position += len("${")
        if self.peek() in tuple(" \t\n|"):  # ${ commands; }, from bash 5.3 on
            self.position = start
            self.substitution(word, "${|" if self.text[start + 2] == "|" else "${", "}")
            return
        self.enter()
        found = NAME_IN_BRACES.match(self.text, self.position)
        name = found[1] if found else ""
        self.position = found.end() if found else self.position
        inner = Word(line, self.position)
        if self.peek() == "[" and name:
            self.position += 1
            self.group(inner, "[", "]", start)
            self.position += 1
        guarded = bool(GUARDS.match(self.text, self.position))
        self.group(inner, "", "}", start)
        if quoted:  # bash skips <(...) there, and does not run it
            inner.parts = [part for part in inner.parts if part.text[:2] not in ("<(", ">(")]
        self.position += 1
        self.leave()
        word.parts.append(Expansion(self.text[start : self.position], name, line, guarded, inner))
