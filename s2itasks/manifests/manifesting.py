"""The command ``manifests``: read the hooks, decide, and write the objects to stdout or into a directory."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from s2itasks import console
from s2itasks.errors import Failure, UsageError
from s2itasks.graph import Graph
from s2itasks.process import reading
from s2itasks.process.replacing import replace

from . import applying, described
from .applying import MARK
from .asked import Asked
from .objects import objects
from .plan import Plan, plan
from .yaml_text import comment, document


class NotOurs(UsageError):
    """A file is in the way that somebody else has written."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there, and not made by s2itasks manifests", cure="move it away, or choose another directory"
        )


class NotADirectory(UsageError):
    """A file has the name of the directory to write into."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is a file", cure="give a directory")


class StdoutClosed(Failure):
    """Nobody would get what was asked for."""

    def __init__(self) -> None:
        super().__init__(
            "the objects cannot be written: stdout is closed", cure="leave it open, or give --output DIR", status=1
        )


class CannotWrite(Failure):
    """A file cannot be written."""

    def __init__(self, path: Path, problem: OSError) -> None:
        super().__init__(
            f"{path} cannot be written: {problem.strerror}", cure="correct that, and call it again", status=1
        )


def manifests(source: Path, graph: Graph, environ: Mapping[str, str], asked: Asked, output: Path | None) -> None:
    """Write the objects of an application.

    :param source: its repository.
    :param graph: the phases that there are.
    :param output: the directory to write a file for each object into; stdout where it is None.
    :raises UsageError: when options contradict each other or the hooks.
    :raises Failure: when the repository cannot be read, or a file not be written.
    """
    made = plan(asked, described.read(source, graph, environ))
    if output is None:
        if sys.__stdout__ is None:  # Python says so; `sys.stdout` has been put in its place
            raise StdoutClosed
        sys.stdout.flush()
        sys.stdout.buffer.write(stream(made).encode())
        sys.stdout.buffer.flush()
    else:
        _write(output, files(made, output))


def stream(made: Plan) -> str:
    """Return all objects as one stream of YAML, behind how to apply it."""
    head = "\n".join([*_head(applying.text(made, "-f FILE"))])
    return f"{head}\n" + "".join(f"---\n{document(each.content)}" for each in objects(made))


def files(made: Plan, directory: Path) -> dict[str, str]:
    """Return the text of each file by its name.

    :param directory: where they will be.
    """
    texts = {each.file: f"{MARK}.\n{document(each.content)}" for each in objects(made)}
    head = "\n".join(_head(applying.text(made, f"-k {shlex.quote(str(directory))}")))
    return {**texts, "kustomization.yaml": f"{head}\n{document(applying.kustomization(list(texts)))}"}


def _head(text: str) -> list[str]:
    return [f"{MARK}.", *comment(text)]


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    """Write the files, if none of them is somebody else's; name those of another time that are not among them."""
    if os.path.lexists(directory) and not directory.is_dir():
        raise NotADirectory(directory)
    for name in texts:
        if os.path.lexists(directory / name) and not _is_ours(directory / name):
            raise NotOurs(directory / name)
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotWrite(directory, problem) from None
    for name, text in texts.items():
        try:
            replace(directory / name, text.encode(), 0o644)
        except OSError as problem:
            raise CannotWrite(directory / name, problem) from None
        console.show(str(directory / name))
    for name in _left_over(directory, texts):
        console.warning(f"{directory / name} is not among them any more; remove it")


def _left_over(directory: Path, texts: Mapping[str, str]) -> Sequence[str]:
    return sorted(path.name for path in directory.glob("*.yaml") if path.name not in texts and _is_ours(path))


def _is_ours(path: Path) -> bool:
    try:
        return not path.is_symlink() and reading.head(path, len(MARK)) == MARK.encode()
    except OSError:
        return False
