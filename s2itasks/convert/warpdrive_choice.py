"""How warpdrive started an application, where it had to find that out: from the files that there are, in its order."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from s2itasks import application
from s2itasks.check.file import File

# What the arguments for each server say of the application, behind all others.
ENTRY = {
    "gunicorn": "{module}:{name}",
    "mod_wsgi": "--application-type module --entry-point {module} --callable-object {name}",
    "uwsgi": "--module {module} --callable {name}",
    "waitress": "{module}:{name}",
}
SETTINGS = re.compile(r"DJANGO_SETTINGS_MODULE[\"']\s*,\s*[\"']([A-Za-z_][\w.]*)[\"']")
SAYS_OTHERWISE = re.compile(r"WARPDRIVE_(?:WSGI_\w+|SHELL_FILE|PYTHON_FILE|DEPLOY_MODE|SERVER_TYPE)")
PLACE = re.compile(r"([A-Za-z_][\w.]*)\.([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Choice:
    """What was started.

    :param mode: ``shell``, ``python``, ``django`` or ``wsgi``.
    :param module: that of the application, for the last two.
    :param name: what the application is called in it.
    """

    mode: str
    module: str = ""
    name: str = ""


def choice(root: Path, home: str, mode: str, files: Mapping[str, File]) -> Choice | None:
    """Return what warpdrive started; None where only it could tell.

    :param home: the directory of the application, in the source.
    :param mode: its deploy mode: ``auto``, ``django`` or ``wsgi``.
    """
    directory = root / home
    if any(SAYS_OTHERWISE.search(f"{path}\n{file.text}") for path, file in files.items()):
        return None
    if mode == "auto" and os.access(root / "app.sh", os.X_OK):
        return Choice("shell")
    if mode == "auto" and (directory / "app.py").is_file():
        return Choice("python")
    manage = application.text_of(root, directory / "manage.py")
    if mode != "wsgi" and "DJANGO_SETTINGS_MODULE" in manage:
        return _of_django(root, directory, manage)
    found = any((directory / name).is_file() for name in ("wsgi.py", "wsgi/__init__.py"))
    return Choice("wsgi", "wsgi", "application") if found and mode != "django" else None


def _of_django(root: Path, directory: Path, manage: str) -> Choice | None:
    """Return the application that Django's settings name, where that is written out."""
    named = SETTINGS.findall(manage)
    if len(named) != 1:
        return None
    settings = directory / (named[0].replace(".", "/") + ".py")
    try:
        tree = ast.parse(application.text_of(root, settings))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    values = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == "WSGI_APPLICATION" for each in node.targets)
    ]
    value = values[0].value if len(values) == 1 and isinstance(values[0], ast.Constant) else None
    place = PLACE.fullmatch(value) if isinstance(value, str) else None
    return Choice("django", place[1], place[2]) if place else None
