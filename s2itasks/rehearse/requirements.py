"""Whether the builder will install a package, as far as an application's files tell."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from s2itasks import application
from s2itasks.process import reading

from .uploaded import Uploaded

INCLUDED = re.compile(r"^\s*(?:-r|--requirement)[ \t=]*(\S+)", re.MULTILINE)
# What can be, or bring, anything: an address, a path, the application itself.
OPAQUE = re.compile(r"^\s*(?:-e\b|--editable\b|[./])|://|\s@\s|git\+", re.MULTILINE)
UNREADABLE = "\0"  # for the text of what is not there, or only read in part


def installs(uploaded: Uploaded, package: str) -> bool | None:
    """Return whether the builder will install a package; None where that is in doubt.

    A package that another one brings along is not seen.
    """
    texts = dict(_texts(uploaded))
    if any(application.requires(text, package) for text in texts.values()) or uploaded.mentions(package):
        return True
    in_doubt = UNREADABLE in texts.values()
    in_doubt = in_doubt or any(OPAQUE.search(text) for path, text in texts.items() if path.endswith(".txt"))
    in_doubt = in_doubt or any(path.startswith("setup.") for path in texts)  # they may read any other file
    in_doubt = in_doubt or ("pyproject.toml" in texts and _is_dynamic(uploaded))
    return None if in_doubt else False


def named(uploaded: Uploaded, package: str) -> bool:
    """Whether anything that the builder reads names a package, in whichever spelling of dashes."""
    pattern = re.compile(re.sub(r"[-_.]+", "[-_.]", re.escape(package).replace(r"\-", "-")), re.IGNORECASE)
    return any(pattern.search(text) for _, text in _texts(uploaded))


def nothing(uploaded: Uploaded) -> bool:
    """Whether the builder installs nothing at all."""
    return not file(uploaded) and not uploaded.package_files


def file(uploaded: Uploaded) -> str:
    """Return the file that lists what is installed before the application, by the tool that is asked for."""
    pipenv, micropipenv = (uploaded.variables.get(name) for name in ("ENABLE_PIPENV", "ENABLE_MICROPIPENV"))
    candidates = ("Pipfile.lock", "poetry.lock") if micropipenv and not pipenv else ("Pipfile",) if pipenv else ()
    return next(filter(uploaded.has, (*candidates, "requirements.txt")), "")


def _texts(uploaded: Uploaded) -> Iterator[tuple[str, str]]:
    """Return the files that the builder, or the tool that it starts, reads, with their texts."""
    first = file(uploaded)
    waiting = [*([first] if first else []), *uploaded.package_files]
    seen = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        text = uploaded.text(path)
        yield path, text if uploaded.has(path) and len(text) < reading.MOST else UNREADABLE
        if path == first or path.endswith(".txt"):
            waiting += [os.path.normpath(os.path.join(os.path.dirname(path), each)) for each in INCLUDED.findall(text)]  # noqa: PTH118, PTH120 - as pip joins them


def _is_dynamic(uploaded: Uploaded) -> bool:
    """Whether pyproject.toml leaves it to somebody else to say what is required."""
    project = uploaded.pyproject.table("project")
    return uploaded.pyproject.document is None or "dependencies" in project.get("dynamic", [])
