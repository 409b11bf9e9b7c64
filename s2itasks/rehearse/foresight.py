"""What is known of a rehearsal before anything slow begins, from the source's files and the known variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from s2itasks.console import event, warning
from s2itasks.errors import Failure

from . import installed, interpreter, started
from .machine_pythons import Interpreter
from .started import GunicornMissing
from .uploaded import Uploaded
from .versions import shown


def foresee(source: Path, variables: Mapping[str, str], python: str | None, environ: Mapping[str, str]) -> Interpreter:
    """Say what will be, and what will not work; return the Python to rehearse with.

    :param source: the application's repository, or the directory of it that S2I is given.
    :param variables: what is known of a pod's environment.
    :param python: the one that is asked for.
    :param environ: the shell's environment.
    :raises Failure: when the rehearsal would end with one.
    """
    uploaded = Uploaded(source, variables)
    choice = interpreter.choose(python, source, environ, installed=bool(uploaded.package_files))
    found = choice.interpreter
    event("rehearse", f"Python {shown(found.version)} ({found.executable}), {choice.why}")
    start = started.foreseen(uploaded)
    if start.way:
        event("rehearse", f"to be started: {start.way}")
    for remark in (*choice.remarks, *_of_context(source), *installed.remarks(uploaded), *start.remarks):
        warning(remark)
    _judge(start.wrong, certain=not uploaded.changes)
    return found


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
