"""What a session finds where nothing has been done yet: files still lie in the upload, and nothing is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from s2itasks.environment import environment_file
from s2itasks.graph import Graph
from s2itasks.hooks import hook as hooks
from s2itasks.hooks.hook import Hook
from s2itasks.hooks.inventory import Inventory
from s2itasks.process.errors import Unreadable
from s2itasks.process.verdict import State
from s2itasks.session import Session


class Foreseen(Session):
    """A session that looks for everything where it lies now.

    :param environ: the process environment, as it was at the start.
    :param graph: all phases.
    """

    def __init__(self, environ: Mapping[str, str], graph: Graph) -> None:
        super().__init__(environ)
        self.graph = graph
        self.uploaded = False  # whether ``.s2i`` would have been taken from the upload by now

    @cached_property
    def has(self) -> Inventory:
        """The application's files where they lie: in the upload first, once they would have been taken from there."""
        return Inventory(self.layout, self.graph.hooks, uploaded=self.uploaded, syntax=True)

    @cached_property
    def filled(self) -> dict[str, str]:
        """The variables that ``.s2i/environment`` would add to those of the process."""
        file, shown = self.layout.environment_file, self.layout.shown(self.layout.environment_file)
        try:
            self.layout.require_inside(file)
        except OSError as problem:
            raise Unreadable(shown, problem) from None
        variables = environment_file.read(self.place(file), shown)
        return {name: value for name, value in variables.items() if name not in self.environ}

    @cached_property
    def given(self) -> dict[str, str]:
        """What there would be before bash comes in."""
        return {**self.filled, **self.environ, **self.layout.variables}

    def inventory(self, *, syntax: bool = False, uploaded: bool = False) -> Inventory:
        """Look at all that the application has, where it lies."""
        del syntax, uploaded
        return self.has

    def place(self, path: Path) -> Path:
        """Return where a file of the source directory lies by now."""
        return self.has.lies(path)

    def hooks_of(self, phase: str) -> list[Hook]:
        """Return the hooks of a phase, the image's first.

        :raises HookTwice, TaskFileUnreadable: as when they are run.
        """
        image, own = self.has.image_hook(phase), self._own(phase)
        return [*([hooks.of_script(self.layout, image.path)] if image else []), *([own] if own else [])]

    def _own(self, phase: str) -> Hook | None:
        found = self.has.hook(phase)
        if found.task is None and not found.is_there:
            if found.failure:
                raise found.failure
            return None
        if found.state is State.SHADOWED and found.failure:
            raise found.failure
        return hooks.of_task(self.layout, phase) if found.task else hooks.of_script(self.layout, found.path)

    def deployed_hooks(self, phase: str) -> list[Hook]:
        """Return the hooks of a deployment; what the last build had does not matter where there would be a new one."""
        return self.hooks_of(phase) if self.uploaded else super().deployed_hooks(phase)

    def look_again(self) -> None:
        """Forget what was where, since it has changed."""
        for known in ("has", "filled", "given"):
            self.__dict__.pop(known, None)
