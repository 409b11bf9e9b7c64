"""What an application is, as its files tell: what it is made with, and the script that the builder's ``run`` starts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from s2itasks import precedence
from s2itasks.layout import leads_out
from s2itasks.process import reading

REQUIREMENTS = (
    "requirements*.txt",
    "requirements*.in",
    "requirements/*.txt",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
)
FRAMEWORKS = ("django", "flask", "fastapi")
# Variables that decide what the builder's `run` starts. deploy_env can set them, which only a pod finds out.
DECIDES_WHAT_STARTS = re.compile(r"\bAPP_(?:SCRIPT|FILE|MODULE|HOME)\b")


def frameworks(source: Path) -> list[str]:
    """Return those of `FRAMEWORKS` that an application requires, in their order."""
    text = "\n".join(text_of(source, path) for pattern in REQUIREMENTS for path in sorted(source.glob(pattern)))
    return [name for name in FRAMEWORKS if requires(text, name)]


def started_script(variables: Mapping[str, str], deploy_env: str, gunicorn_conf: str) -> str:
    """Return the path, in the source, of the script that the builder's ``run`` looks for before anything else.

    :param variables: what is known of a pod's environment.
    :param deploy_env: the text of the env script.
    :param gunicorn_conf: the text of gunicorn.conf.py.
    :return: empty where it looks for none, or where only a pod finds out.
    """
    name = precedence.named(variables).script
    if not name or precedence.SERVES_BY_ITSELF in gunicorn_conf or DECIDES_WHAT_STARTS.search(deploy_env):
        return ""
    return os.path.join(variables.get("APP_HOME", ""), name)  # noqa: PTH118 - both may be odd


def text_of(source: Path, path: Path) -> str:
    """Return the text of a file of the source; nothing where there is none, or none that belongs to it."""
    try:
        return "" if leads_out(source, path) else reading.head(path, reading.MOST).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def requires(text: str, name: str) -> bool:
    """Whether a file of requirements, of whatever sort, names a package."""
    pattern = rf"^[\s\"']*{name}\b(?!-)|[\"']{name}[\"'<>=~!\[ ;]"
    return re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None
