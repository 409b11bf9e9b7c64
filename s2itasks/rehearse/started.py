"""What the builder's ``run`` will start, foreseen from an application's files: its ways in their order, and no way."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from s2itasks import precedence
from s2itasks.builder.django import NOT_RECOMMENDED, advice
from s2itasks.builder.errors import HomeMissing, NoSuchApplication, NothingToRun
from s2itasks.errors import Failure
from s2itasks.process import verdict
from s2itasks.process.errors import InterpreterMissing

from . import requirements
from .uploaded import Uploaded

ELSEWHERE = re.compile(r"chdir|pythonpath")  # with which gunicorn looks for modules elsewhere


class ModuleMissing(Failure):
    """There is no file of the module that gunicorn is told to serve."""

    def __init__(self, value: str, home: Path, file: str, near: str) -> None:
        super().__init__(
            f"APP_MODULE is {value!r}, and {home} has no {file}",
            cure=f"set APP_MODULE={near}" if near else "set APP_MODULE to a module that is there",
            status=1,
        )


class GunicornMissing(Failure):
    """What gunicorn would serve, and nothing that is installed is gunicorn."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} needs gunicorn, which no requirements name", cure="add gunicorn to requirements.txt", status=1
        )


class Start(NamedTuple):
    """What will be started.

    :param way: for a reader; empty where there is nothing to start.
    :param wrong: why that fails.
    :param remarks: what could be better about it.
    """

    way: str
    wrong: list[Failure]
    remarks: list[str]


def foreseen(uploaded: Uploaded) -> Start:
    """Return what ``run`` will start: the first of its ways that an application has."""
    if uploaded.hook("run"):
        return Start("the run hook", [], [])
    if uploaded.decides_late:
        return Start("what deploy_env sets", [], [])
    lacking: list[Failure] = []
    if precedence.SERVES_BY_ITSELF in uploaded.text(precedence.CONFIGURATION):
        if requirements.installs(uploaded, "gunicorn") is not False:
            return Start(f"gunicorn, as {precedence.CONFIGURATION} says", [], [])
        lacking = [GunicornMissing(f"{precedence.CONFIGURATION} with wsgi_app")]
    home = uploaded.shown()
    if not home.is_dir():
        return Start("", [HomeMissing(home, FileNotFoundError(errno.ENOENT, ""))], [])
    start = _script_or_file(uploaded) or _framework(uploaded)
    return start._replace(wrong=[*lacking, *start.wrong])


def _script_or_file(uploaded: Uploaded) -> Start | None:
    script, file, given = precedence.named(uploaded.variables)
    for variable, name, start in (("APP_SCRIPT", script, "{}"), ("APP_FILE", file, "python {}")):
        if name and _has(uploaded, name):
            wrong = _unusable(uploaded.shown(name), uploaded.at_home(name)) if variable == "APP_SCRIPT" else None
            return Start(start.format(name), [wrong] if wrong else [], [])
        if name and given:
            return Start("", [NoSuchApplication(variable, name, uploaded.shown())], [])
    return None


def _has(uploaded: Uploaded, name: str) -> bool:
    """Whether there is a file; of one outside of the source nothing is known."""
    path = uploaded.at_home(name)
    return path.startswith(("/", "..")) or uploaded.has(path)


def _unusable(path: Path, shown: str) -> Failure | None:
    found = verdict.verdict(path, shown) if path.is_file() else None
    return None if isinstance(found, InterpreterMissing) else found  # a laptop need not have the image's


def _framework(uploaded: Uploaded) -> Start:
    """Foresee what is done for Django, and with gunicorn."""
    module, said = _module(uploaded)
    gunicorn = requirements.installs(uploaded, "gunicorn")
    manage = _is_of_django(uploaded)
    migrate = "manage.py migrate, then " if manage and not uploaded.variables.get("DISABLE_MIGRATE") else ""
    if module and gunicorn is not False:
        of_setup = f"{said} tells what to serve by its name, which images of Python 3.12 and later cannot ask it for"
        remarks = [f"{of_setup}; set APP_MODULE in .s2i/environment"] if said.endswith("setup.py") else []
        return Start(f"{migrate}gunicorn {module}", list(_wrong_about(uploaded)), remarks)
    below = precedence.module_below(uploaded.shown())
    if manage:
        better = advice(gunicorn=gunicorn is not False, wsgi=bool(module), module=below)
        remark = f"{NOT_RECOMMENDED}; {better}"
        return Start(f"{migrate}manage.py runserver, Django's development server", [], [remark])
    if module and not requirements.nothing(uploaded):
        return Start("", [GunicornMissing(said)], [])  # another package may bring it along
    return Start("", [NothingToRun(said, below, uploaded.shown())], [])


def _is_of_django(uploaded: Uploaded) -> bool:
    """Whether there is a manage.py, and Django that it could use; another package may bring that along."""
    manage = uploaded.text(uploaded.at_home("manage.py"))
    is_brought = "django" in manage and not requirements.nothing(uploaded)
    return bool(manage) and (is_brought or requirements.installs(uploaded, "django") is not False)


def _module(uploaded: Uploaded) -> tuple[str, str]:
    """Return what gunicorn would serve, and what says so; empty where nothing does."""
    given = uploaded.variables.get("APP_MODULE", "")
    if given:
        return given, f"APP_MODULE={given}"
    if uploaded.has(uploaded.at_home("wsgi.py")):
        return "wsgi", "wsgi.py"
    setup = precedence.setup_file(uploaded.root)
    shown = os.path.relpath(setup, uploaded.root) if setup else ""
    return (f"with the name in {shown}", shown) if setup and uploaded.has(shown) else ("", "")


def _wrong_about(uploaded: Uploaded) -> Iterator[Failure]:
    """Return what is wrong with ``APP_MODULE``, as far as it is sure that gunicorn will look for it in the source."""
    value = uploaded.variables.get("APP_MODULE", "")
    parts = value.partition(":")[0].split(".")
    settings = [uploaded.variables.get("GUNICORN_CMD_ARGS", ""), uploaded.text(precedence.CONFIGURATION)]
    settings += [uploaded.text(uploaded.variables["APP_CONFIG"])] if uploaded.variables.get("APP_CONFIG") else []
    if not value or uploaded.variables.get("PYTHONPATH") or any(map(ELSEWHERE.search, settings)):
        return
    home = uploaded.shown()
    is_there = (home / parts[0]).is_dir() or uploaded.has(uploaded.at_home(f"{parts[0]}.py"))
    if not is_there and (uploaded.package_files or requirements.named(uploaded, parts[0])):
        return  # it is installed
    path = "/".join(parts)
    if not (home / path).is_dir() and not uploaded.has(uploaded.at_home(f"{path}.py")):
        yield ModuleMissing(value, home, f"{path}.py", _near(value, home))


def _near(value: str, home: Path) -> str:
    """Return what was probably meant: without the quotes, which S2I keeps, or the wsgi.py that there is."""
    if value.strip("\"'") != value:
        return value.strip("\"'")
    _, colon, name = value.partition(":")
    below = precedence.module_below(home)
    return f"{below}{colon}{name}" if below else ""
