"""The files that are converted, as they are in the repository."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.check import git_index
from s2itasks.check.file import File, Role
from s2itasks.layout import leads_out
from s2itasks.process.verdict import BYTE_ORDER_MARK

from .conversion import Conversion
from .draft import Draft
from .entry import Entry, Fate

KINDS = {stat.S_IFIFO: "it is a FIFO", stat.S_IFSOCK: "it is a socket", stat.S_IFCHR: "it is a device"}
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


def say_what_is_passed_over(made: Conversion, root: Path, directory: str) -> None:
    """Name what lies in a directory, or is it, and is no file of the source: links, and what only looks like a file."""
    place = root / directory
    locations = [Path(here) / name for here, names, files in os.walk(place) for name in (*names, *files)]
    for location in sorted([*locations, *([place] if place.is_symlink() and leads_out(root, place) else [])]):
        kind = stat.S_IFMT(location.lstat().st_mode)
        why = KINDS.get(kind, "")
        if kind == stat.S_IFLNK:
            why = _leads(root, location)
        if why:
            made.say(location.relative_to(root).as_posix(), Fate.LEFT, f"{why}; nothing was made of it")


def _leads(root: Path, link: Path) -> str:
    """Return where a link leads, where that is no file of the source."""
    if leads_out(root, link):
        return "it is a link that leads out of the source"
    if link.is_dir():
        return "it is a link to a directory: put that in its place, and run this again"
    return "" if link.is_file() else "it is a link to nothing"


def no_text(file: File) -> str:
    """Return why nothing can be converted in a file, also where it can be copied."""
    return unreadable(file) or ("it is no text" if file.binary else "")


def as_it_is(file: File) -> str:
    """Return the text that has the very bytes of a file when it is written."""
    return file.content.decode("utf-8", "surrogateescape")


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
