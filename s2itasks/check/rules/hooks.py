"""Rules 5xx: what hooks do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.check.variables import first_readings, handled, set_by
from s2itasks.graph import Group
from s2itasks.shell import Block, Command, Compound

SERVICE = re.compile(r"(?!KUBERNETES_)[A-Z][A-Z0-9_]*_SERVICE_(HOST|PORT)(_\w+)?$")
EVERYWHERE = re.compile(r"(PATH|HOME|USER|TMPDIR|LANG|LC_\w+|TZ|PYTHON\w*|LD_\w+|PIP_\w+|\w+_proxy|\w+_PROXY)$")
SUPERVISES = ("trap", "wait")
ENDS = ("exit", "return", "true", ":", "eval", ".", "source")  # or may do anything


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
    of_deployment = set_by(source, "deploy_env") - set_by(source, "build_env") - set(source.variables)
    for name in sorted(source.graph.places(group=Group.BUILD)):
        file = source.hook(name)
        if file is None:
            continue
        known = handled(file) | (set_by(source, "build_env") | set(source.variables))
        for variable, line in first_readings(file):
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
