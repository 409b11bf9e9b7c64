"""What a deployment uses: its hooks, jobs and variables, the environment they make, and how fast probes answer."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from s2itasks.console import duration, plain
from s2itasks.environment import layers, required
from s2itasks.environment.errors import HookGone
from s2itasks.errors import Failure, Stopped, ended
from s2itasks.graph import Group
from s2itasks.hooks.found import Found
from s2itasks.hooks.inventory import Inventory
from s2itasks.process import child
from s2itasks.process.limits import Limit
from s2itasks.session import Session

from .symptom import Symptom, fails, ok, warns

PROBES = ("ready", "alive")
PATIENCE = 10.0  # seconds that deploy_env and probes are waited for here, to say how long they take


def hooks(session: Session) -> Iterator[Symptom]:
    """Look at the hooks and jobs that containers run; those of a build have had their time."""
    has = session.inventory(syntax=True)
    for phase in session.graph.listed:
        if phase.kind and phase.group is not Group.BUILD:
            for found in has.every_hook(phase.name):
                yield from _of(found, phase.name)
            yield from _gone(session, phase.name)
    for category, scripts in has.jobs.items():
        for script in scripts:
            yield from _of(script, f"jobs {category}")
    if has.unlisted_jobs:
        yield _failure("hooks", has.unlisted_jobs)
    yield from _missed(has)


def environment(session: Session) -> Iterator[Symptom]:
    """Evaluate the application environment, and ask for what it has to hold."""
    scripts = [session.layout.shown(script) for script in layers.env_scripts(session.layout, "deploy_env")]
    try:
        session.limit = Limit(PATIENCE, "doctor")
        session.evaluate_application()
        if layers.is_evaluated(session.layout, session.environ):
            yield ok("environment", "this process runs in it already")
        elif scripts:
            yield ok("environment", f"{' and '.join(scripts)} can be sourced")
        wanted = required.of_application(session.layout)
        missing = required.missing(wanted, session.application)
    except Stopped:
        raise
    except Failure as failure:
        yield _failure("environment", failure)
        return
    if missing:
        yield _failure("required", required.Missing(missing, session.layout.shown(session.layout.required)))
    elif wanted:
        yield ok("required", f"set: {', '.join(each.name for each in wanted)}")


def probes(session: Session, seconds: float) -> Iterator[Symptom]:
    """Ask the probes as the kubelet does, through the s2itasks on PATH, and see how long they take.

    :param seconds: that they have, their ``timeoutSeconds``.
    """
    program = shutil.which("s2itasks", path=session.environ.get("PATH", os.defpath))
    there = [name for name in PROBES if session.hooks_of(name)]
    if program is None:
        return
    for name in there:
        began = time.monotonic()
        with tempfile.TemporaryFile() as said:
            try:
                status = _asked(program, name, session, said.fileno(), max(seconds, PATIENCE))
            except Stopped:
                raise
            except Failure as failure:
                yield fails("probes", f"{name}: {failure.problem}", failure.cure)
                continue
            took = time.monotonic() - began
            said.seek(0)
            lines = [line for line in said.read().decode("utf-8", "backslashreplace").splitlines() if line.strip()]
        if status:
            last = f": {plain(lines[-1].strip())}" if lines else ""
            yield fails("probes", f"{name} {ended(status)}{last}", "mend it, unless the application does not run here")
        elif took > seconds:
            cure = "make it faster, or give it a longer timeoutSeconds, and doctor the same --probe-timeout"
            yield fails("probes", f"{name} takes {duration(took)}, more than the {seconds:g} s of timeoutSeconds", cure)
        else:
            yield ok("probes", f"{name} takes {duration(took)} of the {seconds:g} s of timeoutSeconds")


def _asked(program: str, name: str, session: Session, said: int, seconds: float) -> int:
    limit = Limit(seconds, "doctor")
    return child.run(
        [program, name], env=session.environ, cwd=Path.cwd(), stdout=said, stderr=said, shown=name, limit=limit
    )


def _of(found: Found, name: str) -> Iterator[Symptom]:
    if found.failure:
        yield _failure("hooks", found.failure)
    elif found.is_there:
        yield ok("hooks", f"{name}: {found.label}")


def _gone(session: Session, phase: str) -> Iterator[Symptom]:
    try:
        session.deployed_hooks(phase)
    except HookGone as failure:
        yield _failure("hooks", failure)
    except Failure:  # which has been said of the hook itself
        return


def _missed(has: Inventory) -> Iterator[Symptom]:
    for each in has.near_misses:
        yield warns("hooks", f"{each.path}: {each.problem}", each.cure)


def _failure(topic: str, failure: Failure) -> Symptom:
    return fails(topic, failure.problem, failure.cure)
