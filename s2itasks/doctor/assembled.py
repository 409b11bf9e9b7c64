"""What the build left: which s2itasks made the image, whether its hooks are still the same, what is compiled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from s2itasks import __version__
from s2itasks.launcher import record
from s2itasks.launcher.record import Record
from s2itasks.layout import Layout

from .symptom import Symptom, ok, warns

PROBES = frozenset({"ready", "alive"})  # which are called all day, and may take a second
SOME = 5  # files that are named one by one


def symptoms(layout: Layout) -> Iterator[Symptom]:
    """Look at the image that a container was made from."""
    built = record.read(layout)
    if built is None:
        seen = f"no build has left its record in {layout.runtime}"
        yield warns("build", seen, "let .s2i/bin/assemble call s2itasks assemble, with this version of it")
        return
    at = dt.datetime.fromtimestamp(built.at, dt.timezone.utc)
    commit = f", from commit {built.commit}" if built.commit else ""
    yield ok("build", f"s2itasks {built.version} assembled it on {at:%Y-%m-%d at %H:%M} UTC{commit}")
    if built.version != __version__:
        yield warns("build", f"s2itasks {__version__} runs here", "build the image again, or remove the other one")
    try:
        yield from _files(built.files, record.fingerprints(layout))
    except OSError as problem:
        seen = f"{problem.filename} cannot be listed: {problem.strerror}"
        yield warns("files", seen, "give group 0 what its owner may do: chmod g+rwX")
    yield from _programs(built)


def _files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Symptom]:
    seen = {
        "is not there any more": [name for name in before if name not in now],
        "is new since the build": [name for name in now if name not in before],
        "has changed since the build": [name for name in before if name in now and now[name] not in ("", before[name])],
    }
    if not any(seen.values()):
        yield ok("files", f"{len(now)} files of .s2i, as the build left them")
    for what, names in seen.items():
        others = f", and {len(names) - SOME} others like it" if len(names) > SOME else ""
        for position, name in enumerate(names[:SOME], start=1):
            more = others if position == SOME else ""
            yield warns("files", f"{name} {what}{more}", "build the image again, unless it is mounted there on purpose")


def _programs(built: Record) -> Iterator[Symptom]:
    if built.compiled:
        yield ok("compiled", f"bash alone does {', '.join(built.compiled)}")
    for reason in dict.fromkeys(built.in_python.values()):
        left = [name for name, why in built.in_python.items() if why == reason]
        seen = f"Python is started for {', '.join(left)}: {reason}"
        if PROBES.isdisjoint(left):
            yield ok("compiled", seen)
        else:
            yield warns("compiled", seen, "change that, as probes start some four times as fast without Python")
