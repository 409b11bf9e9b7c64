"""What a rehearsal says before anything slow begins: what will be started, and what will not work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_rehearse import SERVER, rehearse, write

from s2itasks.builder.django import NOT_RECOMMENDED
from s2itasks.errors import Failure
from s2itasks.phases import graph
from s2itasks.rehearse import demanded, foresight

HOOK = "#!/bin/bash\n"
MANAGE = "import django\n"
Foreseen = Callable[..., tuple[str, list[str], str]]


@pytest.fixture
def foreseen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Foreseen:
    """Return what is foreseen of files: the way, the warnings, and the error."""

    def ask(files: dict[str, str], **variables: str) -> tuple[str, list[str], str]:
        for path, text in files.items():
            write(tmp_path / path, text, 0o755 if text.startswith("#!") else 0o644)
        error = ""
        try:
            foresight.python(tmp_path, variables, None, os.environ)
            foresight.foresee(tmp_path, variables)
        except Failure as failure:
            error = f"{failure}"
        said = capsys.readouterr().err.replace(str(tmp_path), "SOURCE").splitlines()
        way = [line.partition("to be started: ")[2] for line in said if "to be started: " in line]
        warnings = [line.partition("warning: ")[2] for line in said if "warning: " in line]
        return "".join(way), warnings, error.replace(str(tmp_path), "SOURCE")

    return ask


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("files", "variables", "way"),
    [
        ({".s2i/action_hooks/run": HOOK}, {}, "the run hook"),
        ({".s2i/tasks.py": "from invoke import task\n@task\ndef run(c): pass\n"}, {}, "the run hook"),
        ({".s2i/action_hooks/deploy_env": "APP_MODULE=shop:app\n"}, {}, "what deploy_env sets"),
        (
            {"gunicorn.conf.py": "wsgi_app = 'a'\n", "requirements.txt": "gunicorn\n", "app.sh": HOOK},
            {},
            "gunicorn, as gunicorn.conf.py says",
        ),
        ({"app.sh": HOOK, "app.py": ""}, {}, "app.sh"),
        ({"start": HOOK, "app.py": ""}, {"APP_SCRIPT": "start"}, "start"),
        ({"app.py": ""}, {"APP_SCRIPT": "/usr/bin/serve"}, "/usr/bin/serve"),
        ({"app.py": "", "requirements.txt": "gunicorn"}, {}, "python app.py"),
        ({"site/app.py": ""}, {"APP_HOME": "site"}, "python app.py"),
        ({"wsgi.py": "", "requirements.txt": "flask\nGunicorn>=21\n"}, {}, "gunicorn wsgi"),
        ({"wsgi.py": "", "requirements.txt": "-r base.txt\n", "base.txt": "gunicorn\n"}, {}, "gunicorn wsgi"),
        ({"wsgi.py": "", "requirements.txt": "-r missing.txt\n"}, {}, "gunicorn wsgi"),
        ({"wsgi.py": "", "requirements.txt": "git+https://git/shop\n"}, {}, "gunicorn wsgi"),
        ({"wsgi.py": "", ".s2i/action_hooks/build": "#!/bin/sh\npip install gunicorn\n"}, {}, "gunicorn wsgi"),
        ({"shop.py": "", "requirements.txt": "gunicorn"}, {"APP_MODULE": "shop:app"}, "gunicorn shop:app"),
        ({"a/b/c.py": "", "requirements.txt": "gunicorn"}, {"APP_MODULE": "a.b.c"}, "gunicorn a.b.c"),
        ({"requirements.txt": "gunicorn\nmy_shop\n"}, {"APP_MODULE": "my_shop.wsgi"}, "gunicorn my_shop.wsgi"),
        ({"requirements.txt": "gunicorn"}, {"APP_MODULE": "x", "PYTHONPATH": "/lib"}, "gunicorn x"),
        ({"requirements.txt": "gunicorn"}, {"APP_MODULE": "x", "GUNICORN_CMD_ARGS": "--chdir lib"}, "gunicorn x"),
        (
            {"manage.py": MANAGE, "wsgi.py": "", "requirements.txt": "django\ngunicorn\n"},
            {},
            "manage.py migrate, then gunicorn wsgi",
        ),
        (
            {"manage.py": MANAGE, "wsgi.py": "", "requirements.txt": "wagtail\ngunicorn\n"},
            {"DISABLE_MIGRATE": "1"},
            "gunicorn wsgi",
        ),
        ({"wsgi.py": "", "Pipfile": "[packages]\ngunicorn = '*'\n"}, {"ENABLE_PIPENV": "1"}, "gunicorn wsgi"),
        ({"wsgi.py": "", "poetry.lock": 'name = "gunicorn"\n'}, {"ENABLE_MICROPIPENV": "1"}, "gunicorn wsgi"),
    ],
)
def test_the_ways(foreseen: Foreseen, files: dict[str, str], variables: dict[str, str], way: str) -> None:
    """In the order of the builder's run."""
    assert foreseen(files, **variables) == (way, [], "")


NOTHING = "don't know how to run your application: there is no app.py and no app.sh in SOURCE; set one of APP_MODULE "
BELOW = "don't know how to run your application: there is no app.py, no app.sh and no wsgi.py in SOURCE; set APP_MODULE"
LACKS = "needs gunicorn, which no requirements name; add gunicorn to requirements.txt"


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("files", "variables", "expected"),
    [
        ({}, {}, NOTHING),
        ({"main.py": "", "requirements.txt": "flask\n"}, {}, NOTHING),
        ({"app.py": "", ".s2iignore": "app.py\n"}, {}, NOTHING),
        ({"website/wsgi.py": "", "requirements.txt": "gunicorn"}, {}, f"{BELOW}=website.wsgi "),
        (
            {"wsgi.py": ""},
            {},
            "don't know how to run your application: wsgi.py needs gunicorn, which is not installed; ",
        ),
        ({"app.py": ""}, {"APP_SCRIPT": "go.sh"}, "file 'go.sh' not found; set APP_SCRIPT to a file in SOURCE"),
        ({"app.py": ""}, {"APP_FILE": "main.py"}, "file 'main.py' not found; set APP_FILE to a file in SOURCE"),
        ({"app.py": ""}, {"APP_HOME": "src"}, "SOURCE/src: No such file or directory; set APP_HOME to "),
        ({"app.sh": "echo\n"}, {}, "app.sh is not executable; in the repository: git update-index --chmod=+x app.sh"),
        ({"bin/go": "#!/bin/sh\r\necho\r\n"}, {"APP_SCRIPT": "bin/go"}, "bin/go has Windows line endings"),
        (
            {"shop.py": "", "requirements.txt": "gunicorn"},
            {"APP_MODULE": "shpo:app"},
            "APP_MODULE is 'shpo:app', and SOURCE has no shpo.py; set APP_MODULE to a module that is there",
        ),
        (
            {"shop.py": "", "requirements.txt": "gunicorn"},
            {"APP_MODULE": '"shop:app"'},
            'APP_MODULE is \'"shop:app"\', and SOURCE has no "shop.py; set APP_MODULE=shop:app',
        ),
        (
            {"website/wsgi.py": "", "requirements.txt": "gunicorn"},
            {"APP_MODULE": "website.wsgy:app"},
            "APP_MODULE is 'website.wsgy:app', and SOURCE has no website/wsgy.py; set APP_MODULE=website.wsgi:app",
        ),
    ],
)
def test_no_way(foreseen: Foreseen, files: dict[str, str], variables: dict[str, str], expected: str) -> None:
    """It is an error, with its cure; a warning where a hook can make what is missing."""
    _, warnings, error = foreseen(files, **variables)
    assert error.startswith(expected), error
    assert warnings == []
    problem, _, cure = error.partition("; ")
    _, warnings, error = foreseen({".s2i/action_hooks/build": HOOK}, **variables)
    assert (warnings, error) == ([f"{problem}, unless a hook changes that; {cure}"], "")


@pytest.mark.parametrize(
    ("files", "variables", "expected"),
    [
        ({"wsgi.py": "", "requirements.txt": "flask\n"}, {}, f"wsgi.py {LACKS}"),
        ({"shop.py": "", "requirements.txt": "flask"}, {"APP_MODULE": "shop"}, f"APP_MODULE=shop {LACKS}"),
        (
            {"gunicorn.conf.py": "wsgi_app = 'a'\n", "requirements.txt": "# gunicorn\nflask\n", "app.py": ""},
            {},
            f"gunicorn.conf.py with wsgi_app {LACKS}",
        ),
        (
            {"setup.py": "install_requires=['gunicorn']"},
            {},
            (
                "setup.py tells what to serve by its name, which images of Python 3.12 and later cannot ask it for; "
                "set APP_MODULE in .s2i/environment"
            ),
        ),
        (
            {"manage.py": MANAGE, "website/wsgi.py": "", "requirements.txt": "django\ngunicorn\n"},
            {},
            f"{NOT_RECOMMENDED}; set APP_MODULE=website.wsgi, the module to serve, and gunicorn will be used instead",
        ),
    ],
)
def test_what_lacks_gunicorn(
    foreseen: Foreseen, files: dict[str, str], variables: dict[str, str], expected: str
) -> None:
    """Or the name of what it is to serve; a package may bring gunicorn along, so that it is a warning."""
    _, warnings, error = foreseen(files, **variables)
    assert (warnings, error) == ([expected], "")


READS_TOML = pytest.mark.skipif(sys.version_info < (3, 11), reason="nothing need be there that reads TOML")
PROJECT = "[project]\nname = 'shop'\ndependencies = ['flask', 'gunicorn>=21']\n"
POETRY = "[tool.poetry]\nname = 'shop'\n{}[tool.poetry.dependencies]\ngunicorn = '*'\n"
NEWEST = "is not read{}: 'pip install .' takes the newest that pyproject.toml admits; "


@READS_TOML
@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("files", "variables", "expected"),
    [
        ({"pyproject.toml": PROJECT}, {}, []),
        (
            {"pyproject.toml": PROJECT, "uv.lock": ""},
            {},
            [f"uv.lock {NEWEST.format(' by the builder')}for what it locks, "],
        ),
        ({"pyproject.toml": PROJECT, "uv.lock": "", "requirements.txt": "gunicorn"}, {}, []),
        ({"pyproject.toml": POETRY.format("")}, {}, []),
        (
            {"pyproject.toml": POETRY.format(""), "poetry.lock": ""},
            {},
            [f"poetry.lock {NEWEST.format('')}set ENABLE_MICROPIPENV=1 in .s2i/environment"],
        ),
        ({"pyproject.toml": POETRY.format(""), "poetry.lock": 'name = "gunicorn"'}, {"ENABLE_MICROPIPENV": "1"}, []),
        (
            {"pyproject.toml": POETRY.format("package-mode = false\n")},
            {},
            ["pyproject.toml has package-mode = false, with which the builder's 'pip install .' fails; set "],
        ),
        (
            {"pyproject.toml": f"{PROJECT}[tool.uv]\npackage = false\n"},
            {},
            ["pyproject.toml has package = false for uv, and the builder runs 'pip install .' for it all the same"],
        ),
        (
            {"pyproject.toml": "[tool.ruff]\n", "requirements.txt": "gunicorn"},
            {},
            ["pyproject.toml has no project in it, and the builder runs 'pip install .' for it all the same"],
        ),
        (
            {"pyproject.toml": "[tool.ruff]\n", "requirements.txt": "gunicorn"},
            {"DISABLE_PYPROJECT_TOML_PROCESSING": "1"},
            [],
        ),
        ({"pyproject.toml": "no TOML", "requirements.txt": "gunicorn"}, {}, []),
        (
            {"Pipfile": "", "Pipfile.lock": '{"gunicorn": {}}', ".s2i/action_hooks/build": "#!/bin/sh\n# gunicorn"},
            {},
            ["Pipfile.lock is not read: nothing is installed; set ENABLE_MICROPIPENV=1"],
        ),
    ],
)
def test_projects(foreseen: Foreseen, files: dict[str, str], variables: dict[str, str], expected: list[str]) -> None:
    """What the builder does with those of Poetry, uv and Pipenv."""
    way, warnings, error = foreseen({"wsgi.py": "", **files}, **variables)
    assert (way, error) == ("gunicorn wsgi", "")
    assert [said.startswith(each) for said, each in zip(warnings, expected)] == [True] * len(expected), warnings
    assert len(warnings) == len(expected), warnings


def test_it_makes_nothing(tmp_path: Path) -> None:
    """A rehearsal that cannot succeed ends before its virtual environment is made."""
    write(tmp_path / "source" / "wsgi.py", "")
    write(tmp_path / "source" / ".s2i" / "environment", "APP_FILE=main.py\n")
    done = rehearse("source", "--check", "--env", "APP_FILE=other.py", cwd=tmp_path)
    cure = f"set APP_FILE to a file in {tmp_path}/source"
    assert done.stderr.splitlines()[-1] == f"s2itasks: error: file 'other.py' not found; {cure}"
    assert (done.returncode, sorted(path.name for path in tmp_path.iterdir())) == (1, ["source"])


@pytest.mark.slow
def test_an_application_in_a_subdirectory(tmp_path: Path) -> None:
    """As S2I with a context directory: the .s2i of the repository is not seen, which is said."""
    backend = tmp_path / "repository" / "backend"
    write(backend / "app.py", SERVER)
    write(tmp_path / "repository" / ".s2i" / "environment", "GREETING=hello\n")
    done = rehearse("backend/", "--check", "--root", str(tmp_path / "root"), cwd=tmp_path / "repository")
    assert done.returncode == 0, done.stderr
    said = f"{backend} has no .s2i, and S2I with backend as its context directory does not see that of {backend.parent}"
    assert f"s2itasks: warning: {said}; move it into {backend}\n" in done.stderr
    write(backend / ".s2i" / "environment", "GREETING=hello\n")
    done = rehearse("backend", "--check", "--root", str(tmp_path / "root"), cwd=tmp_path / "repository")
    assert (done.returncode, "context directory" in done.stderr) == (0, False)


DEMANDS = "SECRET_KEY  # signs sessions\nDATABASE_URL\n"
NOT_GIVEN = "SECRET_KEY (signs sessions), DATABASE_URL are required by .s2i/required and not given; give each with "
NOT_GIVEN += "--env NAME=VALUE, or all in a file with --env-file"
UNLESS = NOT_GIVEN.replace("not given;", "not given, unless {} sets them;")


@pytest.mark.parametrize(
    ("deploy_env", "variables", "certain", "error", "warned"),
    [
        ("", {}, True, NOT_GIVEN, ""),
        ("", {"SECRET_KEY": "", "DATABASE_URL": ""}, True, NOT_GIVEN, ""),
        ("", {"SECRET_KEY": "x", "DATABASE_URL": "y"}, True, "", ""),
        ("SECRET_KEY=$(openssl rand -hex 9)\nexport DATABASE_URL\n", {}, True, "", ""),
        (". /etc/secrets\n", {}, True, "", UNLESS.format("deploy_env")),
        ("", {}, False, "", UNLESS.format("the image")),
    ],
)
def test_required_variables(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    deploy_env: str,
    variables: dict[str, str],
    certain: bool,  # noqa: FBT001 - likewise
    error: str,
    warned: str,
) -> None:
    """They are asked for before anything slow begins, where nothing can set them later."""
    write(tmp_path / ".s2i/required", DEMANDS)
    if deploy_env:
        write(tmp_path / ".s2i/action_hooks/deploy_env", deploy_env)
    got = ""
    try:
        demanded.require(tmp_path, graph, os.environ, variables, certain=certain)
    except Failure as failure:
        got = f"{failure}"
    assert (got, capsys.readouterr().err.partition("warning: ")[2].strip()) == (error, warned)


def test_required_variables_of_a_rehearsal(tmp_path: Path) -> None:
    """With status 2, and nothing is prepared; one that a service or --env sets is there."""
    write(tmp_path / "app.py", SERVER)
    write(tmp_path / ".s2i/required", DEMANDS)
    done = rehearse(".", "--env", "DATABASE_URL=x", cwd=tmp_path)
    assert done.returncode == 2
    assert (
        "error: SECRET_KEY (signs sessions) is required by .s2i/required and not given; give each with" in done.stderr
    )
    assert "preparing" not in done.stderr
