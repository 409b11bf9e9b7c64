"""The commands of a laptop, as invoke tasks: they need no container, and import what they do when they are called."""

from __future__ import annotations

from pathlib import Path

from .failures import UsageError
from .phase import Group, phase
from .session import Session


@phase(
    group=Group.LAPTOP,
    operands="source",
    help={
        "source": "the application's repository (default: the current directory); the bare word does",
        "root": "directory to do it in, kept and reused (default: a new one in the user's cache)",
        "check": "end when the application is ready, instead of staying until Ctrl-C",
    },
)
def rehearse(session: Session, source: str = ".", root: str | None = None, check: bool = False) -> None:  # noqa: FBT001, FBT002
    """Build, verify and run an application without an image or a cluster.

    The source is copied like an upload into a private application root with a virtual environment of its own, and
    goes through assemble, verify and run with the embedded builder, on a free port. It is ready when the ready hook
    passes, or without one when the port answers. When the rehearsal ends, nothing is left running.
    """
    if not source or root == "":
        raise UsageError("rehearse needs the name of a directory, and not an empty one")
    from . import rehearsal  # noqa: PLC0415 - see above

    rehearsal.rehearse(Path(source), None if root is None else Path(root), session.environ, check=check)


@phase(
    group=Group.LAPTOP,
    quiet=True,
    operands="source",
    iterable=["ignore"],
    help={
        "source": "the directory that holds .s2i (default: the current directory); the bare word does",
        "format": "text (default), json, or github for the annotations of a workflow",
        "strict": "let warnings count, too",
        "ignore": "id of a rule to leave out; may be given more than once",
        "fix": "mend run bits, line endings and spellings, and show what was changed",
    },
)
def check(
    session: Session,
    source: str = ".",
    format: str = "text",  # noqa: A002
    strict: bool = False,  # noqa: FBT001, FBT002
    ignore: list[str] | None = None,
    fix: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Look for mistakes in .s2i.

    Hooks that would never run, what S2I or a clone makes of them, secrets on their way into a log or an image. It runs
    nothing of the application; it asks bash about syntax, and shellcheck where that is installed. The status is 1 if
    there is an error, with --strict also if there is a warning. In a file, '# s2itasks: ignore=S2I503' silences a rule:
    in its line, in the comment above it, or for the whole file in the comment it begins with.
    """
    from .check import linting  # noqa: PLC0415 - see above

    if not source:
        raise UsageError("check needs the name of a directory, and not an empty one")
    linting.lint(Path(source), session.environ, format=format, strict=strict, ignore=ignore or [], fix=fix)
