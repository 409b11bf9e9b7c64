"""What the Python builder's scripts look for, by the names of variables and files.

The embedded builder acts on it; what foresees a build or a start asks the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

CONFIGURATION = "gunicorn.conf.py"
SERVES_BY_ITSELF = "wsgi_app"  # in gunicorn's configuration, and `run` looks no further


class Named(NamedTuple):
    """The script and the Python file that ``run`` looks for; empty where it looks for none.

    :param given: a variable names one of the two, or a module: then what is named has to be there.
    """

    script: str
    file: str
    given: bool


def named(variables: Mapping[str, str]) -> Named:
    """Return what ``run`` looks for: the usual names only where no variable gives any, ``APP_MODULE`` included.

    An ``app.py`` beside ``APP_MODULE=app:application`` is for gunicorn to serve.
    """
    script, file = variables.get("APP_SCRIPT", ""), variables.get("APP_FILE", "")
    given = bool(script or file or variables.get("APP_MODULE"))
    return Named(script, file, given) if given else Named("app.sh", "app.py", given)


def module_below(directory: Path) -> str:
    """Return the module of a wsgi.py one level down, as ``django-admin startproject`` makes it; empty but for one."""
    found = [path.parent.name for path in sorted(directory.glob("*/wsgi.py"))]
    return f"{found[0]}.wsgi" if len(found) == 1 and found[0].isidentifier() else ""


def setup_file(source: Path) -> Path | None:
    """Return the setup.py whose name ``run`` takes for a module: that of the source, or one a level down."""
    return next(filter(Path.is_file, (source / "setup.py", *sorted(source.glob("*/setup.py")))), None)


def package_files(variables: Mapping[str, str], exists: Callable[[str], bool]) -> list[str]:
    """Return the files for which ``assemble`` has pip install the application.

    ``DISABLE_SETUP_PY_PROCESSING`` and ``DISABLE_PYPROJECT_TOML_PROCESSING`` each switch off one sort of them.
    """
    files = [] if variables.get("DISABLE_SETUP_PY_PROCESSING") else ["setup.py", "setup.cfg"]
    files += [] if variables.get("DISABLE_PYPROJECT_TOML_PROCESSING") else ["pyproject.toml"]
    return list(filter(exists, files))
