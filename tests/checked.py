"""A source to check: an application without any flaw, and what a test changes in it."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

from application import Result

from s2itasks.check import Finding, check, linting
from s2itasks.errors import Failure
from s2itasks.phases import graph

Content = Union[str, bytes, None]

BASH = "#!/bin/bash\nset -e\n"
SOUND: dict[str, Content] = {
    ".s2i/bin/assemble": "#!/bin/bash\nset -e\npip install s2itasks\nexec s2itasks assemble\n",
    ".s2i/bin/run": "#!/bin/bash\nexec s2itasks run\n",
    ".s2i/action_hooks/build": "#!/bin/bash\nset -e\nmake\n",
}
RUN_BIT = (".s2i/bin/", ".s2i/action_hooks/", ".s2i/jobs/", ".s2i/cron_jobs/")
WITHOUT_RUN_BIT = (".s2i/action_hooks/build_env", ".s2i/action_hooks/deploy_env")


def write(root: Path, files: Mapping[str, Content]) -> Path:
    """Write files over those of a sound application; None leaves one out.

    A path may say another mode than is usual for it: ``.s2i/action_hooks/build 644``.
    """
    kept = {path: text for path, text in SOUND.items() if path not in {_path_and_mode(name)[0] for name in files}}
    for name, content in {**kept, **files}.items():
        if content is not None:
            path, mode = _path_and_mode(name)
            executable = path.startswith(RUN_BIT) and path not in WITHOUT_RUN_BIT
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
            target.chmod(int(mode, 8) if mode else 0o755 if executable else 0o644)
    (root / ".s2i").mkdir(parents=True, exist_ok=True)
    return root


def _path_and_mode(name: str) -> tuple[str, str]:
    path, _, mode = name.rpartition(" ")
    return (path, mode) if path and mode.isdigit() else (name, "")


def tools(directory: Path, *names: str) -> dict[str, str]:
    """Return an environment in which only these tools are on PATH."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in names:
        found = shutil.which(name)
        assert found, f"{name} is not installed"
        (directory / name).symlink_to(found)
    return {"PATH": str(directory), "HOME": str(directory), "GIT_CONFIG_NOSYSTEM": "1"}


def found(root: Path, environ: Mapping[str, str]) -> list[str]:
    """Check a source, and return what was found as ``S2I101 .s2i/bin/assemble:1``."""
    return [spelled(finding) for finding in check(root, graph, environ)]


def spelled(finding: Finding) -> str:
    """Spell a finding without its message."""
    return f"{finding.rule.id} {finding.path}:{finding.line}"


def lint(root: Path | str, environ: Mapping[str, str], **options: Any) -> Result:
    """Do what the command does, without starting a process."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            linting.lint(Path(root), graph, environ, **options)
    except Failure as failure:
        return Result(failure.status, said.getvalue().encode(), f"s2itasks: error: {failure}\n".encode())
    return Result(0, said.getvalue().encode(), b"")


def git(root: Path, environ: Mapping[str, str], *words: str) -> str:
    """Run git."""
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    done = subprocess.run(["git", *identity, *words], cwd=root, env=environ, capture_output=True, check=True)
    return os.fsdecode(done.stdout)
