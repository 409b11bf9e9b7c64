"""What of an application a rehearsal on this machine does not try: its ``.s2i/bin``, instead of which it calls us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from s2itasks.init import planning

from .uploaded import Uploaded

SHEBANGS = ("#!/bin/bash", "#!/bin/sh", "#!/usr/bin/bash", "#!/usr/bin/sh", "#!/usr/bin/env bash", "#!/usr/bin/env sh")
# What brings s2itasks into an image and calls it; `init` writes these lines, and a rehearsal does as much itself.
KNOWN = {"assemble": "".join(planning.ASSEMBLE.values()), "run": planning.RUN}


class Untried(NamedTuple):
    """Something that works in a pod, or does not, whatever comes of a rehearsal.

    :param warning: what it is, and what to do about it.
    :param difference: the same for the list of what is not as in a pod.
    """

    warning: str
    difference: str


def scripts(uploaded: Uploaded) -> Iterator[Untried]:
    """Yield the scripts of ``.s2i/bin`` that do something else than what `init` writes, with the first line of that."""
    for name, known in KNOWN.items():
        path = f".s2i/bin/{name}"
        if not uploaded.has(path):
            continue
        lines, usual = _lines(uploaded.text(path)), {line for _, line in _lines(known)}
        other = next((each for each in lines if each[1] not in usual), None)
        if other is None and any(line.startswith("exec ") for _, line in lines):
            continue
        number, line = other or (1, "nothing is called")
        where, called = f"{path}:{number}", f"s2itasks {name}"
        yield Untried(
            f"{where}: {line}: not tried here, where '{called}' is called instead of {path}; try it with --container",
            f"{where}: not tried, {called} is called instead of {path}; --container runs it",
        )


def port(file: Mapping[str, str]) -> Iterator[Untried]:
    """Yield the port that an application asks for.

    :param file: the variables of ``.s2i/environment``.
    """
    if "PORT" in file:
        problem = f".s2i/environment: PORT={file['PORT']} is not used here: the application is told a free port"
        yield Untried(f"{problem}; try it with --container", f"port: a free one, for {file['PORT']}")


def _lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that do something, with their numbers; a carriage return is not taken for a blank."""
    lines = [(number, line.strip(" \t")) for number, line in enumerate(text.split("\n"), start=1)]
    if lines[0][1] in SHEBANGS:
        del lines[0]
    return [(number, line) for number, line in lines if line and (number == 1 or not line.startswith("#"))]
