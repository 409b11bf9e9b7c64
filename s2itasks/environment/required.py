"""Reading ``.s2i/required``: the variables without which a deployment ends before it begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from s2itasks.errors import ConfigurationError
from s2itasks.layout import Layout
from s2itasks.process.errors import Unreadable

from . import environment_file

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Required(NamedTuple):
    """A variable that has to be there.

    :param purpose: what it is for, as the file says it; empty where it does not.
    :param line: where it stands, from 1.
    """

    name: str
    purpose: str
    line: int

    @property
    def shown(self) -> str:
        """The name, with what it is for."""
        return f"{self.name} ({self.purpose})" if self.purpose else self.name


class NoName(ConfigurationError):
    """A line of the file is not the name of a variable."""

    def __init__(self, shown: str, line: int, content: str) -> None:
        cure = "write a line for each variable: NAME  # what it is for"
        if "=" in content:
            cure = "write the name alone: values belong into .s2i/environment or a Secret"
        self.line = line
        super().__init__(f"{shown}:{line}: {content.partition('=')[0]!r} is not the name of a variable", cure=cure)


class Missing(ConfigurationError):
    """Variables are required that are not set, or empty."""

    def __init__(self, missing: Iterable[Required], shown: str) -> None:
        each = list(missing)
        names = ", ".join(item.shown for item in each)
        verb = "is" if len(each) == 1 else "are"
        super().__init__(
            f"{names} {verb} required by {shown} and not set",
            cure="set them on the deployment, or in deploy_env; an empty value is a missing one",
        )


def of_application(layout: Layout) -> list[Required]:
    """Return what an application requires, in the order of its file, each once; without the file, nothing.

    :raises NoName: when a line is something else.
    :raises Unreadable: when the file is there but cannot be read, or is a link that leads out of a foreign source.
    """
    shown = layout.shown(layout.required)
    try:
        layout.require_inside(layout.required)
    except OSError as problem:
        raise Unreadable(shown, problem) from None
    return parse(environment_file.text(layout.required, shown), shown)


def parse(content: str, shown: str) -> list[Required]:
    """Return what a text requires; see `of_application`.

    :param shown: how messages call the file.

    :raises NoName: when a line is something else.
    """
    found: dict[str, Required] = {}
    for number, line in enumerate(content.removeprefix("\ufeff").split("\n"), start=1):
        name, _, purpose = (part.strip() for part in line.partition("#"))
        if not name:
            continue
        if not NAME.match(name):
            raise NoName(shown, number, name)
        found.setdefault(name, Required(name, _printable(purpose), number))
    return list(found.values())


def missing(required: Iterable[Required], environ: Mapping[str, str]) -> list[Required]:
    """Return those that an environment has no value for."""
    return [each for each in required if not environ.get(each.name)]


def _printable(purpose: str) -> str:
    """Return a comment as UTF-8 has it; a byte that is none is spelled out."""
    return purpose.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
