"""An application as the tests see it: its directories, its hooks, a builder whose scripts only log, and s2itasks."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from s2itasks.launcher import pinned, starting
from s2itasks.layout import Layout
from s2itasks.phases import graph

CONSOLE_SCRIPT = "#!{}\nimport sys\nfrom s2itasks.cli.main import main\nsys.exit(main())\n"  # as pip writes it


def _installed() -> str:
    """Return the installed s2itasks, by a path without spaces.

    Where the kernel cannot take an interpreter from a script's first line (spaces, more than 127 characters), pip has
    a shell start it; that may be dash, which drops every variable that it has no name for. So there a link leads to
    the virtual environment, and a script as anywhere else starts it.
    """
    script = Path(sys.executable).parent / "s2itasks"
    if not script.read_bytes().startswith(b"#!/bin/sh"):
        return str(script)
    directory = Path(tempfile.mkdtemp(prefix="s2itasks-venv-"))
    atexit.register(shutil.rmtree, directory)
    (directory / "venv").symlink_to(script.parent.parent)
    started = directory / "s2itasks"
    started.write_text(CONSOLE_SCRIPT.format(directory / "venv" / "bin" / "python"), encoding="utf-8")
    started.chmod(0o755)
    return str(started)


S2ITASKS = _installed()


@cache
def shared_runtime() -> Path:
    """Set one runtime aside for all applications of a test process; a copy for each would take its time."""
    root = Path(tempfile.mkdtemp(prefix="s2itasks-runtime-"))
    atexit.register(shutil.rmtree, root)
    layout = Layout.from_environment({"S2I_APPLICATION_PATH": str(root)})
    pinned.set_aside(layout)
    return layout.runtime.resolve()


@dataclass
class Application:
    """One application below a directory of its own.

    :param root: holds the application root, the upload, the builder's scripts and the log.
    :param form: the s2itasks to call: the application's "launcher" or "runtime", for which it is pinned each time, or
        "console" for the installed one.
    """

    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    form: str = "console"

    def __post_init__(self) -> None:
        """Make the directories that an image and an upload bring."""
        for directory in (self.source, self.upload, self.scripts):
            directory.mkdir(parents=True)

    @property
    def path(self) -> Path:
        """The application root."""
        return self.root / "app-root"

    @property
    def source(self) -> Path:
        """The source directory."""
        return self.path / "src"

    @property
    def upload(self) -> Path:
        """The upload directory."""
        return self.root / "upload"

    @property
    def scripts(self) -> Path:
        """The builder's scripts."""
        return self.root / "libexec"

    @property
    def log(self) -> Path:
        """Where hooks and the builder write a line each: ``echo x >>$LOG``."""
        return self.root / "log"

    @property
    def logged(self) -> list[str]:
        """The lines of the log."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def write(self, path: Path, text: str | bytes, mode: int = 0o644) -> Path:
        """Write a file, making its directory."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)
        return path

    def hook(self, name: str, text: str | bytes, mode: int = 0o755, *, uploaded: bool = False) -> Path:
        """Give the application a hook; text without a shebang gets one for bash."""
        if isinstance(text, str) and not text.startswith("#!"):
            text = f"#!/bin/bash\n{text}\n"
        directory = self.upload if uploaded else self.source
        return self.write(directory / ".s2i" / "action_hooks" / name, text, mode)

    def env_script(self, name: str, text: str | bytes, *, uploaded: bool = False) -> Path:
        """Give the application an env script."""
        directory = self.upload if uploaded else self.source
        return self.write(directory / ".s2i" / "action_hooks" / name, text)

    def job(self, category: str, name: str, text: str, mode: int = 0o755, *, directory: str = "jobs") -> Path:
        """Give the application a job."""
        return self.write(self.source / ".s2i" / directory / category / name, f"#!/bin/bash\n{text}\n", mode)

    def builder(self, name: str, text: str) -> Path:
        """Give the builder a script."""
        return self.write(self.scripts / name, f"#!/bin/bash\nset -e\n{text}\n", 0o755)

    def environ(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the process environment of a container of this application."""
        ours = f"{self.path}/bin:{Path(S2ITASKS).parent}:{Path(sys.executable).parent}"
        return {
            "PATH": f"{ours}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.source),
            "LANG": "C.UTF-8",
            "LOG": str(self.log),
            "S2I_APPLICATION_PATH": str(self.path),
            "S2I_SCRIPTS_PATH": str(self.scripts),
            "S2I_UPLOAD_PATH": str(self.upload),
            **self.variables,
            **(extra or {}),
        }

    def called(self) -> str:
        """Return the s2itasks to call; that of the application is pinned anew, as if it had been built as it is now."""
        return S2ITASKS if self.form == "console" else str(self.pin()[self.form])

    def pin(self) -> dict[str, Path]:
        """Pin s2itasks for the application as it is now, and return the programs that start it."""
        layout = Layout.from_environment(self.environ())
        place = layout.runtime
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(shared_runtime())
        pinned.pin(layout, self.environ(), graph)
        start = place / "start"  # start.py as the launcher starts it
        if not start.exists():
            self.write(start, f"#!{os.path.realpath(sys.executable)} -IS\n{starting.START}", 0o755)
        return {"launcher": self.path / "bin" / "s2itasks", "runtime": start}

    def s2itasks(
        self,
        *arguments: str | bytes,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: bytes = b"",
        timeout: float = 60,
    ) -> Result:
        """Run a command line of s2itasks to its end."""
        environ, leads = self.environ(env), self.form != "console"
        return self.run(self.called(), *arguments, environ=environ, cwd=cwd, stdin=stdin, timeout=timeout, leads=leads)

    def run(
        self,
        *command: str | bytes | Path,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: bytes = b"",
        timeout: float = 60,
        leads: bool = True,
    ) -> Result:
        """Run a command to its end.

        :param environ: its whole environment; that of a container unless given.
        :param cwd: the source directory unless given.
        :param leads: in a session of its own, as a container's runtime starts it.
        """
        done = subprocess.run(
            command,
            env=self.environ() if environ is None else environ,
            cwd=cwd or self.source,
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
            start_new_session=leads,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a command line of s2itasks, with pipes."""
        return subprocess.Popen(
            [self.called(), *arguments],
            env=self.environ(env),
            cwd=self.source,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=self.form != "console",
        )


@dataclass(frozen=True)
class Result:
    """How a command line ended."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        """Its stdout as text."""
        return os.fsdecode(self.stdout)

    @property
    def err(self) -> str:
        """Its stderr as text."""
        return os.fsdecode(self.stderr)

    @property
    def error(self) -> str:
        """The one error line that s2itasks itself said; fails where there is another number of them."""
        assert "Traceback" not in self.err, self.err
        lines = [line for line in self.err.splitlines() if line.startswith("s2itasks: error: ")]
        assert len(lines) == 1, self.err
        return lines[0][len("s2itasks: error: ") :]

    def succeeded(self) -> Result:
        """Assert that it did, showing what it said otherwise."""
        assert self.status == 0, f"status {self.status}\n{self.out}\n{self.err}"
        return self
