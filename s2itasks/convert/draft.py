"""A script that is changed line by line, and each change is made only where the shell's reader agrees to it.

Whatever is proposed, the text with it is read again and compared with what was there before. So nothing is changed
within single quotes, in a here-document with a quoted delimiter or in the middle of a text of several lines, and a
script that cannot be read as a whole stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Union

from s2itasks.shell import Script, parse

from .entry import Entry, Fate
from .meaning import AS_WRITTEN, Reader, deeper
from .unit import COMMENT, Unit, is_code, units

MARK = "# s2itasks:"  # what a comment of ours begins with
INDENT = re.compile(r"\s*")
MOST_TRIES = 200  # texts that are read again for one substitution
MOST_LINES = 1000  # of a script; nobody writes a hook that is longer, and each change has all of it read again

New = Union[str, Callable[[re.Match[str]], str]]  # as `re.sub` takes it


@dataclass
class Line:
    """A line of the original, and the lines that stand there now."""

    original: str
    now: tuple[str, ...]

    @property
    def indent(self) -> str:
        """The blanks that it begins with."""
        found = INDENT.match(self.original)
        return found[0] if found else ""


class Draft:
    """A script on its way to what it is to be.

    :param path: that of the original, for the report.
    :param text: it, with LF between its lines and without a byte-order mark.
    :param is_shell: whether a shell runs it; of other languages nothing is changed.
    """

    def __init__(self, path: str, text: str, *, is_shell: bool = True) -> None:
        self.path = path
        self.is_shell = is_shell
        self.lines = [Line(line, (line,)) for line in text.split("\n")]
        self.entries: list[Entry] = []
        self.script = parse(text if is_shell else "")

    @property
    def text(self) -> str:
        """The script as it is now."""
        return "\n".join(each for line in self.lines for each in line.now)

    @property
    def readable(self) -> bool:
        """Whether all of it could be read; else nothing is changed."""
        return self.is_shell and not self.script.unread and len(self.lines) <= MOST_LINES

    @property
    def places(self) -> list[int]:
        """For each line of the text, the index of the original's line that it stands for."""
        return [index for index, line in enumerate(self.lines) for _ in line.now]

    def index_of(self, line: int) -> int:
        """Return the index of the original's line for a line number of a command."""
        places = self.places
        return places[min(line, len(places)) - 1]

    def units(self) -> list[Unit]:
        """Return the lines that can be taken out."""
        if not self.readable:
            return []
        return list(units(self.script, ["\n".join(line.now) for line in self.lines], self.places))

    def visit(self, act: Callable[[Unit], bool]) -> None:
        """Show each unit, those within others behind them, to what may change it and tells whether it has done so."""
        seen: set[tuple[int, int]] = set()
        changed = True
        while changed:
            changed = False
            for unit in self.units():  # anew after each change, which has made the commands of all others old ones
                if (unit.first, unit.last) not in seen and not changed:
                    seen.add((unit.first, unit.last))
                    changed = act(unit)

    def comment_out(self, unit: Unit, why: str, fate: Fate = Fate.COMMENTED) -> bool:
        """Keep a unit as a comment, with another above it that says why, or what to do instead."""
        lines = self.lines[unit.first : unit.last + 1]
        blank = lines[0].indent
        kept = [_commented(line, blank) for line in lines]
        kept[0] = (f"{blank}{MARK} {why}", *kept[0])
        if unit.fills:
            kept[-1] = (*kept[-1], f"{blank}:")
        return self._take_out(unit, kept, fate, why, ":" if unit.fills else "")

    def remove(self, unit: Unit, why: str) -> bool:
        """Take a unit out; the report alone says what it was."""
        lines = self.lines[unit.first : unit.last + 1]
        kept: list[tuple[str, ...]] = [() for _ in lines]
        if unit.fills:
            kept[-1] = (f"{lines[0].indent}:",)
        return self._take_out(unit, kept, Fate.REMOVED, why, ":" if unit.fills else "")

    def replace(self, unit: Unit, new: Sequence[str], why: str) -> bool:
        """Put other lines in the place of a unit."""
        lines = self.lines[unit.first : unit.last + 1]
        kept: list[tuple[str, ...]] = [tuple(f"{lines[0].indent}{each}" for each in new), *(() for _ in lines[1:])]
        return self._take_out(unit, kept, Fate.CHANGED, why, "\n".join(new))

    def note(self, index: int, why: str) -> None:
        """Leave a line as it is, and say beside it, and in the report, what somebody has to do."""
        line, comment = self.lines[index], f"{MARK} {why}"
        before = [*(each for above in self.lines[:index] for each in above.now), *line.now[:-1]]
        known = takewhile(COMMENT.match, reversed(before))
        if line.now and comment not in (each.strip() for each in known):
            self.propose({index: (f"{line.indent}{comment}", *line.now)}, AS_WRITTEN)
        self.entries.append(Entry(self.path, index + 1, Fate.LEFT, why, line.original))

    def insert(self, index: int, lines: Sequence[str], *, behind: bool = False) -> None:
        """Put lines of another script before a line, or behind it."""
        line = self.lines[index]
        line.now = (*line.now, *lines) if behind else (*lines, *line.now)
        self.script = parse(self.text) if self.is_shell else self.script

    @property
    def first(self) -> int:
        """The index of the first line that is more than a comment; of the last one where there is none."""
        return next((index for index, line in enumerate(self.lines) if is_code(line.original)), len(self.lines) - 1)

    def substitute(self, pattern: re.Pattern[str], new: New, reader: Reader, why: str, unsure: str = "") -> None:
        """Write something else for what matches, where every command then means the same.

        :param reader: says what commands mean: what is put there has to have the value of what was there.
        :param unsure: what the report says of a line where that is not so; nothing is said where this is empty.
        """
        found = [index for index, line in enumerate(self.lines) if _matches(line, pattern)] if self.readable else []
        changed = {index: _substituted(self.lines[index].now, pattern, new) for index in found}
        if not found or self.propose(changed, reader):
            for index in found:
                self.tell(index, why)
            return
        for tries, index in enumerate(found):
            done = tries < MOST_TRIES and self.propose({index: changed[index]}, reader)
            if not done and tries < MOST_TRIES:
                done = self._substitute_in(index, pattern, new, reader)
            if done:
                self.tell(index, why)
            if unsure and _matches(self.lines[index], pattern):
                self.note(index, unsure)

    def propose(self, changes: Mapping[int, tuple[str, ...]], reader: Reader) -> bool:
        """Put other lines in the place of some, where that means the same; tell whether it was done."""
        return self._change(changes, lambda old, fresh: reader.script(old) == reader.script(fresh))

    def _substitute_in(self, index: int, pattern: re.Pattern[str], new: New, reader: Reader) -> bool:
        """Try each match of a line by itself, the last one first."""
        done = False
        for match in reversed(list(pattern.finditer(self.lines[index].now[-1]))[:MOST_TRIES]):
            *above, text = self.lines[index].now
            instead = match.expand(new) if isinstance(new, str) else new(match)
            one = f"{text[: match.start()]}{instead}{text[match.end() :]}"
            done = self.propose({index: (*above, one)}, reader) or done
        return done

    def tell(self, index: int, why: str) -> None:
        """Say in the report that a line was changed."""
        line = self.lines[index]
        self.entries.append(Entry(self.path, index + 1, Fate.CHANGED, why, line.original, "\n".join(line.now)))

    def _take_out(self, unit: Unit, kept: Sequence[tuple[str, ...]], fate: Fate, why: str, instead: str) -> bool:
        """Change the lines of a unit, where its commands are then all that is missing, and others all that is new."""
        gone = {id(node) for node in unit.within}
        added = [deeper(each, unit.depth) for each in AS_WRITTEN.script(parse(instead))] if instead else []

        def agrees(old: Script, fresh: Script) -> bool:
            nodes = list(old.nodes_within())
            place = next((index for index, node in enumerate(nodes) if id(node) in gone), 0)
            expected = [AS_WRITTEN.node(node) for node in nodes if id(node) not in gone]
            expected[place:place] = added
            return expected == AS_WRITTEN.script(fresh)

        lines = range(unit.first, unit.last + 1)
        before = "\n".join(self.lines[index].original for index in lines)
        if not self._change(dict(zip(lines, kept)), agrees):
            return False
        after = "" if fate is Fate.REMOVED else "\n".join(each for now in kept for each in now)
        self.entries.append(Entry(self.path, unit.first + 1, fate, why, before, after))
        return True

    def _change(self, changes: Mapping[int, tuple[str, ...]], agrees: Callable[[Script, Script], bool]) -> bool:
        if not self.readable:
            return False
        before = {index: self.lines[index].now for index in changes}
        for index, now in changes.items():
            self.lines[index].now = now
        fresh = parse(self.text)
        if not fresh.unread and agrees(self.script, fresh):
            self.script = fresh
            return True
        for index, now in before.items():
            self.lines[index].now = now
        return False


def _commented(line: Line, blank: str) -> tuple[str, ...]:
    text = line.original.strip()
    return (line.original,) if not text or text.startswith("#") else (f"{blank}# {text}",)


def _matches(line: Line, pattern: re.Pattern[str]) -> bool:
    return is_code(line.original) and any(pattern.search(each) for each in line.now if not COMMENT.match(each))


def _substituted(now: tuple[str, ...], pattern: re.Pattern[str], new: New) -> tuple[str, ...]:
    return tuple(each if COMMENT.match(each) else pattern.sub(new, each) for each in now)
