"""Rules 2xx: hooks, env scripts, entry points and jobs as files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import ACTION_HOOKS, Source
from s2itasks.layout import leads_out
from s2itasks.process.verdict import BYTE_ORDER_MARK

FAR_AWAY = re.compile(r"/(home|Users|root|opt/homebrew|mnt|cygdrive)/|[A-Za-z]:[\\/]")
EXPANSION = re.compile(r"\$\w+|\$\{\w+[^}]*\}|\$\(.*\)|`.*`")


@error(201, "A hook is not executable", fixable=True)
def not_executable(source: Source) -> Iterator[Spot]:
    """Hooks are executed; env scripts are not, and S2I itself sets the run bit of what is in .s2i/bin."""
    for file in source.of(Role.HOOK):
        yield from lacks_run_bit(file, "its phase ends with status 126")


def lacks_run_bit(file: File, consequence: str) -> Iterator[Spot]:
    """Return where a file has no run bit, and what that leads to."""
    cure = f"git update-index --chmod=+x {file.path}"
    if not file.executable_in_tree:
        cure = f"chmod +x {file.path}" if file.index_mode is None else f"chmod +x, and {cure}"
        yield at(file, 1, f"{file.name} has no run bit, so {consequence}; {cure}")
    elif not file.executable_in_index:
        yield at(file, 1, f"{file.name} has a run bit here but not in git, so in a clone {consequence}; {cure}")


@error(202, "Windows line endings", fixable=True)
def windows_line_endings(source: Source) -> Iterator[Spot]:
    """The kernel looks for an interpreter whose name ends in CR, and bash takes the CR for a part of words."""
    for file in source.scripts:
        if b"\r\n" in file.content and not file.binary:
            line = file.content[: file.content.index(b"\r\n")].count(b"\n") + 1
            message = "line endings are CRLF; convert them, and write '.s2i/** text=auto eol=lf' into .gitattributes"
            yield at(file, line, message)


@error(203, "A byte-order mark", fixable=True)
def byte_order_mark(source: Source) -> Iterator[Spot]:
    """It hides the first line from the kernel, from bash and from S2I."""
    for file in (*source.scripts, *source.of(Role.ENVIRONMENT)):
        if file.content.startswith(BYTE_ORDER_MARK):
            yield at(file, 1, "a byte-order mark hides the first line; save it as UTF-8 without one")


@warning(204, "No shebang")
def no_shebang(source: Source) -> Iterator[Spot]:
    """The kernel refuses it; s2itasks then tries bash, others do not."""
    for file in source.of(Role.ENTRY_POINT, Role.HOOK, Role.JOB):
        data = file.binary or not file.content or (file.role is Role.JOB and not file.looks_like_script)
        if not data and file.shebang is None and not late_shebang_line(file):
            yield at(file, 1, "there is no '#!' line, so what runs it depends on the caller; begin with #!/bin/bash")


@warning(205, "The shebang is not in the first line", fixable=True)
def late_shebang(source: Source) -> Iterator[Spot]:
    """Only the very first bytes of a file are a shebang; later it is a comment."""
    for file in source.of(Role.ENTRY_POINT, Role.HOOK, Role.JOB, Role.HELPER):
        line = late_shebang_line(file)
        if line:
            yield at(file, line, "the '#!' line works only as the very first line; remove the blank lines before it")


def late_shebang_line(file: File) -> int:
    """Return the line of a shebang behind blank lines, or 0."""
    if file.binary or file.shebang is not None:
        return 0
    for number, line in enumerate(file.lines, start=1):
        if line.strip():
            return number if line.lstrip().startswith(("#!/", "#! /")) else 0
    return 0


@error(206, "An interpreter that no image has")
def odd_interpreter(source: Source) -> Iterator[Spot]:
    """A relative path, one from somebody's own machine, several words behind env."""
    for file in source.of(Role.ENTRY_POINT, Role.HOOK, Role.JOB, Role.HELPER):
        if file.binary or file.shebang is None:
            continue
        program, arguments = file.shebang
        words = arguments.split()
        if not program.startswith("/") and not FAR_AWAY.match(program):
            message = f"{program!r} is looked for in the current directory; use #!/bin/bash or #!/usr/bin/env python"
            yield at(file, 1, message)
        elif FAR_AWAY.match(program):
            yield at(
                file, 1, f"{program!r} is a path on somebody's own machine; use #!/bin/bash or #!/usr/bin/env python"
            )
        elif program.endswith("/env") and not words:
            yield at(file, 1, "env is given no program; name one: #!/usr/bin/env bash")
        elif program.endswith("/env") and len(words) > 1 and not words[0].startswith("-S"):
            message = f"env looks for a program named {arguments!r}; use 'env -S', or 'set' in the script for options"
            yield at(file, 1, message)


@error(211, "Something else where a hook is expected")
def not_a_file(source: Source) -> Iterator[Spot]:
    """A directory, a FIFO, a device, a link to nothing or out of the source."""
    names = [f"{ACTION_HOOKS}/{name}" for name in sorted(source.graph.places())]
    expected = [*names, ".s2i/bin/assemble", ".s2i/bin/run", ".s2i/environment", ".s2i/tasks.py", ".s2iignore"]
    for path in sorted({*expected, *source.files}):
        location = source.root / path
        if leads_out(source.root, location):
            yield Spot(path, 1, "there is a link that leads out of the source; commit what it points to")
        elif location.is_dir() and path in expected:
            yield Spot(path, 1, "there is a directory where a script is expected; move it away")
        elif location.is_symlink() and not location.exists() and path in expected:
            yield Spot(path, 1, "there is a broken link where a script is expected; commit what it points to")
        elif location.exists() and not location.is_file() and not location.is_dir():
            yield Spot(path, 1, "there is a FIFO, a socket or a device, which no clone has; remove it")


@error(212, "A helper that is called but not executable", fixable=True)
def helper_not_executable(source: Source) -> Iterator[Spot]:
    """Called by its path, it needs a run bit; what an interpreter is given does not."""
    called = {word for file in source.scripts for command in file.script.commands() for word in command.invoked()[:1]}
    for file in source.of(Role.HELPER):
        if any(_leads_to(word, file) for word in called):
            yield from lacks_run_bit(file, "what calls it fails with status 126")


@error(219, "The application's script is not executable", fixable=True)
def application_script(source: Source) -> Iterator[Spot]:
    """The builder's run starts app.sh, or what APP_SCRIPT names."""
    file = source.files.get(source.application_script)
    if file is not None and file.is_regular and _reaches_builder(source) and not _gets_run_bit(source, file):
        yield from lacks_run_bit(file, "the pod ends as soon as the builder's run starts it")


def _reaches_builder(source: Source) -> bool:
    """Whether the builder's run may be run at all."""
    run = source.files.get(".s2i/bin/run")
    if run is None or not run.is_shell or not run.fully_read:
        return True
    commands = [(command.invoked() or [""])[0] for command in run.script.commands()]
    called = {name for _, name in calls.phases(run)}
    return "run" in called or any(command.endswith("/run") for command in commands)


def _gets_run_bit(source: Source, file: File) -> bool:
    """Whether some script gives a file its run bit."""
    commands = (command for script in source.scripts for command in script.script.commands())
    return any(command.name == "chmod" and command.argv[-1].endswith(file.name) for command in commands)


def _leads_to(word: str, file: File) -> bool:
    directory, _, name = word.rpartition("/")
    beside = EXPANSION.fullmatch(directory) or directory.endswith(file.path.rpartition("/")[0])
    return bool(directory) and name == file.name and bool(beside)
