"""Probes that write port 8080 out: in a pod it is the application's, and in a rehearsal that is any free one.

A rehearsal does not take 8080 where it is free: two at once, or a server beside it, would make its result an accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from s2itasks.check.source import NO_NAME, TASKS, Source
from s2itasks.errors import UsageError
from s2itasks.graph import Graph

LITERAL = re.compile(r"(?<![\w.-])8080(?![\w.}])")
ASKED_FOR = re.compile(r"\$\{?PORT\b|[\"']PORT[\"']")  # then the number is what counts where there is no PORT
SETS = re.compile(r"^[ \t]*(?:export[ \t]+)?PORT=", re.MULTILINE)
MOST = 20  # files of one probe that are looked at


def warnings(source: Path, graph: Graph, environ: Mapping[str, str], probes: Sequence[str]) -> Iterator[str]:
    """Yield what to say of each line, in probes and in the files of the repository that they name.

    :param source: the application's repository.
    :param graph: the phases that there are.
    :param environ: the shell's environment.
    :param probes: names of hooks.
    """
    try:
        checked = Source.read(source, graph, environ)
    except UsageError:  # there is no .s2i
        return
    deploy_env = checked.hook("deploy_env")
    if deploy_env is not None and SETS.search(deploy_env.text):
        return
    for path, number in dict.fromkeys(spot for name in probes for spot in _spots(checked, name)):
        cure = 'os.environ.get("PORT", "8080")' if path.endswith(".py") else "${PORT:-8080}"
        problem = "8080 is not the port of a rehearsal, which tells the application a free one"
        yield f"{path}:{number}: {problem}; use {cure}"


def _spots(source: Source, probe: str) -> Iterator[tuple[str, int]]:
    """Yield path and number of the lines that have the port written out."""
    hook = source.hook(probe)
    pending = [hook.path] if hook is not None else [TASKS] if probe in source.tasks else []
    seen = set(pending)
    for path in pending:  # which grows meanwhile
        text = source.text_of(source.root / path)
        for number, line in enumerate(text.split("\n"), start=1):
            if line.lstrip().startswith("#"):
                continue
            if LITERAL.search(line) and not ASKED_FOR.search(line):
                yield path, number
            for named in _named(source, line) if len(seen) < MOST else ():
                if named not in seen:
                    seen.add(named)
                    pending.append(named)


def _named(source: Source, line: str) -> Iterator[str]:
    """Yield the files of ``.s2i``, and those at the top of the repository, that a line may name."""
    names = set(NO_NAME.split(line)) - {""}
    yield from (path for path in source.files if path.rpartition("/")[2] in names and path.startswith(".s2i/"))
    yield from (name for name in sorted(names) if name.endswith((".py", ".sh")) and (source.root / name).is_file())
