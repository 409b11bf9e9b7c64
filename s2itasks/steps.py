"""What most phases do: run a hook or source an env script, and say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import hooks
from .hooks import Hook
from .script import State, state
from .session import Session


def run_hook(session: Session, hook: Hook | None, name: str, env: Mapping[str, str]) -> None:
    """Run the hook of a phase, if the application has it."""
    if hook is None:
        session.skip(name, "no such hook")
        return
    with session.step(name, f"running {hook.shown}"):
        hooks.run(session.layout, hook, env, limit=session.limit_of(name))


def source_env_script(session: Session, name: str, evaluate: Callable[[], object]) -> None:
    """Evaluate an environment, which sources the env script of a phase if the application has it."""
    script = session.layout.hooks / name
    if state(script, sourced=True) is State.MISSING:
        session.skip(name, "no such env script")
        evaluate()
        return
    with session.step(name, f"sourcing {session.layout.shown(script)}"):
        evaluate()
