"""Rules 1xx: ``.s2i/bin/assemble`` and ``run``, through which everything else is reached."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from s2itasks.check import build_scripts, calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, hint, warning
from s2itasks.check.source import ENTRY_POINTS, Source
from s2itasks.graph import Group, Kind
from s2itasks.onefile import archive
from s2itasks.shell import Block, Command, Compound

GROUPS = {"assemble": Group.BUILD, "run": Group.DEPLOYMENT}
NEAR = 0.75  # of difflib; 's2itask' and 's2i-tasks' are that near, 's2i' is not


@error(101, "No .s2i/bin/assemble")
def no_assemble(source: Source) -> Iterator[Spot]:
    """S2I then runs the builder's, and no build hook."""
    return _missing(source, "assemble")


@error(102, "No .s2i/bin/run")
def no_run(source: Source) -> Iterator[Spot]:
    """S2I then takes the builder's, and no deployment hook runs."""
    return _missing(source, "run")


@error(104, "A misspelt call to s2itasks")
def misspelt(source: Source) -> Iterator[Spot]:
    """Neither the command nor the phase exists."""
    for file in source.scripts:
        for command in file.script.commands():
            yield from _misspelt(source, file, command)


def _misspelt(source: Source, file: File, command: Command) -> Iterator[Spot]:
    program = (command.invoked() or [""])[0].rpartition("/")[2]
    if program != "s2itasks" and is_nearly_s2itasks(program):
        yield at(file, command.line, f"there is no command {program!r}; it is spelled 's2itasks'")
        return
    called = calls.phase(calls.of_s2itasks(command) or [])
    if called and not source.knows(called):
        near = difflib.get_close_matches(called, [phase.name for phase in source.graph], n=1)
        cure = f"did you mean {near[0]!r}?" if near else "s2itasks --list shows what there is"
        yield at(file, command.line, f"s2itasks has no phase or command {called!r}; {cure}")


@error(105, "An entry point that calls the wrong phase")
def wrong_phase(source: Source) -> Iterator[Spot]:
    """``assemble`` runs all phases of a build, ``run`` all of a deployment; parts of them are for special cases."""
    for file in source.of(Role.ENTRY_POINT):
        called = [(command, name) for command, name in calls.phases(file) if source.knows(name)]
        names = {name for _, name in called}
        other = {"assemble": "run", "run": "assemble"}[file.name]
        needed = hooks_of(source, file.name) - source.graph.places(kind=Kind.ENV_SCRIPT)
        if not called or file.name in names or (other not in names and needed <= names):
            continue
        command, name = next(((command, name) for command, name in called if name == other), called[0])
        yield at(file, command.line, f"it calls {name!r}; .s2i/bin/{file.name} has to call 's2itasks {file.name}'")


@error(106, ".s2i/bin/run does not exec s2itasks")
def run_without_exec(source: Source) -> Iterator[Spot]:
    """A bash in between is PID 1, and passes no signal on."""
    for file in source.of(Role.ENTRY_POINT):
        for command, name in calls.phases(file):
            if file.name == "run" and name in ("run", "exec") and not command.replaces_script:
                message = "bash stays PID 1 and keeps SIGTERM from the application; write 'exec s2itasks run'"
                yield at(file, command.line, message)


@warning(107, ".s2i/bin/assemble does not exec s2itasks")
def assemble_without_exec(source: Source) -> Iterator[Spot]:
    """Its failure is lost where something follows, and signals reach it late."""
    for file in source.of(Role.ENTRY_POINT):
        for command, name in calls.phases(file):
            if file.name != "assemble" or name != "assemble" or command.replaces_script or not file.fully_read:
                continue
            if _is_last(file.script, command):
                cure = call("assemble", one_file=is_one_file(command))
                yield at(file, command.line, f"nothing follows, so let it replace the script: exec {cure}")
            elif not file.stops_at_failures and not command.in_condition and command.after not in ("&&", "||"):
                message = "where it fails, the build goes on and succeeds; begin with 'set -e', or exec it last"
                yield at(file, command.line, message)


@warning(108, "Commands that never run")
def never_run(source: Source) -> Iterator[Spot]:
    """After a successful exec, the script is no more."""
    for file in source.of(Role.ENTRY_POINT, Role.HOOK, Role.JOB, Role.HELPER):
        blocks = [file.script] + [
            block for node in file.script.nodes_within() if isinstance(node, Compound) for block in node.blocks
        ]
        for block in blocks if "execfail" not in file.text else []:
            statements = block.statements()
            for node, following in zip(statements, statements[1:]):
                unconditional = not (node.before or node.after)
                fails_anyway = isinstance(following, Command) and following.name == "exit"
                if isinstance(node, Command) and node.replaces and unconditional and not fails_anyway:
                    message = f"the 'exec' in line {node.line} replaces the script, so this never runs"
                    yield at(file, following.line, message)
                    break


@error(112, "The one file is not there, or damaged")
def one_file(source: Source) -> Iterator[Spot]:
    """Where an entry point starts it, the build needs it in the upload, as it was made."""
    path = f".s2i/{calls.ONE_FILE}"
    for file in source.of(Role.ENTRY_POINT):
        for command in file.script.commands():
            if not any(word.endswith(f"/{path}") for word in command.argv):
                continue
            known = source.files.get(path)
            why = _why_not_there(known, in_git=any(each.index_mode for each in source.files.values()))
            if why:
                yield at(file, command.line, f"{path} {why}")


def _why_not_there(file: File | None, *, in_git: bool) -> str:
    """Return what is wrong with the one file, and the cure."""
    if file is None or not file.is_regular:
        return "is not there; 's2itasks init' makes it"
    try:
        archive.verify(file.location)
    except archive.DAMAGED as problem:
        return f"is damaged ({problem}); 's2itasks init --upgrade' replaces it"
    if in_git and file.index_mode is None:
        return f"is not in git, so no clone has it; git add --force {file.path}"
    return ""


@hint(111, "An entry point without a run bit")
def not_executable(source: Source) -> Iterator[Spot]:
    """S2I gives it one; whoever runs it by hand does not."""
    for file in source.of(Role.ENTRY_POINT):
        if not file.executable:
            yield at(file, 1, f"it has no run bit; S2I gives it one, and a Dockerfile does not: chmod +x {file.path}")


@warning(113, "A build with scripts from elsewhere")
def scripts_elsewhere(source: Source) -> Iterator[Spot]:
    """What a BuildConfig names has precedence over .s2i/bin."""
    if source.files.keys().isdisjoint(ENTRY_POINTS):
        return
    for file in source.of(Role.ELSEWHERE):
        for line, place in build_scripts.named(file.text):
            said = f"the build takes its scripts from {place} before those of .s2i/bin"
            yield at(file, line, f"{said}; remove this line, here and in the cluster")


def _missing(source: Source, name: str) -> Iterator[Spot]:
    path = f".s2i/bin/{name}"
    hooks = hooks_of(source, name)
    if hooks and path not in source.files and not source.dockerfile:
        called = call(name, one_file=has_one_file(source))
        message = f"without it nothing runs {listed(hooks)}; write it: #!/bin/bash, "
        message += "pip install s2itasks, " if called == "s2itasks assemble" else ""
        message += f"exec {called}"
        yield Spot(path, 1, message)


def call(name: str, *, one_file: bool = False) -> str:
    """Return how an entry point calls its phase.

    :param one_file: whether a build starts the one file; else there has to be a command.
    """
    program = calls.START_ONE_FILE if one_file and name == "assemble" else "s2itasks"
    return f"{program} {name}"


def has_one_file(source: Source) -> bool:
    """Whether the repository has the one file."""
    return f".s2i/{calls.ONE_FILE}" in source.files


def is_one_file(command: Command) -> bool:
    """Whether a command starts the one file."""
    return any(word.endswith(f"/{calls.ONE_FILE}") for word in command.argv)


def hooks_of(source: Source, entry_point: str) -> set[str]:
    """Return the hooks and env scripts that an entry point is to reach; comments alone are none."""
    found = {name: source.hook(name) for name in source.graph.places(group=GROUPS[entry_point])}
    return {name for name, file in found.items() if name in source.tasks or (file is not None and file.has_code)}


def listed(hooks: set[str]) -> str:
    """Name hooks in a message."""
    return ", ".join(sorted(hooks))


def is_nearly_s2itasks(program: str) -> bool:
    """Whether somebody meant s2itasks by the name of a program."""
    likeness = difflib.SequenceMatcher(None, program.lower(), "s2itasks").ratio()
    return program[:1].lower() == "s" and likeness >= NEAR


def _is_last(script: Block, command: Command) -> bool:
    return bool(script.nodes) and script.nodes[-1] is command
