"""Reading shell scripts; whether a script is right is asked of bash itself.

What cannot be read is said in the script's `unread`, and reading goes on with the next line that begins a command in
its first column.
"""

from __future__ import annotations

import re

from .compounds import CompoundReader
from .reserved import CLOSING, ENDS_WORD, continued
from .text import Unreadable
from .tree import Block, Command, Node, Script, Unread
from .word import Word

CONNECTION = re.compile(rf"{'|'.join(map(continued, ('&&', '||', '|&')))}|\||;(?!;|&)|&(?!>)")
FUNCTION = re.compile(r"([^\s;&|()<>$`\"'=]+)(?:[ \t]|\\\n)*\((?:[ \t]|\\\n)*\)")
TIME_OPTIONS = re.compile(rf"(?:-p(?={ENDS_WORD})(?:[ \t]|\\\n)*)?(?:--(?={ENDS_WORD}))?")
ENDS_COMMAND = re.compile(r"[\n;&|)]|\Z")
RESUMES = re.compile(rf"^(?![ \t\n#)\]}};&|]|(?:{'|'.join(CLOSING[:-1])})\b)", re.MULTILINE)


def parse(text: str) -> Script:
    """Return the commands of a script, and what could not be read of it."""
    script = Script()
    _Parser(text.replace("\r\n", "\n"), unread=script.unread).read(script)
    return script


class _Parser(CompoundReader):
    """A recursive descent."""

    def read(self, block: Block) -> None:
        """Read all commands of the text."""
        depth = self.depth
        while not self.at_end:
            try:
                self._fill(block)
            except Unreadable as unreadable:
                self.unread.append(Unread(unreadable.line, unreadable.problem))
            except RecursionError:
                self.unread.append(Unread(self.line, self.too_deep().problem))
            else:
                return
            self.depth = depth
            self._resume()

    def substituted(self, start: int, closing: str) -> Block:
        """Read the commands of a substitution, the closing bracket included."""
        awaited, self.awaited = self.awaited, []
        block = self._block(start, closing, captured=True)
        self.position += 1
        self.awaited = awaited + self.awaited
        return block

    def _resume(self) -> None:
        end = self.text.find("\n", self.position)
        self.position = len(self.text) if end < 0 else end
        if end >= 0:
            self.newline()
            found = RESUMES.search(self.text, self.position)
            self.position = found.start() if found else len(self.text)

    def _fill(self, block: Block, start: int = 0, until: tuple[str, ...] = ()) -> None:
        connection = ""
        while True:
            self.skip_empty()
            if self.at_end and until:
                raise self.unclosed(start, self._opening(start))
            if connection and (self.at_end or self._at(until)):
                raise self.unexpected()
            if self.at_end or self._at(until):
                return
            node = self._node()
            node.before = connection
            found = CONNECTION.match(self.text, self.position)
            between = found[0].replace("\\\n", "") if found else ""
            self.position += len(found[0]) if found else 0
            node.after = {";": "", "|&": "|"}.get(between, between)
            connection = node.after if node.after in ("&&", "||", "|") else ""
            block.append(node)
            if node.after == "&":
                _send_to_background(block)
            if not (found or self.peek() in ("", "\n") or self._at(until)):
                raise self.unexpected()

    def _opening(self, start: int) -> str:
        found = re.compile(r"\w{1,20}|[$<>]?[({]{1,2}|.", re.DOTALL).match(self.text, start)
        return found[0] if found else ""

    def _node(self) -> Node:
        """Read a command, up to the operator behind it."""
        self.enter()
        line, start, negated = self.line, self.position, False
        reserved = self._reserved()
        while reserved in ("!", "time"):
            negated = negated or reserved == "!"
            self._expect(reserved)
            self.skip_blank()
            options = TIME_OPTIONS.match(self.text, self.position) if reserved == "time" else None
            self.position = options.end() if options else self.position
            self.skip_blank()
            reserved = self._reserved()
        prefixed = self.position > start
        node: Node
        if prefixed and (ENDS_COMMAND.match(self.text, self.position) or reserved in CLOSING):
            node = Command(line)
        else:
            node = self._command(reserved, self.line)
        self.skip_blank()
        node.negated = negated
        self.leave()
        return node

    def _command(self, reserved: str, line: int) -> Node:
        if reserved in (*CLOSING, "in"):
            raise self.unexpected()
        if reserved == "[[":
            return self.test(line)
        if reserved == "coproc":
            return self._coprocess(line)
        function = None if reserved else FUNCTION.match(self.text, self.position)
        if reserved == "function" or function:
            return self._function(line, function)
        start = self.position
        arithmetic = self.arithmetic("((") if self.peek(2) == "((" else None
        if arithmetic:
            words = [Word.literal("((", line, start), Word(line, start, [arithmetic])]
            return self.redirected(Command(line, words=words))
        compound = self._compound(reserved, line)
        if compound is not None:
            return self.redirected(compound)
        simple = self.simple(line)
        if self.position == start:
            raise self.unexpected()
        return simple


def _send_to_background(block: Block) -> None:
    """Mark the list that a block ends with; ``a && b &`` is one."""
    for node in reversed(block.nodes):
        if node.background or not node.after:
            return
        node.background = True
