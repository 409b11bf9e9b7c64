"""What is known of a rehearsal before anything slow begins, from the source's files and the known variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from s2itasks.console import event, warning
from s2itasks.errors import Failure
from s2itasks.graph import Graph

from . import image_commands, installed, interpreter, literal_port, started, untried
from .machine_pythons import Interpreter
from .started import GunicornMissing
from .uploaded import Uploaded
from .versions import shown


def python(source: Path, variables: Mapping[str, str], asked: str | None, environ: Mapping[str, str]) -> Interpreter:
    """Choose the Python to rehearse with, and say which.

    :param source: the application's repository, or the directory of it that S2I is given.
    :param variables: what is known of a pod's environment.
    :param asked: the one that is asked for.
    :param environ: the shell's environment.
    :raises Failure: when it is not there, or the rehearsal would fail with it.
    """
    installs = bool(Uploaded(source, variables).package_files)
    choice = interpreter.choose(asked, source, environ, installed=installs)
    found = choice.interpreter
    event("rehearse", f"Python {shown(found.version)} ({found.executable}), {choice.why}")
    for remark in choice.remarks:
        warning(remark)
    return found


def foresee(source: Path, variables: Mapping[str, str]) -> None:
    """Say what will be started, and what will not work; see `python`.

    :raises Failure: when the rehearsal would end with one.
    """
    uploaded = Uploaded(source, variables)
    start = started.foreseen(uploaded)
    if start.way:
        event("rehearse", f"to be started: {start.way}")
    for remark in (*_of_context(source), *installed.remarks(uploaded), *start.remarks):
        warning(remark)
    _judge(start.wrong, certain=not uploaded.changes)


def not_tried(source: Path, graph: Graph, environ: Mapping[str, str], variables: Mapping[str, str]) -> Sequence[str]:
    """Say what a rehearsal on this machine will not try, and return that for the list of what is not as in a pod.

    :param graph: the phases that there are.
    """
    of_scripts = (*untried.scripts(Uploaded(source, variables)), *image_commands.absent(source, graph, environ))
    found = [*untried.port(variables), *of_scripts]
    asking = literal_port.warnings(source, graph, environ, ("ready", "alive"))
    for each in (*(each.warning for each in found), *asking):
        warning(each)
    return [each.difference for each in found]


def _judge(wrong: Iterable[Failure], *, certain: bool) -> None:
    """End with what is wrong, or warn of it where a hook may mend it, or a package bring another one along."""
    for failure in wrong:
        if certain and not isinstance(failure, GunicornMissing):
            raise failure
        unless = "" if certain else ", unless a hook changes that"
        warning(f"{failure.problem}{unless}; {failure.cure}")


def _of_context(source: Path) -> Iterable[str]:
    """Return what S2I would not see, given a directory of a repository as its context."""
    if not (source / ".s2i").exists() and (source.parent / ".s2i").is_dir():
        yield (
            f"{source} has no .s2i, and S2I with {source.name} as its context directory does not see that of "
            f"{source.parent}; move it into {source}"
        )
