"""Rules 1xx: ``.s2i/bin/assemble`` and ``run``, through which everything else is reached."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.graph import Group, Kind
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


@error(103, "An entry point that does not reach s2itasks")
def not_reached(source: Source) -> Iterator[Spot]:
    """The hooks are there, and nothing calls them."""
    for file in source.of(Role.ENTRY_POINT):
        hooks = _hooks(source, file.name)
        if hooks and not source.dockerfile and not _reaches(source, file):
            never = f"{_listed(hooks)} {'is' if len(hooks) == 1 else 'are'} never run"
            yield at(file, 1, f"nothing in it calls s2itasks, so {never}; end it with: exec s2itasks {file.name}")


@error(104, "A misspelt call to s2itasks")
def misspelt(source: Source) -> Iterator[Spot]:
    """Neither the command nor the phase exists."""
    for file in source.scripts:
        for command in file.script.commands():
            yield from _misspelt(source, file, command)


def _misspelt(source: Source, file: File, command: Command) -> Iterator[Spot]:
    program = (command.invoked() or [""])[0].rpartition("/")[2]
    if program != "s2itasks" and _near(program):
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
        needed = _hooks(source, file.name) - source.graph.places(kind=Kind.ENV_SCRIPT)
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
                yield at(file, command.line, "nothing follows, so let it replace the script: exec s2itasks assemble")
            elif not _stops_at_failures(file) and not command.in_condition and command.after not in ("&&", "||"):
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


def _missing(source: Source, name: str) -> Iterator[Spot]:
    path = f".s2i/bin/{name}"
    hooks = _hooks(source, name)
    if hooks and path not in source.files and not source.dockerfile:
        message = f"without it nothing runs {_listed(hooks)}; write it: #!/bin/bash, "
        message += "pip install s2itasks, exec s2itasks assemble" if name == "assemble" else "exec s2itasks run"
        yield Spot(path, 1, message)


def _hooks(source: Source, entry_point: str) -> set[str]:
    """Return the hooks and env scripts that an entry point is to reach; comments alone are none."""
    found = {name: source.hook(name) for name in source.graph.places(group=GROUPS[entry_point])}
    return {name for name, file in found.items() if name in source.tasks or (file is not None and file.has_code)}


def _listed(hooks: set[str]) -> str:
    return ", ".join(sorted(hooks))


def _reaches(source: Source, file: File) -> bool:
    """Whether a script reaches s2itasks, or calls the hooks by itself, directly or through another script."""
    if not file.is_shell or not file.script.nodes or not file.fully_read:
        return "s2itasks" in file.text
    for command in file.script.commands():
        installs = any(word in ("install", "download", "wheel") for word in command.argv)
        if calls.of_powershift(command) is not None or _near((command.invoked() or [""])[0].rpartition("/")[2]):
            return True
        for word in command.all_words():
            if "action_hooks" in word.text or ("s2itasks" in word.text and not installs):
                return True
            if not installs and _leads_on(source, file, word.text):
                return True
    return False


def _leads_on(source: Source, file: File, word: str) -> bool:
    """Whether a word names another script of the source in which s2itasks is called."""
    inside = re.sub(r"^(\$\{?\w+\}?|/tmp/src|/opt/app-root/src|\.|\$\(.*\)|`.*`)/", "", word)
    for path in {inside, f".s2i/bin/{os.path.basename(word)}"}:  # noqa: PTH119 - a word, not a path
        target = source.files.get(path)
        if target is not None and target is not file and re.search("s2itasks|action_hooks", target.text):
            return True
        if path and not path.startswith("/") and target is None and "s2itasks" in source.text_of(source.root / path):
            return True
    return False


def _near(program: str) -> bool:
    likeness = difflib.SequenceMatcher(None, program.lower(), "s2itasks").ratio()
    return program[:1].lower() == "s" and likeness >= NEAR


def _is_last(script: Block, command: Command) -> bool:
    return bool(script.nodes) and script.nodes[-1] is command


def _stops_at_failures(file: File) -> bool:
    options = " ".join(filter(None, file.shebang)) if file.shebang else ""
    if re.search(r"\s-[a-z]*e", options):
        return True
    sets = (command for command in file.script.commands() if command.name == "set")
    return any(re.match(r"-[A-Za-z]*e|errexit", word) for command in sets for word in command.argv[1:])
