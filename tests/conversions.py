"""A repository that was made for something else, and what `init --from` makes of it, without starting a process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from s2itasks.convert import powershift, v2, warpdrive
from s2itasks.convert.conversion import Conversion
from s2itasks.convert.entry import Fate
from s2itasks.init import planning

V2, WARPDRIVE, S2I = ".openshift/action_hooks/", ".warpdrive/action_hooks/", ".s2i/action_hooks/"
STANDARD = {".s2i/bin/assemble": planning.ASSEMBLE["pyz"], ".s2i/bin/run": planning.RUN}


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files; ``NAME 644`` says the mode of one. Without, scripts among hooks and jobs have 755, others 644."""
    for name, content in files.items():
        path, _, mode = name.partition(" ")
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        hooks = any(part in path for part in ("/action_hooks/", "/cron/", "/cron_jobs/", "/bin/"))
        target.chmod(int(mode, 8) if mode else 0o755 if hooks else 0o644)
    return root


def converted(
    root: Path,
    origin: str,
    *,
    install: str = "pyz",
    write_manifests: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Conversion:
    """Convert a repository, and write nothing."""
    if origin == "v2":
        return v2.convert(root, environ)
    if origin == "warpdrive":
        return warpdrive.convert(root, environ, write_manifests=write_manifests)
    return powershift.convert(root, environ, STANDARD, install, write_manifests=write_manifests)


def text(made: Conversion, path: str) -> str:
    """Return the text of a file that is to be written; nothing where there is none."""
    return made.files[path].content.decode("utf-8", "surrogateescape") if path in made.files else ""


def left(made: Conversion, path: str) -> list[str]:
    """Return what is left to a person of a file."""
    return [entry.why for entry in made.entries if entry.left and entry.path == path]


def fates(made: Conversion, path: str) -> set[Fate]:
    """Return what became of a file and its lines."""
    return {entry.fate for entry in made.entries if entry.path == path}
