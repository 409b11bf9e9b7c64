"""Rules 513, 515 and 517: the files and directories that scripts name."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import dropwhile

from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, hint, warning
from s2itasks.check.source import PACKED, Source
from s2itasks.graph import Group
from s2itasks.shell import Command, Literal, Word

INTERPRETERS = re.compile(r"(bash|sh|dash|source|\.|perl|ruby|node|python[\d.]*)$")
OPTIONS = re.compile(r"-[BEIOSsuevx]+\Z")  # of an interpreter, that take no value
GOES = ("cd", "pushd", "popd")
OF_THE_SOURCE = re.compile(r"(?:\./|\$\{?(?:S2I_SOURCE_PATH|HOME|PWD)(?::-/opt/app-root/src)?\}?/|/opt/app-root/src/)+")
PLAIN = re.compile(r"[\w.+@-]+(?:/[\w.+@-]+)*\Z")
# Directories that a build makes.
BUILT = ("node_modules", "venv", ".venv", "env", "virtenv", "vendor", "build", "dist", "static", "staticfiles", "bin")
# What belongs to the image, or to whoever runs it; /etc/passwd is writable in images that want a user of its own.
SYSTEM = re.compile(r"/(?:etc(?!/passwd\Z)|usr|var(?!/tmp\b)|s?bin|lib(?:64)?|srv|run|root|home|boot|sys)(?:/|\Z)")
WRITABLE = re.compile(r"/(?:tmp|var/tmp|dev|proc|opt/app-root|etc/passwd\Z)(?:/|\Z)")
ALL, LAST = slice(None), slice(-1, None)
WRITES = {"touch": ALL, "tee": ALL, "mkdir": ALL, "cp": LAST, "mv": LAST, "install": LAST, "ln": LAST, "rsync": LAST}
WRITTEN_OUT = re.compile(r"(?<![\w./-])/(?:tmp/src|opt/app-root(?:/src)?)(?![\w.-])")
VARIABLES = {
    "/tmp/src": "$S2I_UPLOAD_PATH",  # noqa: S108 - where S2I uploads to
    "/opt/app-root/src": "$S2I_SOURCE_PATH",
    "/opt/app-root": "$S2I_APPLICATION_PATH",
}


@error(513, "A file of the repository that is not there")
def missing(source: Source) -> Iterator[Spot]:
    """What a hook calls by its path, and no script makes."""
    called = [(file, command, _called(command)) for file, command in _in_the_source_directory(source)]
    uses = _uses(path for _, _, path in called)
    for file, command, path in called:
        tried = command.in_condition or command.after == "||"
        if path and not tried and not os.path.lexists(source.root / path) and not _is_made(source, path, uses):
            yield at(file, command.line, f"there is no {path} in the repository; correct the path, or commit the file")


def _called(command: Command) -> str:
    """Return the path of the repository's file that a command calls; empty where it calls none, or none for sure."""
    argv = command.invoked()
    if not argv:
        return ""
    called = argv[0]
    if INTERPRETERS.match(called.rpartition("/")[2]):
        behind = [*dropwhile(OPTIONS.match, argv[1:])]
        if not behind or behind[0].startswith("-"):
            return ""
        called = behind[0]
        if "/" not in called and not (called.endswith((".py", ".sh")) and argv[0] not in (".", "source")):
            return ""
    return _in_the_source(called) if "/" in called or called != argv[0] else ""


def _in_the_source(word: str) -> str:
    """Return the path in the repository that a word names; empty where it may lie elsewhere."""
    path = OF_THE_SOURCE.sub("", word, count=1) if OF_THE_SOURCE.match(word) else word
    return path if PLAIN.match(path) and ".." not in path.split("/") else ""


def _in_the_source_directory(source: Source) -> Iterator[tuple[File, Command]]:
    """Yield the commands that run in the source directory for sure, with their files."""
    for file in source.of(Role.HOOK, Role.ENV_SCRIPT, Role.JOB):
        gone: set[int] = set()
        for command in file.script.commands() if file.fully_read else ():
            if command.name in GOES and not command.in_subshell:
                break
            if command.name in GOES:
                gone.add(id(command.block))
            elif id(command.block) not in gone:
                yield file, command


def _uses(paths: Iterable[str]) -> Counter[str]:
    """Count the first and the last name of each path."""
    return Counter(name for path in paths for name in {path.partition("/")[0], path.rpartition("/")[2]})


def _is_made(source: Source, path: str, uses: Counter[str]) -> bool:
    """Whether a build may make a path that is not in the repository.

    It lies in a directory that builds make, git ignores it, or some command speaks of it other than to use it.

    :param uses: how often commands use what has a name.
    """
    top, _, rest = path.partition("/")
    names = {path.rpartition("/")[2], *([top] if rest and not (source.root / top).is_dir() else [])}
    made = any(source.mentions[PACKED.sub("", name)] > uses[name] for name in names)
    return made or top in BUILT or not names.isdisjoint(source.unversioned) or (source.root / ".gitmodules").exists()


@warning(515, "Something is written where nothing can be")
def written_elsewhere(source: Source) -> Iterator[Spot]:
    """Into the image's own directories, or into one that nothing makes."""
    building = source.graph.places(group=Group.BUILD)
    for file in source.of(Role.HOOK, Role.ENV_SCRIPT, Role.JOB):
        for command in file.script.commands():
            for target in _targets(command):
                in_build = file.name in building
                if SYSTEM.match(target) or (in_build and target.startswith("/") and not WRITABLE.match(target)):
                    cure = "write below $S2I_SOURCE_PATH" if in_build else "write to /tmp or a volume"
                    yield at(
                        file,
                        command.line,
                        f"{target} is not the application's, and no user of it may write there; {cure}",
                    )
    yield from _into_nothing(source)


def _into_nothing(source: Source) -> Iterator[Spot]:
    """Return where something is written into a directory of the source that nothing makes."""
    written = [
        (file, command, _in_the_source(target).rpartition("/")[0])
        for file, command in _in_the_source_directory(source)
        for target in (_targets(command) if command.name != "mkdir" else ())
    ]
    uses = _uses(directory for _, _, directory in written)
    for file, command, directory in written:
        if directory and not (source.root / directory).is_dir() and not _is_made(source, directory, uses):
            message = f"nothing makes the directory {directory}; write 'mkdir -p {directory}' before it"
            yield at(file, command.line, message)


def _targets(command: Command) -> Iterator[str]:
    """Yield the paths that a command writes to, as far as they are written out."""
    for redirect in command.redirects:
        if redirect.operator in (">", ">>", ">|", "&>", "&>>") and _is_plain(redirect.target.parts):
            yield redirect.target.text
    operands = [word for word in command.words[1:] if not word.text.startswith("-")]
    names_another = "-[a-z]*r|--ref" if command.name == "touch" else "-[a-z]*t|--target"
    others = any(re.match(names_another, word) for word in command.argv[1:])
    fewest = 2 if WRITES.get(command.name) == LAST else 1
    for word in operands[WRITES[command.name]] if command.name in WRITES and len(operands) >= fewest else ():
        if not others and _is_plain(word.parts):
            yield word.text


def _is_plain(parts: object) -> bool:
    return isinstance(parts, list) and all(isinstance(part, Literal) for part in parts)


@hint(517, "A path that has a variable")
def written_out(source: Source) -> Iterator[Spot]:
    """The variable says it in images that have it elsewhere, and in a rehearsal."""
    for file in source.of(Role.HOOK, Role.ENV_SCRIPT, Role.JOB):
        seen: set[int] = set()
        for command in file.script.commands():
            for word in _expanded(command):
                text = "".join(part.text for part in word.parts if isinstance(part, Literal))
                found = WRITTEN_OUT.search(text)
                line = file.lines[min(word.line, len(file.lines)) - 1]
                if found and word.line not in seen and not _in_single_quotes(line, found[0]):
                    seen.add(word.line)
                    yield at(file, word.line, f"{found[0]} is written out; {VARIABLES[found[0]]} says where it is")


def _expanded(command: Command) -> Iterator[Word]:
    """Yield the words in which a variable would have its value: not what a quoted here-document holds."""
    targets = {id(each.target) for each in command.redirects if each.operator.startswith("<<") and each.target.quoted}
    return (word for word in command.all_words() if id(word) not in targets)


def _in_single_quotes(line: str, text: str) -> bool:
    return line.partition(text)[0].count("'") % 2 == 1
