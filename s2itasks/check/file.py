"""One file of a source, most of them below ``.s2i``, as the rules look at it."""

from __future__ import annotations

import enum
import re
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from s2itasks.process import reading
from s2itasks.process.verdict import BYTE_ORDER_MARK
from s2itasks.shell import Script, parse

LIMIT = 128 * 1024  # bytes; nobody writes a hook that is longer, and every rule goes through all of it
SHELLS = ("bash", "sh", "dash", "ash", "ksh")
SHEBANG = re.compile(r"#![ \t]*(\S+)(?:[ \t]+(.*?))?[ \t\r]*$")


class Role(enum.Enum):
    """What a file of ``.s2i`` is there for."""

    ENTRY_POINT = "entry point"
    HOOK = "hook"
    ENV_SCRIPT = "env script"
    JOB = "job"
    HELPER = "helper"
    ENVIRONMENT = "environment"
    OTHER = "other"
    ELSEWHERE = "outside of .s2i"


@dataclass
class File:
    """A file of the source.

    :param path: where it is in the source, with slashes.
    :param location: where that is on this machine.
    :param mode: its mode in the working tree.
    :param index_mode: its mode in git's index, if it is there.
    :param tree_counts: whether modes in the working tree mean anything.
    """

    path: str
    location: Path
    role: Role
    mode: int
    index_mode: int | None = None
    tree_counts: bool = True

    @property
    def content(self) -> bytes:
        """Its bytes; none where it is not a regular file, cannot be read, or is larger than anybody's hook."""
        return self._read[0] or b""

    @property
    def unseen(self) -> str:
        """Why no rule looks at its content; empty where they do, or where it is not a script."""
        script = self.role in (Role.ENV_SCRIPT, Role.ENVIRONMENT) or (self.shebang and self.interpreter in SHELLS)
        return "it contains a NUL byte" if self.binary and script else self._read[1]

    @property
    def is_readable(self) -> bool:
        """Whether its content is there to be looked at, by us and by the tools that are asked."""
        return self._read[0] is not None

    @cached_property
    def _read(self) -> tuple[bytes | None, str]:
        if not self.is_regular:
            return None, ""
        try:
            content = reading.head(self.location, LIMIT + 1)
        except OSError as problem:
            return None, f"it cannot be opened ({problem.strerror})"
        if len(content) <= LIMIT:
            return content, ""
        return None, "" if b"\0" in content else f"it is larger than {LIMIT // 1024} KiB"

    @property
    def name(self) -> str:
        """Its name without directories."""
        return self.path.rpartition("/")[2]

    @property
    def is_regular(self) -> bool:
        """Whether there is content that can be looked at; not in a directory, nor behind a link to nothing."""
        return stat.S_ISREG(self.mode)

    @property
    def executable_in_tree(self) -> bool:
        """Whether it can be executed here; no complaint where modes mean nothing."""
        return bool(self.mode & 0o111) or (not self.tree_counts and self.index_mode is not None)

    @property
    def executable_in_index(self) -> bool:
        """Whether it can be executed in a clone; no complaint where git does not know it, or knows it as a link."""
        return self.index_mode is None or stat.S_ISLNK(self.index_mode) or bool(self.index_mode & 0o111)

    @property
    def executable(self) -> bool:
        """Whether it can be executed, here and in a clone."""
        return self.executable_in_tree and self.executable_in_index

    @property
    def binary(self) -> bool:
        """Whether it is no text."""
        return b"\0" in self.content

    @cached_property
    def text(self) -> str:
        """Its text as it ought to be: without byte-order mark and CR, which have rules of their own."""
        content = self.content.removeprefix(BYTE_ORDER_MARK)
        return content.decode("utf-8", "surrogateescape").replace("\r\n", "\n")

    @cached_property
    def lines(self) -> list[str]:
        """Its lines; the first is number 1, at index 0."""
        return self.text.split("\n")

    @property
    def has_code(self) -> bool:
        """Whether it holds more than comments, as a template does not."""
        return self.binary or any(line.strip() and not line.lstrip().startswith("#") for line in self.lines)

    @cached_property
    def shebang(self) -> tuple[str, str] | None:
        """The interpreter of its first line and what follows it there, if the first line is one."""
        found = SHEBANG.match(self.lines[0])
        return (found[1], found[2] or "") if found else None

    @cached_property
    def interpreter(self) -> str:
        """The name of the program that runs it; bash where nothing is said."""
        if self.shebang is None:
            return "bash"
        program, arguments = self.shebang
        names = [program.rpartition("/")[2]]
        names += [word for word in arguments.split() if not word.startswith("-") and "=" not in word]
        return names[1] if names[0] == "env" and len(names) > 1 else names[0]

    @property
    def is_shell(self) -> bool:
        """Whether it is a shell script; among the jobs, there may be data."""
        if self.role is Role.JOB and not self.looks_like_script:
            return False
        return self.is_readable and not self.binary and self.interpreter in SHELLS

    @property
    def looks_like_script(self) -> bool:
        """Whether somebody meant it to be run."""
        has_shebang = self.content.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"#!")
        return has_shebang or self.executable_in_index_or_tree

    @property
    def executable_in_index_or_tree(self) -> bool:
        """Whether it can be executed here or in a clone."""
        return bool((self.mode if self.tree_counts else 0) & 0o111 or (self.index_mode or 0) & 0o111)

    @cached_property
    def script(self) -> Script:
        """Its commands, and what could not be read of them; none where it is not a shell script."""
        return parse(self.text) if self.is_shell else Script()

    @property
    def stops_at_failures(self) -> bool:
        """Whether a script says somewhere that a failing command ends it: ``set -e``."""
        options = " ".join(filter(None, self.shebang)) if self.shebang else ""
        if re.search(r"\s-[a-z]*e", options):
            return True
        sets = (command for command in self.script.commands() if command.name == "set")
        return any(re.match(r"-[A-Za-z]*e|errexit", word) for command in sets for word in command.argv[1:])

    @property
    def fully_read(self) -> bool:
        """Whether nothing is missing in its commands, so that a rule may ask what is not among them."""
        return not self.script.unread
