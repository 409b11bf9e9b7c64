"""Reading the words of a shell script: quotes, expansions, substitutions and here-documents."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from .shell import Block, Expansion, Redirect, Word
from .shell_text import TextReader, Unparsable

ENDS_WORD = " \t\n;&|()<>"
NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]")
GUARDS = re.compile(r":?[-=+]")
OPENS_ARRAY = re.compile(r"[A-Za-z_]\w*(\[[^\]]*\])?\+?=$")


class WordReader(TextReader, ABC):
    """Reads words; what is inside ``$(...)`` is a matter of `block`."""

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text, line)
        self._awaited: list[tuple[Redirect, bool]] = []

    @abstractmethod
    def block(self, *, until: tuple[str, ...], condition: bool = False, captured: bool = False) -> Block:
        """Read commands; the parser knows how."""

    def sub_reader(self, text: str, line: int) -> WordReader:
        """Give a reader of the same kind for a part of the script."""
        return type(self)(text, line)

    def newline(self) -> None:
        """Go over the end of a line, and take the here-documents that begin there."""
        self.position += 1
        awaited, self._awaited = self._awaited, []
        for redirect, expanded in awaited:
            self._here_document(redirect, expanded=expanded)

    def word(self, special: str = ENDS_WORD) -> Word:
        """Read one word."""
        word = Word("", self.line)
        while self.position < len(self.text):
            character = self.peek()
            if self.peek(2) in ("<(", ">("):
                self._substitution(word, 2)
            elif character == "(" and OPENS_ARRAY.match(word.text):
                self._array(word)
            elif character == "(" and word.text[-1:] in tuple("@!?*+") and "(" in special:
                word.text += self.balanced("(", ")")
            elif character in special:
                break
            else:
                self._piece(word)
        return word

    def await_here_document(self, redirect: Redirect) -> None:
        """Expect the text of ``<<DELIMITER`` behind the end of this line."""
        expanded = not redirect.target.quoted
        self._awaited.append((redirect, expanded))

    def _piece(self, word: Word) -> None:
        character = self.peek()
        if self.peek(2) == "\\\n":
            self.position += 2
        elif character == "\\":
            word.text += self.text[self.position + 1 : self.position + 2]
            word.quoted = True
            self.position += 2
        elif character == "'":
            word.text += self.until_quote()
            word.quoted = True
        elif self.peek(2) == "$'":
            self.position += 1
            word.text += self.until_quote(escapes=True)
            word.quoted = True
        elif character == '"' or self.peek(2) == '$"':
            self.position += 1 if character == '"' else 2
            self._quoted(word, '"')
            word.quoted = True
        elif character in "$`":
            self._expansion(word, quoted=False)
        else:
            word.text += character
            self.position += 1

    def _quoted(self, word: Word, end: str) -> None:
        """Read up to a closing double quote, or to the end of a here-document."""
        while self.position < len(self.text):
            character = self.peek()
            if end and character == end:
                self.position += 1
                return
            if character == "\\":
                escaped = self.text[self.position + 1 : self.position + 2]
                word.text += "" if escaped == "\n" else escaped if escaped in '$`"\\' else f"\\{escaped}"
                self.position += 2
            elif character in "$`":
                self._expansion(word, quoted=True)
            else:
                word.text += character
                self.position += 1
        if end:
            raise Unparsable

    def _expansion(self, word: Word, *, quoted: bool) -> None:
        if self.peek() == "`":
            self._backquoted(word)
        elif self.peek(3) == "$((":
            start = self.position
            self.position += 1
            inner = self.balanced("(", ")")
            if not inner.endswith("))"):  # $( (...) ... ) written without the blank
                self.position = start
                self._substitution(word, 2)
                return
            word.text += f"${inner}"
        elif self.peek(2) == "$(":
            self._substitution(word, 2)
        elif self.peek(2) == "${":
            self._parameter(word, quoted=quoted)
        else:
            found = NAME.match(self.text, self.position + 1)
            if found:
                word.expansions.append(Expansion(found[0], self.line, guarded=False))
            word.text += f"${found[0] if found else ''}"
            self.position = found.end() if found else self.position + 1

    def _substitution(self, word: Word, opening: int) -> None:
        start = self.position
        self.position += opening
        word.substitutions.append(self.block(until=(")",), captured=True))
        self.position += 1
        word.text += self.text[start : self.position]

    def _backquoted(self, word: Word) -> None:
        line, start = self.line, self.position
        end = start + 1
        while self.text[end : end + 1] != "`":
            if end >= len(self.text):
                raise Unparsable
            end += 2 if self.text[end] == "\\" else 1
        self.position = end + 1
        inner = re.sub(r"\\([`\\$])", r"\1", self.text[start + 1 : end])
        word.substitutions.append(self.sub_reader(inner, line).block(until=(), captured=True))
        word.text += self.text[start : self.position]

    def _parameter(self, word: Word, *, quoted: bool) -> None:
        start, line = self.position, self.line
        self.position += 2
        length = self.peek() in ("#", "!") and self.peek(2)[1:] != "}"
        self.position += length
        found = NAME.match(self.text, self.position)
        if not found:
            raise Unparsable
        self.position = found.end()
        guarded = bool(GUARDS.match(self.text, self.position))
        word.expansions.append(Expansion(found[0], line, guarded=guarded))
        inner = Word("", line)
        while self.peek() != "}":
            if self.position >= len(self.text):
                raise Unparsable
            if self.peek() == "'" and quoted:
                self.position += 1
            else:
                self._piece(inner)
        self.position += 1
        word.expansions += inner.expansions
        word.substitutions += inner.substitutions
        word.text += self.text[start : self.position]

    def _array(self, word: Word) -> None:
        start = self.position
        self.position += 1
        while True:
            self.skip_blank()
            if self.position >= len(self.text):
                raise Unparsable
            if self.peek() == ")":
                break
            if self.peek() == "\n":
                self.newline()
                continue
            before = self.position
            element = self.word()
            if self.position == before:
                raise Unparsable
            word.expansions += element.expansions
            word.substitutions += element.substitutions
        self.position += 1
        word.text += self.text[start : self.position]

    def _here_document(self, redirect: Redirect, *, expanded: bool) -> None:
        delimiter, line = redirect.target.text, self.line
        body: list[str] = []
        while self.position < len(self.text):
            end = self.text.find("\n", self.position)
            end = len(self.text) if end < 0 else end
            text = self.text[self.position : end]
            self.position = min(end + 1, len(self.text))
            if (text.lstrip("\t") if redirect.operator == "<<-" else text) == delimiter:
                break
            body.append(f"{text}\n")
        redirect.target = Word("", line)
        if expanded:
            self.sub_reader("".join(body), line)._quoted(redirect.target, "")  # noqa: SLF001 - of its own kind
        else:
            redirect.target.text = "".join(body)
