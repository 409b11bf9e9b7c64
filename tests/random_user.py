"""The user that OpenShift runs a container as: a UID that nobody knows, with group 0."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import invoke

import s2itasks

UID = 1000650000


@cache
def interpreter() -> str | None:
    """Return an interpreter that such a user can start: the system's where ours lies in a private directory."""
    for python in (sys.executable, "/usr/bin/python3"):
        check = [*prefix(), "sh", "-c", 'exec "$0" -c "import sys; sys.exit(sys.version_info < (3, 9))"', python]
        if os.geteuid() == 0 and subprocess.run(check, capture_output=True, check=False).returncode == 0:
            return python
    return None


def prefix(uid: int = UID) -> list[str]:
    """Return the command that becomes the user and runs what follows it."""
    return ["setpriv", "--reuid", str(uid), "--regid", "0", "--clear-groups"]


def command(python: str) -> list[str]:
    """Return the command line of s2itasks under that interpreter, whether or not it is installed there."""
    packages = Path(invoke.__file__).parent.parent
    start = f"import sys; sys.path[1:1] = [{str(Path(s2itasks.__file__).parent.parent)!r}, {str(packages)!r}]"
    return [python, "-c", f"{start}; from s2itasks.cli.main import main; main()"]


def open_to(directory: Path) -> None:
    """Let other users get at a directory of pytest's, which keeps its own private."""
    for each in (directory, *directory.parents):
        if each.stat().st_uid == os.geteuid():
            each.chmod(each.stat().st_mode | 0o011)
