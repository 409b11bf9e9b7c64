"""What runs containers, and a container while it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pexpect
from postgresql import free_port

from .recipe import Recipe, Start

PATIENCE = 120.0  # seconds for whatever a container is to do


class Unavailable(Exception):
    """What was asked for cannot be had on this machine; the message says why."""


class BuildFailed(Exception):
    """A command of a recipe failed; the message is what it printed."""


class Engine(Protocol):
    """A way to have images and containers."""

    name: str
    directory: Path

    def import_root(self, root: Path) -> str:
        """Make an image of a root filesystem and return its name."""

    def build(self, image: str, recipe: Recipe) -> str:
        """Make an image and return what its commands printed.

        :raises BuildFailed: when one of them fails.
        """

    def run_argv(self, name: str, image: str, start: Start) -> list[str]:
        """Return the command line that runs a container in the foreground, and ends with its status."""

    def exec_argv(self, name: str, words: Sequence[str], environment: Mapping[str, str], *, tty: bool) -> list[str]:
        """Return the command line that runs a command in a running container, as ``podman exec -i`` or ``-it`` does."""

    def init(self, name: str) -> int:
        """Return the PID, on this machine, of a container's PID 1."""

    def stop(self, name: str, grace: int) -> None:
        """Send SIGTERM to PID 1, and kill everything if it has not ended after ``grace`` seconds."""

    def limit_cpu(self, name: str, millicores: int | None) -> None:
        """Give a running container, and what is executed in it from now on, that much of a processor; or all of it.

        :raises Unavailable: when this machine's control groups cannot be written to.
        """

    def remove(self, name: str) -> None:
        """Remove a container, killing what is left of it."""

    def close(self) -> None:
        """Remove all containers and images."""


@dataclass
class Container:
    """A running container.

    :param port: the one that ``PORT`` names in it; it shares this machine's network.
    """

    engine: Engine
    name: str
    process: subprocess.Popen[bytes]
    log_file: Path
    port: int
    spawned: list[pexpect.spawn[str]] = field(default_factory=list)

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return self.log_file.read_text(errors="replace")

    def exec(
        self, *words: str, stdin: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end, with pipes, and no shell in between: as a probe or ``oc exec`` does."""
        argv = self.engine.exec_argv(self.name, words, environment or {}, tty=False)
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False)
        done.returncode = _as_shells_say(done.returncode)
        return done

    def output(self, *words: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
        """Run a command that has to succeed, and return its stdout."""
        done = self.exec(*words, stdin=stdin, environment=environment)
        assert done.returncode == 0, f"status {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.log}"
        return done.stdout

    def terminal(self, *words: str) -> pexpect.spawn[str]:
        """Run a command in it on a terminal, as ``oc rsh`` does."""
        argv = self.engine.exec_argv(self.name, words, {"TERM": "dumb"}, tty=True)
        spawned = pexpect.spawn(argv[0], argv[1:], encoding="utf-8", timeout=PATIENCE, dimensions=(40, 200))
        self.spawned.append(spawned)
        return spawned

    def get(self, path: str = "/") -> tuple[int, str]:
        """Ask for a page, and return the status and the text of a page that is there."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()

    def until_logged(self, text: str) -> None:
        """Wait for the container to print something."""
        self._until(lambda: text in self.log, f"it never printed {text!r}")

    def until_ready(self) -> None:
        """Wait for the application's readiness probe, as the kubelet does."""
        self.until_running()
        self._until(lambda: self.exec("s2itasks", "ready").returncode == 0, "it never became ready")

    def until_running(self) -> None:
        """Wait for the container's own command to be started."""

        def started() -> bool:
            try:
                return self.engine.init(self.name) > 0
            except LookupError:
                return False

        self._until(started, "it never started")

    def init_command(self) -> list[str]:
        """Return the argv of PID 1."""
        return self.output("cat", "/proc/1/cmdline").rstrip("\0").split("\0")

    def init_status(self, name: str) -> list[str]:
        """Return a field of PID 1's ``/proc/PID/status``."""
        lines = self.output("cat", "/proc/1/status").splitlines()
        return next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))

    def stop(self, grace: int = 30) -> tuple[int, float]:
        """Stop it as a pod is stopped, and return its status and how many seconds that took."""
        started = time.monotonic()
        self.engine.stop(self.name, grace)
        return self.wait(), time.monotonic() - started

    def wait(self) -> int:
        """Wait for its end and return its status as a shell does."""
        return _as_shells_say(self.process.wait(timeout=PATIENCE))

    def end(self) -> None:
        """Be rid of it, whatever it does."""
        for spawned in self.spawned:
            spawned.close(force=True)
        self.engine.remove(self.name)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def _until(self, condition: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, f"{otherwise}: it ended with {self.process.returncode}\n{self.log}"
            assert time.monotonic() < deadline, f"{otherwise}\n{self.log}"
            time.sleep(0.02)  # between two looks


@contextmanager
def running(engine: Engine, image: str, start: Start | None = None) -> Iterator[Container]:
    """Run a container with a port of its own while the block lasts."""
    start = start or Start()
    port = free_port()
    name = f"container-{port}-{time.monotonic_ns()}"
    given = Start(**{**vars(start), "environment": {"PORT": str(port), **start.environment}})
    log_file = engine.directory / f"{name}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            engine.run_argv(name, image, given), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ
        )
    container = Container(engine, name, process, log_file, port)
    try:
        yield container
    finally:
        container.end()


def _as_shells_say(status: int) -> int:
    """Return 128+n for signal n."""
    return status if status >= 0 else 128 - status
