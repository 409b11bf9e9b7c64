"""``init --from``: what is written of a conversion, and its report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from s2itasks import console
from s2itasks.check import Finding, check
from s2itasks.convert import powershift, report, v2, warpdrive
from s2itasks.convert.conversion import Conversion, Origin
from s2itasks.convert.detection import detected
from s2itasks.convert.entry import Fate
from s2itasks.errors import Failure, UsageError, did_you_mean
from s2itasks.graph import Graph
from s2itasks.process.replacing import replace

from . import planning
from .planning import Wanted

NEEDED = {Origin.V2: ".openshift", Origin.POWERSHIFT: ".s2i", Origin.WARPDRIVE: ".warpdrive"}
KEPT = "it was there, and stays: see what of the conversion is missing in it (--dry-run --force shows that)"
SUFFIXES = (".md", ".markdown", ".json")


def convert(
    write: Callable[..., None],
    source: Path,
    environ: Mapping[str, str],
    graph: Graph,
    install: str,
    *,
    origin: str,
    file: str,
    write_manifests: bool,
    dry_run: bool,
) -> None:
    """Convert a repository, and make it ready.

    :param write: writes the files, given the ``conversion``.
    :param graph: the phases that there are.
    :param install: how s2itasks gets into the image.
    :param origin: what to convert from; found out where it is empty.
    :param file: the report's name; empty where none is asked for.
    :param write_manifests: change manifests, too.
    :param dry_run: only show what would be changed.
    :raises UsageError: where there is nothing to convert, or the report cannot be written.
    """
    _require_report(file)
    planning.require_way(install)
    made = _conversion(source, environ, _origin(source, origin), install, write_manifests=write_manifests)
    write(conversion=made)
    _conclude(made, source, environ, graph, file, dry_run=dry_run)


def hint(source: Path) -> str:
    """Return a line that says what would convert a repository; nothing where there is nothing to convert.

    Without ``--from``, `init` does not convert by itself: it has promised to leave what is there, whoever runs it twice
    may have kept ``.openshift``, and what is converted wants to be looked at.
    """
    origin = detected(source)
    return f"There are hooks for {origin.title} here: init --from {origin.value} converts them." if origin else ""


def _origin(source: Path, named: str) -> Origin:
    """Return what to convert from: what was asked for, else what the repository tells.

    :raises UsageError: where there is no such origin, or nothing of it here.
    """
    known = [each.value for each in Origin]
    if named and named not in known:
        cure = did_you_mean(named, known) or f"choose one of: {', '.join(known)}"
        raise UsageError(f"init has no --from {named!r}", cure=cure)
    origin = Origin(named) if named else detected(source)
    if origin is None:
        raise UsageError(
            f"nothing to convert was found in {source}", cure=f"give --from, with one of: {', '.join(known)}"
        )
    if not (source / NEEDED[origin]).is_dir():
        raise UsageError(
            f"there is no {NEEDED[origin]} in {source}", cure="give the directory of the repository that has it"
        )
    return origin


def _conversion(
    source: Path, environ: Mapping[str, str], origin: Origin, install: str, *, write_manifests: bool
) -> Conversion:
    """Return what is to become of a repository."""
    if origin is Origin.V2:
        return v2.convert(source, environ)
    if origin is Origin.WARPDRIVE:
        return warpdrive.convert(source, environ, write_manifests=write_manifests)
    standard = {".s2i/bin/assemble": planning.ASSEMBLE[install], ".s2i/bin/run": planning.RUN}
    return powershift.convert(source, environ, standard, install, write_manifests=write_manifests)


def wanted(made: Conversion) -> Iterator[Wanted]:
    """Yield the files of a conversion."""
    for path, file in sorted(made.files.items()):
        yield Wanted(path, file.content, file.executable, in_place=file.in_place)


def added(made: Conversion, others: Sequence[Wanted]) -> Iterator[Wanted]:
    """Yield the files that get lines, with those that others want to have in them."""
    lines = {path: [*each] for path, each in made.added.items()}
    for each in others:
        lines.setdefault(each.path, []).extend(each.content.decode().splitlines())
    for path, wished in sorted(lines.items()):
        text = "".join(f"{line}\n" for line in dict.fromkeys(wished))
        yield Wanted(path, text.encode("utf-8", "surrogateescape"), adds=True)


def tell_of_kept(made: Conversion | None, paths: Iterable[str]) -> None:
    """Have the report say which files of a conversion are not written, since others are there."""
    for path in paths:
        if made is not None and path in made.files:
            made.say(path, Fate.LEFT, KEPT)


def _conclude(
    made: Conversion, source: Path, environ: Mapping[str, str], graph: Graph, file: str, *, dry_run: bool
) -> None:
    """Say what is left to a person, or write it into a report.

    :param file: the report's name; empty where none was asked for.
    :raises Failure: when it cannot be written.
    """
    findings = None if dry_run else check(source, graph, environ)
    lines = [*report.summary(made), *map(_line, findings or ())]
    if file:
        _write(Path(file), made, findings)
        console.show(f"{file}: what was done, and what is left to you ({len(lines)})")
        return
    if lines:
        console.show("Left to you:")
    for line in lines:
        console.show(f"    {line}")


def _require_report(file: str) -> None:
    """Refuse a report of another kind before anything is written.

    :raises UsageError: says which kinds there are.
    """
    path = Path(file)
    if file and path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"a report is Markdown or JSON, and {file} says neither", cure="name a file that ends in .md or .json"
        )
    if file and not (path.parent.is_dir() and os.access(path.parent, os.W_OK)):
        raise UsageError(f"nothing can be written into {path.parent}", cure="name a file in another directory")
    if file and os.path.lexists(path) and not report.is_one(path):
        raise UsageError(f"{file} is there already, and is no report", cure="name a file that is not there yet")


def _write(path: Path, made: Conversion, findings: Sequence[Finding] | None) -> None:
    text = (report.as_json if path.suffix.lower() == ".json" else report.markdown)(made, findings)
    try:
        replace(path, text.encode("utf-8", "replace"), 0o644)
    except OSError as problem:
        cure = "give another --report"
        raise Failure(f"{path} cannot be written: {problem.strerror}", cure=cure, status=1) from None


def _line(finding: Finding) -> str:
    return f"{finding.path}:{finding.line}: {finding.rule.severity.value} {finding.rule.id}: {finding.message}"
