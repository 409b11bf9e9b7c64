"""The files that are converted, as they are in the repository."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.check import git_index
from s2itasks.check.file import File, Role
from s2itasks.layout import leads_out
from s2itasks.process.verdict import BYTE_ORDER_MARK

from .draft import Draft
from .entry import Entry, Fate

MOST = 2000  # files of a directory that are looked at; nobody has so many hooks
UNREADABLE = "the shell's reader does not understand line {}: {}; nothing of it was changed"
TOO_LONG = "it has too many lines to be converted; nothing of it was changed"


def below(root: Path, environ: Mapping[str, str], directory: str) -> dict[str, File]:
    """Return the regular files at or below a path of a source, by their paths; what a link leads out to is left out."""
    index = git_index.modes(root, environ, directory)
    counts = not index or git_index.trusts_the_tree(root, environ)
    found: dict[str, File] = {}
    for location in _walk(root / directory):
        path = location.relative_to(root).as_posix()
        if len(found) < MOST and location.is_file() and not leads_out(root, location):
            found[path] = File(path, location, Role.HELPER, location.stat().st_mode, index.get(path), counts)
    return found


def runs(file: File) -> bool:
    """Whether a platform that got the source by git ran a file by its run bit."""
    return bool((file.mode if file.index_mode is None else file.index_mode) & 0o111)


def draft(file: File) -> Draft:
    """Begin to convert a file, with what is wrong with it as a whole; what is no shell script stays as it is."""
    made = Draft(file.path, file.text, is_shell=file.is_shell)
    if not file.is_shell:
        why = f"it is for {file.interpreter}, of which nothing is changed; see whether it needs to be"
        made.entries.append(Entry(file.path, 0, Fate.LEFT, why))
        return made
    if file.content.startswith(BYTE_ORDER_MARK):
        made.entries.append(Entry(file.path, 0, Fate.CHANGED, "byte-order mark removed: nothing can run it with one"))
    if b"\r\n" in file.content:
        made.entries.append(Entry(file.path, 0, Fate.CHANGED, "line endings converted to LF: bash trips over CR"))
    if not made.readable:
        unread = made.script.unread
        why = UNREADABLE.format(unread[0].line, unread[0].problem) if unread else TOO_LONG
        made.entries.append(Entry(file.path, 0, Fate.LEFT, why))
    return made


def begin_with_shebang(made: Draft, *, executed: bool) -> None:
    """Have a script begin with a line that says what runs it, and not with blank ones.

    :param executed: whether it is run as a process, and not sourced.
    """
    first = next((index for index, line in enumerate(made.lines) if line.original.strip()), 0)
    if made.lines[first].original.startswith("#!"):
        if first:
            for line in made.lines[:first]:
                line.now = ()
            made.entries.append(Entry(made.path, 1, Fate.CHANGED, "blank lines before the shebang removed"))
    elif executed:
        made.lines[0].now = ("#!/bin/bash", *made.lines[0].now)
        made.entries.append(Entry(made.path, 1, Fate.CHANGED, "shebang added: it ran with bash"))


def unreadable(file: File) -> str:
    """Return why nothing can be said of a file's content; empty where something can."""
    return file.unseen or ("" if file.is_readable else "it is no text")


def _walk(place: Path) -> Iterator[Path]:
    if place.is_file() and not place.is_symlink():
        yield place
    for here, directories, names in os.walk(place):
        directories.sort()
        yield from (Path(here) / name for name in sorted(names))
