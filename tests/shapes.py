"""Applications of the usual shapes, as small as they can be, and what each needs to be told to the builder.

None of them has heard of s2itasks. The lock files in `locks` were made by the tools themselves: poetry, `uv lock` with
wheels of a directory, pipenv. In Pipfile.lock the index has a placeholder, which `files` fills in.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path(__file__).with_name("locks")


@dataclass(frozen=True)
class Shape:
    """An application.

    :param files: what is in which file; a script if it begins with ``#!``.
    :param setting: the line of ``.s2i/environment`` that it needs to be built and run, if any.
    :param builds: what the build says of the way that it takes.
    :param starts: what the builder says of the way that it starts the application.
    :param installs: distributions that are there afterwards.
    """

    files: Mapping[str, str]
    setting: str = ""
    builds: str = "Installing dependencies ..."
    starts: str = "Serving application with gunicorn (wsgi)"
    installs: tuple[str, ...] = ()

    def write(self, directory: Path) -> Path:
        """Write it, and return the directory."""
        environment = {".s2i/environment": f"{self.setting}\n"} if self.setting else {}
        for name, text in {**self.files, **environment}.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if text.startswith("#!") else 0o644)
        return directory


def lock(name: str) -> str:
    """Return a lock file."""
    return (LOCKS / name).read_text().replace("INDEX", index())


def index() -> str:
    """Return the address of the index that pip, pipenv and poetry use unless they are told of another."""
    address: str = importlib.import_module("pip._internal.models.index").PyPI.simple_url
    return address.rstrip("/")


BOTTLE = """\
import bottle
application = bottle.Bottle()
@application.get("/")
def index():
    return "Hello"
"""
BOTTLE_AND_GUNICORN = "bottle>=0.13,<0.14\ngunicorn>=22,<24\n"
GUNICORN = "Serving application with gunicorn"

# What `django-admin startproject` makes, without the admin.
DJANGO = {
    "requirements.txt": "Django>=4.2,<6\ngunicorn>=22,<24\n",
    "manage.py": """\
import os, sys
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
execute_from_command_line(sys.argv)
""",
    "project/__init__.py": "",
    "project/settings.py": """\
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "of a test"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.staticfiles"]
ROOT_URLCONF = "project.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
""",
    "project/urls.py": """\
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse(f"{ContentType.objects.count()} types"))]
""",
    "project/wsgi.py": """\
import os
from django.core.wsgi import get_wsgi_application
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
application = get_wsgi_application()
""",
    "static/style.css": "body { color: black }\n",
}

PROJECT = """\
[project]
name = "shapes"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["bottle>=0.13,<0.14", "gunicorn>=22,<24"]
"""
POETRY = '\n[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"\n'
# micropipenv reads this older way of writing dependencies down, and not that of [project].
POETRY_LOCKED = """\
[tool.poetry]
name = "shapes"
version = "1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = ">=3.9"
bottle = "^0.13"
gunicorn = ">=22,<24"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
UV_PACKAGE = '\n[build-system]\nrequires = ["uv_build>=0.8,<1"]\nbuild-backend = "uv_build"\n'
UV_APPLICATION = "\n[tool.uv]\npackage = false\n"
PIPFILE = f"""\
[[source]]
name = "index"
url = "{index()}"
verify_ssl = true

[packages]
bottle = ">=0.13,<0.14"
gunicorn = ">=22,<24"
"""

SHAPES = {
    "django": Shape(
        DJANGO,
        setting="APP_MODULE=project.wsgi",
        builds="1 static file copied",
        starts=f"{GUNICORN} (project.wsgi)",
    ),
    "flask": Shape(
        {
            "requirements.txt": "Flask>=3.0,<4\ngunicorn>=22,<24\n",
            "package/__init__.py": """\
from flask import Flask
def create_app():
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "Hello")
    return app
""",
        },
        setting="APP_MODULE=package:create_app()",
        starts=f"{GUNICORN} (package:create_app())",
    ),
    "fastapi": Shape(
        {
            "requirements.txt": "fastapi>=0.110,<1\nuvicorn>=0.30,<1\n",
            "main.py": """\
import os
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/")
async def index():
    return "Hello"
if __name__ == "__main__":
    uvicorn.run("main:app", host="0.0.0.0", port=int(os.environ.get("PORT", "8080")))
""",
        },
        setting="APP_FILE=main.py",
        starts="Running application from Python script (main.py)",
    ),
    "poetry": Shape(
        {"pyproject.toml": PROJECT + POETRY, "wsgi.py": BOTTLE, "shapes/__init__.py": ""},
        builds="Installing application (via pyproject.toml)",
        installs=("shapes-1.0", "bottle-0.13.*"),
    ),
    "poetry, locked": Shape(
        {
            "pyproject.toml": POETRY_LOCKED,
            "poetry.lock": lock("poetry.lock"),
            "wsgi.py": BOTTLE,
            "shapes/__init__.py": "",
        },
        setting="ENABLE_MICROPIPENV=1",
        builds="Installing dependencies via micropipenv ...",
        installs=("shapes-1.0", "bottle-0.13.2"),  # which is not the newest that pyproject.toml allows
    ),
    "uv, an application": Shape(
        {"pyproject.toml": PROJECT + UV_APPLICATION, "wsgi.py": BOTTLE},
        builds="Installing application (via pyproject.toml)",
        installs=("shapes-1.0", "bottle-0.13.*"),
    ),
    "uv, a package, locked": Shape(  # the lock file is for laptops: the builder has pip read pyproject.toml
        {"pyproject.toml": PROJECT + UV_PACKAGE, "uv.lock": lock("uv.lock"), "src/shapes/__init__.py": BOTTLE},
        setting="APP_MODULE=shapes",
        builds="Installing application (via pyproject.toml)",
        starts=f"{GUNICORN} (shapes)",
        installs=("shapes-1.0", "bottle-0.13.*"),
    ),
    "Pipfile": Shape(
        {"Pipfile": PIPFILE, "wsgi.py": BOTTLE},
        setting="ENABLE_PIPENV=1",
        builds="Installing dependencies via pipenv ...",
        installs=("bottle-0.13.*", "gunicorn-23.*"),
    ),
    "Pipfile, locked": Shape(
        {"Pipfile": PIPFILE, "Pipfile.lock": lock("Pipfile.lock"), "wsgi.py": BOTTLE},
        setting="ENABLE_MICROPIPENV=1",
        builds="Installing dependencies via micropipenv ...",
        installs=("bottle-0.13.4", "gunicorn-23.0.0"),
    ),
    "app.sh": Shape(
        {"app.sh": '#!/bin/bash\nexec python -m http.server --bind 0.0.0.0 "$PORT"\n'},
        builds="Installing application source ...",
        starts="Running application from script (app.sh)",
    ),
}

# setuptools, which pip takes where there is no [build-system], refuses several packages side by side, on the image as
# well. What `uv export` writes is installed without it.
SEVERAL_PACKAGES = Shape(
    {
        "pyproject.toml": PROJECT + UV_APPLICATION,
        "requirements.txt": "bottle==0.13.4\ngunicorn==23.0.0\npackaging==25.0\n",
        "pages/__init__.py": "",
        "models/__init__.py": "",
        "wsgi.py": f"import models, pages\n{BOTTLE}",
    },
    setting="DISABLE_PYPROJECT_TOML_PROCESSING=1",
    installs=("bottle-0.13.4", "packaging-25.0"),
)

# Its settings are read while it is built as well as while it runs, and have no defaults.
CONFIGURED = Shape(
    {
        **DJANGO,
        "project/settings.py": DJANGO["project/settings.py"]
        + """\
import os
from urllib.parse import urlsplit
SECRET_KEY = os.environ["SECRET_KEY"]
DATABASES["default"]["NAME"] = urlsplit(os.environ["DATABASE_URL"]).path
""",
        "wsgi.py": "from project.wsgi import application\n",
    },
    builds="1 static file copied",
)
