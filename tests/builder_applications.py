"""Small applications for the embedded builder, each with directories and a virtual environment of its own.

The builder's scripts run as real processes. Two environments serve as the application's: one without pip, made in a
hundredth of a second, whose packages are written straight into it, and a copy of one that has pip. The packages are
stand-ins: the command ``gunicorn`` prints what it was asked to serve, and ``django`` is only there to be found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from venv import EnvBuilder

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "s2itasks" / "builder" / "bin"

# Prints as JSON what the process was started with, so that a test can say exactly what would be served.
REPORT = """
import json, os, signal, sys
SHOWN = ("APP_HOME", "PWD", "PYTHONPATH", "VIRTUAL_ENV", "WEB_CONCURRENCY")
print(json.dumps({
    "argv": sys.argv[1:],
    "cwd": os.getcwd(),
    "pid": os.getpid(),
    "environment": {name: os.environ[name] for name in SHOWN if name in os.environ},
}))
"""
# A manage.py that fails at what FAILS names, a dry run being "dry", and reports every other command that it gets.
MANAGE = f"""
import os, sys
kind = "dry" if "--dry-run" in sys.argv else sys.argv[1]
if kind in os.environ.get("FAILS", "").split():
    sys.exit(4)
{REPORT}
"""
SETUP = "from setuptools import setup\n\nsetup(name='testapp', version='1', py_modules=['testapp'])\n"
PYPROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "testapp"
version = "1"

[tool.setuptools]
py-modules = ["testapp"]
"""


@dataclass
class Result:
    """How a script ended, and what it said."""

    status: int
    stdout: str
    stderr: str

    @property
    def steps(self) -> list[str]:
        """The builder's own lines after the first, which only introduces it."""
        return [line[5:] for line in self.stdout.splitlines() if line.startswith("---> ")][1:]

    @property
    def reports(self) -> list[dict[str, Any]]:
        """What the application's processes were started with, in order."""
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]


@dataclass
class Application:
    """An application: its upload, its source, and the environment it is built and run in."""

    root: Path
    environment: dict[str, str]

    @property
    def upload(self) -> Path:
        """Where S2I would have put the application's files."""
        return self.root / "upload"

    @property
    def source(self) -> Path:
        """Where the application is built and run."""
        return self.root / "src"

    @property
    def venv(self) -> Path:
        """The application's virtual environment, whose ``python`` comes first on PATH."""
        return self.root / "venv"

    @property
    def python(self) -> Path:
        """The application's interpreter."""
        return self.venv / "bin" / "python"

    @property
    def packages(self) -> Path:
        """The environment's ``site-packages``."""
        (directory,) = self.venv.glob("lib/python*/site-packages")
        return directory

    def add(self, path: str, text: str = "", mode: int = 0o644) -> Path:
        """Write a file of the application."""
        file = self.source / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file

    def add_django(self) -> None:
        """Put a package of that name into the environment, and a manage.py beside the application."""
        (self.packages / "django").mkdir()
        (self.packages / "django" / "__init__.py").touch()
        self.add("manage.py", MANAGE)

    def add_gunicorn(self, version: str = "21, 2") -> None:
        """Put the command of that name into the environment, and the package that tells its version."""
        command = self.venv / "bin" / "gunicorn"
        command.write_text(f"#!{self.python}\n{REPORT}", encoding="utf-8")
        command.chmod(0o755)
        (self.packages / "gunicorn").mkdir()
        (self.packages / "gunicorn" / "__init__.py").write_text(f"version_info = ({version})\n", encoding="utf-8")

    def add_recording_pip(self, status: int = 0) -> None:
        """Put a pip into the environment that reports its arguments and, unless ``--isolated``, ends with *status*."""
        (self.packages / "pip").mkdir()
        (self.packages / "pip" / "__init__.py").touch()
        ending = f"sys.exit(0 if '--isolated' in sys.argv else {status})\n"
        (self.packages / "pip" / "__main__.py").write_text(REPORT + ending, encoding="utf-8")

    def assemble(self, **variables: str) -> Result:
        """Build the application, with these *variables* set."""
        return self._finish("assemble", variables)

    def run(self, **variables: str) -> Result:
        """Run the application to its end, with these *variables* set."""
        return self._finish("run", variables)

    def start(self, script: str, **variables: str) -> subprocess.Popen[str]:
        """Start the *script* in a session of its own and return at once."""
        return subprocess.Popen(
            [SCRIPTS / script],
            cwd=self.source,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def _finish(self, script: str, variables: Mapping[str, str]) -> Result:
        with self.start(script, **variables) as process:
            stdout, stderr = process.communicate()
        assert "Traceback" not in stderr
        return Result(process.returncode, stdout, stderr)

    def has(self, module: str) -> bool:
        """Whether the application's interpreter, started anywhere, can import *module*."""
        ended = subprocess.run([self.python, "-c", f"import {module}"], cwd="/", capture_output=True, check=False)
        return ended.returncode == 0


def make_application(root: Path, wheels: Path) -> Application:
    """Make the directories of an application without an environment; pip finds packages in *wheels* only."""
    application = Application(
        root,
        {
            "PATH": f"{root}/venv/bin:/usr/bin:/bin",
            "HOME": str(root),
            "LC_ALL": "C.UTF-8",
            "S2I_UPLOAD_PATH": str(root / "upload"),
            "S2I_SOURCE_PATH": str(root / "src"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheels),
        },
    )
    application.upload.mkdir()
    application.source.mkdir()
    return application


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a directory with a wheel for pip to install: ``pendulum-clock``, version 1, with a module of that name."""
    directory = tmp_path_factory.mktemp("wheels")
    metadata = "pendulum_clock-1.dist-info"
    with zipfile.ZipFile(directory / "pendulum_clock-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("pendulum_clock.py", "")
        wheel.writestr(f"{metadata}/METADATA", "Metadata-Version: 2.1\nName: pendulum-clock\nVersion: 1\n")
        wheel.writestr(f"{metadata}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{metadata}/RECORD", "")
    return directory


@pytest.fixture(scope="session")
def venv_with_pip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make one environment with pip, which takes seconds; tests get copies."""
    directory = tmp_path_factory.mktemp("venv") / "venv"
    subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    return directory


@pytest.fixture
def application(tmp_path: Path, wheels: Path) -> Application:
    """Make an application in an empty environment: a Python and nothing else."""
    application = make_application(tmp_path, wheels)
    EnvBuilder(symlinks=True).create(application.venv)
    return application


@pytest.fixture
def pip_application(tmp_path: Path, wheels: Path, venv_with_pip: Path) -> Application:
    """Make an application in an environment that has pip, which finds packages in *wheels* only."""
    application = make_application(tmp_path, wheels)
    shutil.copytree(venv_with_pip, application.venv, symlinks=True)
    # The commands name their interpreter in full; left so, the copy's `pip` would install into the original.
    for command in application.venv.glob("bin/pip*"):
        text = command.read_text(encoding="utf-8")
        command.write_text(text.replace(str(venv_with_pip), str(application.venv)), encoding="utf-8")
    return application


@pytest.fixture
def online_application(pip_application: Application) -> Iterator[Application]:
    """Make an application that installs from wherever pip on this machine does."""
    application = pip_application
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        del application.environment[name]
    for name, value in os.environ.items():
        if name.startswith(("PIP_", "SSL_", "REQUESTS_", "CURL_")) or name.lower().endswith("_proxy"):
            application.environment[name] = value
    yield application
    # Tool environments are large, and pytest keeps the directories of three runs.
    shutil.rmtree(application.root)
