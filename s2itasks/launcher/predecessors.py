"""The commands that s2itasks has taken the place of: deployments and hooks that call them work as they are."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from s2itasks import __version__
from s2itasks.environment import bash_template

# The command with which the real program says that it works, and the template of what stands in for it.
STANDING_IN = {"powershift": ("image", "--help"), "warpdrive": ("help",)}
OURS = "s2itasks has taken its place"  # in each template, so that a later build knows it
TEMPLATES = {
    name: bash_template.read(Path(__file__).with_name("bash"), name) for name in STANDING_IN
}  # may be gone later
PATIENCE = 20  # seconds


def standing_in(launcher: Path, environ: Mapping[str, str]) -> dict[Path, str]:
    """Return the programs to write, with their texts: none for a program that is there and works.

    :param launcher: what they become; they are put beside it, or in the place of one that is there and does not work.
    :param environ: the environment in which the real one is asked.
    """
    texts: dict[Path, str] = {}
    for name, asked in STANDING_IN.items():
        found = shutil.which(name, path=environ.get("PATH", os.defpath))
        if found is None or _is_ours(found):
            place = launcher.with_name(name)
        elif _works([found, *asked], environ) or not os.access(Path(found).parent, os.W_OK):
            continue
        else:
            place = Path(found)
        values = {"launcher": shlex.quote(str(launcher)), "version": __version__}
        texts[place] = bash_template.filled(TEMPLATES[name], values)
    return texts


def _is_ours(program: str) -> bool:
    with suppress(OSError, UnicodeError):
        return OURS in Path(program).read_text(encoding="utf-8")
    return False


def _works(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    try:
        asked = subprocess.run(  # noqa: S603 - a program of the application
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
