"""An application that has been rehearsed; its root is kept, and its script calls what a pod of it would call."""

from __future__ import annotations

import http.client
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from application import S2ITASKS


def rehearse(source: Path | str, root: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Rehearse an application until it is ready, with pip's settings and its cache as they are on this machine.

    The test is skipped where a package cannot be had, which is said by pip alone.
    """
    done = subprocess.run(
        [S2ITASKS, "rehearse", str(source), "--root", str(root), "--check", *words],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    lacking = done.returncode and re.search(r"No matching distribution found for (\S+)", done.stdout + done.stderr)
    if lacking:
        pytest.skip(f"{lacking[1]} cannot be had here")
    return done


@dataclass(frozen=True)
class Rehearsed:
    """An application that passed its rehearsal.

    :param root: of the rehearsal.
    :param said: what the rehearsal wrote to stderr.
    """

    root: Path
    said: str

    @classmethod
    def of(cls, source: Path | str, root: Path, *words: str) -> Rehearsed:
        """Rehearse an application, which has to pass."""
        done = rehearse(source, root, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return cls(root, done.stderr)

    @property
    def application(self) -> Path:
        """The application root."""
        return self.root / "app-root"

    @property
    def log(self) -> str:
        """What the application has written since it was last run."""
        return (self.root / "pod.log").read_text()

    def s2itasks(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the kept script to its end."""
        argv = [str(self.root / "s2itasks"), *words]
        return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the application until it is ready; whatever is left of it at the end is stopped as a pod is."""
        with (self.root / "pod.log").open("wb") as log:
            argv = [str(self.root / "s2itasks"), "run"]
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                eventually(lambda: process.poll() is not None or self.s2itasks("ready").returncode == 0)
                assert process.poll() is None, self.log
                yield process
            finally:
                process.terminate()
                process.wait(timeout=30)

    def connection(self) -> http.client.HTTPConnection:
        """Return a connection to the port that the application was told of."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def page(self, path: str) -> str:
        """Return what the running application answers with success."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    @property
    def port(self) -> int:
        """The port that the rehearsal chose."""
        found = re.search(r"ready: http://127.0.0.1:(\d+)/ answers 200", self.said)
        assert found, self.said
        return int(found[1])


def eventually(holds: Callable[[], bool], patience: float = 60) -> None:
    """Ask again and again until something holds.

    :param patience: seconds until it should.
    """
    until = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < until, f"not within {patience} s"
        time.sleep(0.05)  # a file, a port or a process of others sends no event
