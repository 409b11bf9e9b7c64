"""An application as a build will have it: what of its source is uploaded, and what its hooks can change of that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from s2itasks import application, precedence
from s2itasks.check.s2iignore import ignored
from s2itasks.check.source import is_file
from s2itasks.hooks import task_file
from s2itasks.hooks.errors import TaskFileUnreadable
from s2itasks.layout import Layout, leads_out

from .pyproject import Pyproject

CHANGING = ("pre_build", "build", "deploy")  # hooks that can make, or install, what is not there


@dataclass(frozen=True)
class Uploaded:
    """A source with the variables that are known of its pods.

    :param root: the source.
    """

    root: Path
    variables: Mapping[str, str]

    def has(self, path: str) -> bool:
        """Whether the upload has a file, looked for from the root."""
        return is_file(self.root / path) and not self._is_left_out(self.root / path)

    def text(self, path: str) -> str:
        """Return the text of a file that is uploaded, nothing where it is not."""
        return "" if self._is_left_out(self.root / path) else application.text_of(self.root, self.root / path)

    @property
    def home(self) -> str:
        """The directory that ``run`` looks into, from the root: ``APP_HOME``."""
        return os.path.normpath(self.variables.get("APP_HOME") or ".")

    def at_home(self, path: str) -> str:
        """Return the path of a file in it; one that is absolute stays."""
        return os.path.normpath(os.path.join(self.home, path))  # noqa: PTH118 - both may be odd

    def shown(self, path: str = "") -> Path:
        """Return where something in it is, as messages say it."""
        return self.root / self.at_home(path)

    @cached_property
    def pyproject(self) -> Pyproject:
        """Its pyproject.toml."""
        return Pyproject.read(self.root)

    @property
    def package_files(self) -> list[str]:
        """The files for which pip installs the application."""
        return precedence.package_files(self.variables, self.has)

    def hook(self, name: str) -> bool:
        """Whether there is a hook of a name, a script or a task."""
        return os.path.lexists(self.root / ".s2i" / "action_hooks" / name) or name in self._tasks

    @property
    def changes(self) -> bool:
        """Whether a hook may make what is not there: nothing is certain then."""
        return any(map(self.hook, CHANGING)) or os.path.lexists(self.root / ".s2i" / "tasks.py")

    @property
    def decides_late(self) -> bool:
        """Whether deploy_env has a say in what is started."""
        return application.DECIDES_WHAT_STARTS.search(self.text(".s2i/action_hooks/deploy_env")) is not None

    def mentions(self, word: str) -> bool:
        """Whether a hook speaks of something, such as of a package that it installs."""
        hooks = self.root / ".s2i" / "action_hooks"
        names = os.listdir(hooks) if hooks.is_dir() and not leads_out(self.root, hooks) else []  # noqa: PTH208
        return any(
            word in self.text(path) for path in (".s2i/tasks.py", *(f".s2i/action_hooks/{name}" for name in names))
        )

    @cached_property
    def _tasks(self) -> frozenset[str]:
        layout = Layout.from_environment({"S2I_SOURCE_PATH": os.path.realpath(self.root)})
        try:
            return frozenset(task_file.tasks(layout._replace(foreign=True, image=None)))
        except TaskFileUnreadable:
            return frozenset()

    @cached_property
    def _left_out(self) -> frozenset[Path]:
        return frozenset(ignored(self.root))

    def _is_left_out(self, path: Path) -> bool:
        return bool(self._left_out) and not self._left_out.isdisjoint((path, *path.parents))
