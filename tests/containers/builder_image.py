"""Builder images like the Python ones that S2I users know: the full one, the minimal one, and a Python without S2I."""

from __future__ import annotations

from pathlib import Path

from .recipe import Copy, Recipe

FILES = Path(__file__).parent / "builder"
ACTIVATE = "/opt/app-root/bin/activate"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
OWN = {
    "APP_ROOT": "/opt/app-root",
    "HOME": "/opt/app-root/src",
    "STI_SCRIPTS_PATH": "/usr/libexec/s2i",
    "STI_SCRIPTS_URL": "image:///usr/libexec/s2i",
    "BASH_ENV": ACTIVATE,
    "ENV": ACTIVATE,
    "PROMPT_COMMAND": f". {ACTIVATE}",
    "LANG": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
}
# Debian's sh is dash, while those images come from a distribution where it is bash, which reads BASH_ENV and ENV.
BASH_AS_SH = "ln -sf bash /bin/sh"
VENV = (
    "mkdir -p /opt/app-root/src && python3 -m venv /opt/app-root"
    " && chown -R 1001:0 /opt/app-root && /usr/bin/fix-permissions /opt/app-root -P"
)
# At its end, so that the shells and prompts after the first do not activate again.
UNSET_BY_ACTIVATE = f"echo 'unset BASH_ENV PROMPT_COMMAND ENV' >> {ACTIVATE}"
USER_DEFAULT = "useradd --uid 1001 --gid 0 --home-dir /opt/app-root/src --no-create-home default"


def full(root: str) -> Recipe:
    """Return the image with all conveniences."""
    path = f"/opt/app-root/src/.local/bin/:/opt/app-root/src/bin:/opt/app-root/bin:{SYSTEM_PATH}"
    return Recipe(
        base=root,
        copies=[Copy(FILES, "/")],
        environment={**OWN, "PATH": path},
        workdir="/opt/app-root/src",
        commands=[("0", command) for command in (BASH_AS_SH, VENV, UNSET_BY_ACTIVATE, USER_DEFAULT)],
        user="1001",
        entrypoint=["container-entrypoint"],
    )


def minimal(root: str) -> Recipe:
    """Return the image that knows no user ``default``, has no entry point, and whose ``activate`` unsets nothing."""
    path = f"/opt/app-root/bin:/opt/app-root/src/bin:/opt/app-root/src/.local/bin/:{SYSTEM_PATH}"
    return Recipe(
        base=root,
        copies=[Copy(FILES, "/")],
        environment={**OWN, "PATH": path},
        workdir="/opt/app-root/src",
        commands=[("0", command) for command in (BASH_AS_SH, VENV)],
        user="1001",
    )


def plain(root: str) -> Recipe:
    """Return an image that only has ``python`` and ``pip`` on its PATH, in which everything is root's."""
    return Recipe(
        base=root,
        environment={"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"},
        commands=[("0", "python3 -m venv /usr/local")],
    )
