"""What the builder's ``run`` is to serve, where it would not find that by itself: the wsgi.py of ``startproject``."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from s2itasks import application, precedence
from s2itasks.environment import environment_file
from s2itasks.hooks import task_file
from s2itasks.hooks.errors import TaskFileUnreadable
from s2itasks.layout import Layout, leads_out

# What gunicorn looks for in a module that is named without an object.
HAS_APPLICATION = re.compile(
    r"^(?:application\b[^=\n]*=|def application\b|from\b.*\bimport\b.*\bapplication\b)", re.MULTILINE
)


def served(source: Path, hooks: Collection[str]) -> str:
    """Return the line of ``.s2i/environment`` that names the module to serve; nothing where that is not for sure.

    Without it, the builder starts Django's development server.

    :param hooks: the names of those that will be written.
    """
    variables = environment_file.variables(_text(source, ".s2i/environment"))
    home = source / (variables.get("APP_HOME") or ".")
    is_there = os.path.isdir(home) and not leads_out(source, home)  # noqa: PTH112 - whatever the file says
    module = precedence.module_below(home) if is_there else ""
    if not module or "run" in hooks or _is_decided(source, home, variables):
        return ""
    text = application.text_of(source, home / f"{module.replace('.', '/')}.py")
    return f"APP_MODULE={module}" if HAS_APPLICATION.search(text) else ""


def _is_decided(source: Path, home: Path, variables: dict[str, str]) -> bool:
    """Whether something else is started, or whoever can tell is a pod."""
    script, file, given = precedence.named(variables)
    if given or any((home / name).exists() for name in (script, file, "wsgi.py")) or precedence.setup_file(source):
        return True
    if precedence.SERVES_BY_ITSELF in _text(source, precedence.CONFIGURATION):
        return True
    if application.DECIDES_WHAT_STARTS.search(_text(source, ".s2i/action_hooks/deploy_env")):
        return True
    return os.path.lexists(source / ".s2i/action_hooks/run") or _is_task(source, "run")


def _is_task(source: Path, name: str) -> bool:
    """Whether a task is the hook of a name, or the file of tasks does not tell."""
    layout = Layout.from_environment({"S2I_SOURCE_PATH": os.path.realpath(source)})
    try:
        return name in task_file.tasks(layout._replace(foreign=True, image=None))
    except TaskFileUnreadable:
        return True


def _text(source: Path, path: str) -> str:
    return application.text_of(source, source / path)
