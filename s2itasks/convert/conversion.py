"""What a conversion comes to: the files to write, what else is to change, and what the report says."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from .entry import Entry, Fate


class Origin(enum.Enum):
    """What an application was made for."""

    V2 = "v2"
    POWERSHIFT = "powershift"
    WARPDRIVE = "warpdrive"

    @property
    def title(self) -> str:
        """Its name in a sentence."""
        return {"v2": "OpenShift V2", "powershift": "powershift-image"}.get(self.value, self.value)


@dataclass(frozen=True)
class Converted:
    """A file that is to be written.

    :param in_place: whether it has been made from the file of that path, and takes its place.
    """

    content: bytes
    executable: bool = False
    in_place: bool = False


@dataclass
class Conversion:
    """All of it.

    :param files: the files to write, by their paths.
    :param added: lines to add to files, where they are not there yet, by the paths of those.
    :param deletable: the paths of what nothing needs any more.
    """

    origin: Origin
    files: dict[str, Converted] = field(default_factory=dict)
    added: dict[str, list[str]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    deletable: list[str] = field(default_factory=list)

    def say(self, path: str, fate: Fate, why: str, line: int = 0, before: str = "", after: str = "") -> None:
        """Add an entry to the report."""
        self.entries.append(Entry(path, line, fate, why, before, after))

    def add(self, path: str, line: str, why: str) -> None:
        """Add a line to a file, once."""
        lines = self.added.setdefault(path, [])
        if line not in lines:
            lines.append(line)
            self.say(path, Fate.CHANGED, why, after=line)

    def write(self, path: str, text: str, *, executable: bool = False, in_place: bool = False) -> None:
        """Write a text file."""
        content = text.encode("utf-8", "surrogateescape")
        self.files[path] = Converted(content, executable, in_place)
