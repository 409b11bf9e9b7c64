"""Rules 5xx: what hooks do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.graph import Group
from s2itasks.masking.text import masked_words
from s2itasks.shell import Block, Command, Compound

SERVICE = re.compile(r"(?!KUBERNETES_)[A-Z][A-Z0-9_]*_SERVICE_(HOST|PORT)(_\w+)?$")
EVERYWHERE = re.compile(r"(PATH|HOME|USER|TMPDIR|LANG|LC_\w+|TZ|PYTHON\w*|LD_\w+|PIP_\w+|\w+_proxy|\w+_PROXY)$")
POWERSHIFT = re.compile(r"powershift-(image|cli\[[^\]]*image)")
SUPERVISES = ("trap", "wait")
ENDS = ("exit", "return", "true", ":", "eval", ".", "source")  # or may do anything
# Variables of an OpenShift V2 gear, and what takes their place.
OF_V2 = {
    "OPENSHIFT_REPO_DIR": "hooks run in the source directory; its path is $S2I_SOURCE_PATH",
    "OPENSHIFT_DATA_DIR": "mount a volume, and say in deploy_env or .s2i/environment where",
    "OPENSHIFT_HOMEDIR": "the application root is $S2I_APPLICATION_PATH",
    "OPENSHIFT_PYTHON_DIR": "the virtual environment is active; the application root is $S2I_APPLICATION_PATH",
    "OPENSHIFT_LOG_DIR": "write to stdout",
    "OPENSHIFT_PYTHON_LOG_DIR": "write to stdout",
    "OPENSHIFT_TMP_DIR": "use /tmp, or $TMPDIR",
    "OPENSHIFT_PYTHON_IP": "listen on 0.0.0.0",
    "OPENSHIFT_PYTHON_PORT": "listen on $PORT, or 8080",
}


@error(501, "A run hook that does not exec")
def run_without_exec(source: Source) -> Iterator[Spot]:
    """The application is then a child of bash, which as PID 1 keeps signals from it."""
    file = source.hook("run")
    if file is None or not file.fully_read or any(command.name in SUPERVISES for command in file.script.commands()):
        return
    for command in _not_replaced(file.script, file.script):
        yield at(file, command.line, _how_to_exec(command))


def _how_to_exec(command: Command) -> str:
    if command.background:
        return "bash does not wait for this, and the container ends with it; write 'exec' before it and no '&' behind"
    if command.in_subshell:
        return (
            "bash stays PID 1 and keeps SIGTERM from the application; write it without a pipe or brackets, with 'exec'"
        )
    return "bash stays PID 1 and keeps SIGTERM from the application; put 'exec' before this"


def _not_replaced(block: Block, script: Block, depth: int = 0) -> Iterator[Command]:
    """Return the commands that a block can end with and that leave bash running."""
    statements = block.statements()
    last = statements[-1] if statements else None
    if any(isinstance(node, Command) and node.replaces_script and not node.before for node in statements):
        return
    if isinstance(last, Compound) and last.kind in ("if", "case", "{", "("):
        for inner in last.blocks:
            if not inner.condition:
                yield from _not_replaced(inner, script, depth)
    elif isinstance(last, Command):
        called = [node for node in script.nodes if isinstance(node, Compound) and node.name == last.name]
        if called and called[0].kind == "function" and depth == 0:
            body = called[0].blocks[0].nodes[0]
            yield from _not_replaced(body.blocks[0] if isinstance(body, Compound) else script, script, 1)
        elif last.words and not last.replaces_script and last.name not in ENDS:
            yield last


@warning(502, "A deploy-time variable in a build hook")
def deploy_time_variable(source: Source) -> Iterator[Spot]:
    """deploy_env is never evaluated in a build, and no service can be reached from one."""
    of_deployment = _set_by(source, "deploy_env") - _set_by(source, "build_env") - set(source.variables)
    for name in sorted(source.graph.places(group=Group.BUILD)):
        file = source.hook(name)
        if file is None:
            continue
        known = _handled(file) | (_set_by(source, "build_env") | set(source.variables))
        for variable, line in _first_readings(file):
            if variable in known or EVERYWHERE.match(variable):
                continue
            if variable in of_deployment:
                message = f"${variable} is set by deploy_env, which has no effect in a build; set it in build_env, too"
                yield at(file, line, message)
            elif SERVICE.match(variable):
                message = f"${variable} exists only in pods of the deployment; use the service in 'deploy' or 'ready'"
                yield at(file, line, message)


@warning(508, "A probe with a time limit of its own")
def own_timeout(source: Source) -> Iterator[Spot]:
    """A process in the background that sleeps and kills is left behind by every probe that goes well."""
    for file in source.probes:
        for node in file.script.nodes_within():
            if isinstance(node, Compound) and node.after == "&" and {"sleep", "kill"} <= _names(node):
                message = f"the process in the background outlives the probe; call 's2itasks {file.name} --timeout 2'"
                yield at(file, node.line, message)


def _names(node: Compound) -> set[str]:
    return {command.name for block in node.blocks for command in block.commands()}


@error(510, "A call to powershift-image")
def powershift(source: Source) -> Iterator[Spot]:
    """It no longer works with today's setuptools."""
    for file in source.scripts:
        for command in file.script.commands():
            words = calls.of_powershift(command)
            if words is not None:
                equivalent = " ".join(["s2itasks", *masked_words(words)])
                yield at(
                    file, command.line, f"powershift-image is broken and no longer maintained; write {equivalent!r}"
                )
            elif "install" in command.argv and any(POWERSHIFT.search(word) for word in command.argv):
                yield at(
                    file,
                    command.line,
                    "powershift-image is broken and no longer maintained; install 's2itasks' instead",
                )


@warning(511, "A variable of OpenShift V2 that nothing sets")
def variable_of_v2(source: Source) -> Iterator[Spot]:
    """There are no gears any more."""
    set_anywhere = set(source.variables) | _set_by(source, "build_env") | _set_by(source, "deploy_env")
    for file in source.scripts:
        for variable, line in _first_readings(file):
            if variable in OF_V2 and variable not in set_anywhere | _handled(file):
                yield at(file, line, f"nothing sets ${variable} any more; {OF_V2[variable]}")


@error(512, "A hook that calls itself")
def calls_itself(source: Source) -> Iterator[Spot]:
    """Directly, or through a phase that has it among its prerequisites; there is no end to that."""
    for file in source.of(Role.HOOK, Role.ENV_SCRIPT):
        for command, called in calls.phases(file):
            phase = source.graph.get(called)
            if phase is not None and file.name in (each.name for each in source.graph.flattened(phase)):
                message = (
                    f"'s2itasks {called}' runs {file.name} again, and so on without end; do here what it is meant to do"
                )
                yield at(file, command.line, message)


def _set_by(source: Source, env_script: str) -> set[str]:
    file = source.hook(env_script)
    return _assigned(file) if file is not None else set()


def _assigned(file: File) -> set[str]:
    """Return the variables that a script assigns, exports, reads or loops over."""
    names: set[str] = set()
    for node in file.script.nodes_within():
        if isinstance(node, Compound):
            names |= {node.name} if node.kind == "for" else set()
        elif isinstance(node, Command):
            if not node.words:
                names |= {assignment.name for assignment in node.assignments}
            elif node.name in ("export", "declare", "local", "typeset", "readonly", "read", "mapfile", "readarray"):
                names |= {word.partition("=")[0] for word in node.argv[1:]}
    return names


def _handled(file: File) -> set[str]:
    """Return the variables that a script sets itself, has a default for, or asks for before it uses them."""
    names = _assigned(file)
    for command in file.script.commands():
        tests = command.name in ("[", "[[", "test")
        names |= {each.name for each in command.expansions() if each.guarded or tests}
    return names


def _first_readings(file: File) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    if not file.fully_read:  # what it sets itself may be missing
        return
    for node in file.script.nodes_within():
        words = node.all_words() if isinstance(node, Command) else node.words if isinstance(node, Compound) else ()
        for word in words:
            for expansion in word.expansions:
                if expansion.name not in seen:
                    seen.add(expansion.name)
                    yield expansion.name, expansion.line
