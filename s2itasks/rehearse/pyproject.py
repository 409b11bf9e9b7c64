"""What a rehearsal wants to know of an application's ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from s2itasks import application
from s2itasks.check import toml


@dataclass(frozen=True)
class Pyproject:
    """The file, as far as it can be read.

    :param exists: whether there is one.
    :param text: what is in it.
    :param document: its tables; None where this Python has nothing to read them with, or it is not valid.
    """

    exists: bool = False
    text: str = ""
    document: Mapping[str, Any] | None = field(default_factory=dict)

    @classmethod
    def read(cls, source: Path) -> Pyproject:
        """Read that of a source; one that leads out of it is none."""
        path = source / "pyproject.toml"
        text, parse = application.text_of(source, path), toml.parser()
        if not path.is_file():
            return cls()
        try:
            return cls(exists=True, text=text, document=parse(text) if parse else None)
        except (ValueError, RecursionError):
            return cls(exists=True, text=text, document=None)  # pip has its own words for it

    def table(self, *names: str) -> Mapping[str, Any]:
        """Return a table, an empty one where there is none."""
        value: Any = self.document or {}
        for name in names:
            value = value.get(name, {}) if isinstance(value, Mapping) else {}
        return value if isinstance(value, Mapping) else {}

    @property
    def requires_python(self) -> tuple[str, str]:
        """What it says of Python, behind the name it says it under: PEP 621's, or Poetry's."""
        for name, value in (
            ("requires-python", self.table("project").get("requires-python")),
            ("python of Poetry's dependencies", self.table("tool", "poetry", "dependencies").get("python")),
        ):
            if isinstance(value, str) and value.strip():
                return name, value.strip()
        return "", ""
