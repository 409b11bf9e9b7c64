"""An image with s2itasks in a virtual environment, where an application can do to it what it likes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from venv import EnvBuilder

from application import CONSOLE_SCRIPT, Application, Result

from s2itasks.launcher import packages

HOOKS = ("verify", "ready", "alive", "setup", "migrate", "deploy")


@dataclass(frozen=True)
class Installation:
    """An application and the s2itasks in its image.

    :param script: the console script.
    :param packages: the directory of what is installed.
    """

    application: Application
    script: Path
    packages: Path

    def run(self, *words: str | bytes, stdin: bytes = b"", **variables: str) -> Result:
        """Run the s2itasks that is on PATH in the image."""
        environ = {**self.application.environ(), **variables}
        return self.application.run("s2itasks", *words, environ=environ, stdin=stdin)


def installed(application: Application, venv: Path) -> Installation:
    """Install s2itasks as pip would, in a new virtual environment that PATH begins with.

    :param venv: its directory, in the images the application root.
    """
    EnvBuilder(symlinks=True).create(venv)
    place = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.copy_into(place)
    script = application.write(venv / "bin" / "s2itasks", CONSOLE_SCRIPT.format(venv / "bin" / "python"), 0o755)
    application.variables["PATH"] = f"{venv}/bin:/usr/local/bin:/usr/bin:/bin"
    return Installation(application, script, place)


def uploaded(application: Application) -> None:
    """Give the image another builder than ours, and the upload a hook of each kind that says its name and A."""
    application.builder("assemble", 'shopt -s dotglob; mv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"')
    application.builder("run", "echo run $A")
    application.env_script("deploy_env", "A=1", uploaded=True)
    for hook in HOOKS:
        application.hook(hook, f"echo {hook} $A", uploaded=True)
    application.write(application.upload / ".s2i" / "jobs" / "hourly" / "job", "#!/bin/bash\necho job $A\n", 0o755)
