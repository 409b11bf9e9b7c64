"""The embedded builder's ``run``: it becomes the application, by the image's order of precedence."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import urllib.request

import pytest
from builder_applications import (
    REPORT,
    Application,
    application,
    online_application,
    pip_application,
    venv_with_pip,
    wheels,
)
from signals import RUN_AGAIN, masks

from s2itasks.builder.workers import default_workers

__all__ = ["application", "online_application", "pip_application", "venv_with_pip", "wheels"]

BIND = ["--bind=0.0.0.0:8080", "--access-logfile=-"]
CONFIGURATION = "wsgi_app = 'shop:application'\n"


def test_app_script(application: Application) -> None:
    """app.sh is executed, in the same process."""
    application.add("app.sh", "#!/bin/sh\necho $0 $PWD $$\n", 0o755)
    with application.start("run") as process:
        stdout, stderr = process.communicate()
    assert (process.returncode, stderr) == (0, "")
    assert stdout.splitlines() == [
        "---> run: no builder image here, using the builder embedded in s2itasks",
        "---> Running application from script (app.sh) ...",
        f"./app.sh {application.source} {process.pid}",
    ]


def test_app_file(application: Application) -> None:
    """app.py is run by the application's Python, in the same process, and its status is the container's."""
    application.add("app.py", f"{REPORT}\nsys.exit(7)\n")
    with application.start("run") as process:
        stdout, _ = process.communicate()
    assert process.returncode == 7
    assert f'"pid": {process.pid}' in stdout
    assert "---> Running application from Python script (app.py) ..." in stdout


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("files", "variables", "ran"),
    [
        (["app.sh", "app.py"], {}, "app.sh"),
        (["app.sh", "app.py"], {"APP_FILE": "app.py"}, "app.py"),
        (["app.sh", "main.sh"], {"APP_SCRIPT": "main.sh"}, "main.sh"),
        (["app.py", "bin/main.py"], {"APP_FILE": "bin/main.py"}, "bin/main.py"),
        (["main.sh", "main.py"], {"APP_SCRIPT": "main.sh", "APP_FILE": "main.py"}, "main.sh"),
        (["app.py", "site/app.py"], {"APP_HOME": "site"}, "site/app.py"),
        (["app.py"], {"APP_FILE": "", "APP_SCRIPT": "", "APP_MODULE": ""}, "app.py"),
    ],
)
def test_scripts_and_files(application: Application, files: list[str], variables: dict[str, str], ran: str) -> None:
    """What is given comes before the usual names, a script before a file, and APP_HOME is where both are looked for."""
    for file in files:
        python = file.endswith(".py")
        application.add(
            file, f"print('ran {file}')" if python else f"#!/bin/sh\necho ran {file}\n", 0o644 if python else 0o755
        )
    assert application.run(**variables).stdout.splitlines()[-1] == f"ran {ran}"


def test_an_absolute_script(application: Application) -> None:
    """APP_SCRIPT need not be in the source."""
    script = application.add("../elsewhere/serve", "#!/bin/sh\necho served\n", 0o755)
    assert application.run(APP_SCRIPT=str(script)).stdout.splitlines()[-1] == "served"


def test_a_script_without_an_interpreter_line(application: Application) -> None:
    """Bash would run it by itself, so bash does."""
    application.add("app.sh", "[[ $0 == ./app.sh ]] && echo served\n", 0o755)
    assert application.run().stdout.splitlines()[-1] == "served"


@pytest.mark.parametrize("variable", ["APP_SCRIPT", "APP_FILE"])
def test_a_given_file_must_exist(application: Application, variable: str) -> None:
    """Nothing else is run in its place."""
    application.add("app.py")
    result = application.run(**{variable: "mian"})
    assert (result.status, result.stderr) == (
        1,
        f"s2itasks: error: file 'mian' not found; set {variable} to a file in {application.source}\n",
    )


def test_a_script_that_is_not_executable(application: Application) -> None:
    """126, and how to mend it."""
    application.add("app.sh", "#!/bin/sh\n")
    result = application.run()
    cure = "in the repository: git update-index --chmod=+x ./app.sh"
    assert (result.status, result.stderr) == (126, f"s2itasks: error: ./app.sh: Permission denied; {cure}\n")


def test_a_script_with_windows_line_endings(application: Application) -> None:
    """127, and the interpreter as bash shows it."""
    application.add("app.sh", "#!/bin/sh\r\necho\r\n", 0o755)
    result = application.run()
    assert (result.status, result.stderr) == (
        127,
        (
            "s2itasks: error: ./app.sh: /bin/sh^M: bad interpreter: No such file or directory; "
            "convert its Windows line endings (sed -i 's/\\r$//' ./app.sh)\n"
        ),
    )


def test_the_application_gets_default_signals(application: Application) -> None:
    """SIGPIPE and SIGXFSZ, which Python ignores, end the application as they end anything else; none is blocked."""
    application.add("app.sh", "#!/bin/sh\ngrep -E 'Sig(Ign|Blk)' /proc/self/status\n", 0o755)
    assert masks(application.run().stdout) == [0, 0]


def test_django_development_server(application: Application) -> None:
    """Without gunicorn Django serves the application itself, after a migration and with a warning."""
    application.add_django()
    result = application.run()
    assert (result.status, result.steps) == (
        0,
        ["Migrating database ...", "Serving application with 'manage.py runserver 0.0.0.0:8080' ..."],
    )
    assert [report["argv"] for report in result.reports] == [["migrate", "--noinput"], ["runserver", "0.0.0.0:8080"]]
    assert result.stderr == (
        "s2itasks: warning: this is NOT a recommended way to run your application in production; "
        "add gunicorn to requirements.txt, and it will be used instead\n"
    )


@pytest.mark.many_cases
@pytest.mark.parametrize("with_gunicorn", [True, False])
@pytest.mark.parametrize("package", ["website", ""])
def test_what_would_have_gunicorn_serve_django(application: Application, *, with_gunicorn: bool, package: str) -> None:
    """Not to install it, where it is there and only does not know what to serve."""
    application.add_django()
    if with_gunicorn:
        application.add_gunicorn()
    if package:
        application.add(f"{package}/wsgi.py")
    module = f"set APP_MODULE={'website.wsgi' if package else 'MODULE'}"
    expected = {
        (True, True): f"{module}, the module to serve, and gunicorn will",
        (True, False): f"{module}, the module to serve, and gunicorn will",
        (False, True): f"add gunicorn to requirements.txt and {module}, and it will",
        (False, False): "add gunicorn to requirements.txt, and it will",
    }
    said = expected[with_gunicorn, bool(package)]
    assert application.run().stderr.endswith(f"in production; {said} be used instead\n")


@pytest.mark.slow
@pytest.mark.parametrize(("below", "module"), [(["shop"], "shop.wsgi"), (["shop", "office"], ""), (["my-shop"], "")])
def test_a_module_one_level_down(application: Application, below: list[str], module: str) -> None:
    """It is named where there is one, and only one, that can be imported."""
    application.add_gunicorn()
    for directory in below:
        application.add(f"{directory}/wsgi.py")
    result = application.run()
    cure = f"set APP_MODULE={module} (and have gunicorn in requirements.txt, which serves it)\n"
    assert (result.status, result.stderr.endswith(cure)) == (1, bool(module))


@pytest.mark.slow
def test_port(application: Application) -> None:
    """PORT is for both servers, but not for a gunicorn with settings of its own."""
    application.add_django()
    assert application.run(PORT="9000").reports[-1]["argv"] == ["runserver", "0.0.0.0:9000"]
    application.add_gunicorn()
    application.add("wsgi.py")
    assert application.run(PORT="9000").reports[-1]["argv"] == ["wsgi", "--bind=0.0.0.0:9000", "--access-logfile=-"]


def test_no_migration(application: Application) -> None:
    """DISABLE_MIGRATE leaves the database alone."""
    application.add_django()
    assert [report["argv"][0] for report in application.run(DISABLE_MIGRATE="1").reports] == ["runserver"]


def test_a_failing_migration_stops_the_container(application: Application) -> None:
    """No server is started over an old database."""
    application.add_django()
    result = application.run(FAILS="migrate")
    assert (result.status, result.reports) == (4, [])
    said = f"{application.python} ./manage.py migrate --noinput ended with status 4; see its output above"
    assert result.stderr == f"s2itasks: error: {said}\n"


def test_a_script_is_not_migrated(application: Application) -> None:
    """app.py and app.sh do everything themselves."""
    application.add_django()
    application.add("app.py")
    assert application.run().reports == []


def test_django_without_manage_py(application: Application) -> None:
    """There is a warning for each thing left out, and then nothing to run."""
    application.add_django()
    (application.source / "manage.py").unlink()
    result = application.run()
    left_out = re.findall(r"we could not find a 'manage.py' file .* skipped 'python manage.py (\w+)'", result.stderr)
    assert (result.status, left_out) == (1, ["migrate", "runserver"])


def test_gunicorn_and_wsgi_py(application: Application) -> None:
    """A wsgi.py is served with the default settings, in the same process."""
    application.add_gunicorn()
    application.add("wsgi.py")
    with application.start("run") as process:
        stdout, _ = process.communicate()
    assert "---> Serving application with gunicorn (wsgi) with default settings ...\n" in stdout
    assert f'"pid": {process.pid}' in stdout
    (report,) = application.run().reports
    assert (report["argv"], report["cwd"]) == (["wsgi", *BIND], str(application.source))


def test_gunicorn_serves_django(application: Application) -> None:
    """After a migration, and instead of the development server."""
    application.add_django()
    application.add_gunicorn()
    application.add("wsgi.py")
    assert [report["argv"][0] for report in application.run().reports] == ["migrate", "wsgi"]


def test_gunicorn_and_app_module(application: Application) -> None:
    """APP_MODULE comes before a wsgi.py, and an app.py is then not for Python to run."""
    application.add_gunicorn()
    application.add("wsgi.py")
    application.add("app.py")
    (report,) = application.run(APP_MODULE="app:application").reports
    assert report["argv"] == ["app:application", *BIND]


@pytest.mark.slow
@pytest.mark.parametrize("directory", ["", "package/"])
def test_gunicorn_and_setup_py(application: Application, directory: str) -> None:
    """The name in a setup.py, at most one directory down, is the module's name; other output is not."""
    application.add_gunicorn()
    application.add(f"{directory}setup.py", "import sys\nprint('running')\nprint('shop', *sys.argv[2:])\n")
    (report,) = application.run().reports
    assert report["argv"] == ["shop", *BIND]


SETUPTOOLS = "from setuptools import setup\nsetup(name='shop')\n"


def without_setuptools(application: Application) -> None:
    """Take it away where the environment has it."""
    for found in application.packages.glob("*setuptools*"):
        shutil.rmtree(found)


def installed(application: Application, name: str) -> None:
    """Put the metadata there that pip leaves of an application that it has installed from its source."""
    directory = application.packages / f"{name}-1.dist-info"
    directory.mkdir()
    (directory / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (directory / "direct_url.json").write_text(json.dumps({"dir_info": {}, "url": application.source.as_uri()}))


def test_a_setup_py_without_setuptools(application: Application) -> None:
    """It cannot be asked; where it has been installed, its metadata can, and what an image cannot is said."""
    without_setuptools(application)
    application.add_gunicorn()
    setup = application.add("setup.py", SETUPTOOLS)
    result = application.run()
    said = f"{setup} cannot say the name of its module: there is no setuptools, and it has not been installed"
    cure = "set APP_MODULE to the module that gunicorn is to serve"
    assert (result.status, result.stderr) == (1, f"s2itasks: error: {said}; {cure}\n")
    installed(application, "shop")
    result = application.run()
    assert [report["argv"] for report in result.reports] == [["shop", *BIND]]
    said = "setup.py can say its name only with setuptools, which images of Python 3.12 and later lack"
    cure = "set APP_MODULE=shop in .s2i/environment, so that their run needs no name"
    assert result.stderr == f"s2itasks: warning: {said}; {cure}\n"


def test_the_name_of_a_pyproject_toml(application: Application) -> None:
    """The image does not look for it, so neither is it served; it is what to set."""
    application.add_gunicorn()
    application.add("pyproject.toml")
    installed(application, "my-shop")
    result = application.run()
    assert (result.status, "; set APP_MODULE=my_shop (and have gunicorn " in result.stderr) == (1, True)


def test_a_deep_setup_py_is_not_the_applications(application: Application) -> None:
    """Two directories down it belongs to something else."""
    application.add_gunicorn()
    application.add("vendor/thing/setup.py", "print('thing')\n")
    assert application.run().status == 1


def test_a_failing_setup_py(application: Application) -> None:
    """It ends the start, with its status."""
    application.add_gunicorn()
    setup = application.add("setup.py", "raise SystemExit(9)")
    result = application.run()
    said = f"s2itasks: error: {application.python} {setup} --name ended with status 9; see its output above\n"
    assert (result.status, result.stderr) == (9, said)


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ({"APP_CONFIG": "conf/gunicorn.py"}, ["--config", "conf/gunicorn.py"]),
        ({"GUNICORN_CMD_ARGS": "--bind=:9000  --threads 4"}, ["--bind=:9000", "--threads", "4"]),
        ({"GUNICORN_CMD_ARGS": "-t 9", "APP_CONFIG": "c.py", "PORT": "1"}, ["-t", "9", "--config", "c.py"]),
    ],
)
def test_gunicorn_settings(application: Application, variables: dict[str, str], arguments: list[str]) -> None:
    """Settings of the application's own replace all the default ones."""
    application.add_gunicorn()
    application.add("wsgi.py")
    result = application.run(**variables)
    assert result.steps == ["Serving application with gunicorn (wsgi) with custom settings ..."]
    assert result.reports[0]["argv"] == ["wsgi", *arguments]


def test_web_concurrency(application: Application) -> None:
    """It is computed, or what somebody set."""
    application.add_gunicorn()
    application.add("wsgi.py")
    environments = [application.run(WEB_CONCURRENCY=value).reports[0]["environment"] for value in ("", "5")]
    assert [environment["WEB_CONCURRENCY"] for environment in environments] == [str(default_workers()), "5"]


def test_app_home(application: Application) -> None:
    """The application is served from there, and APP_HOME says so in full."""
    application.add_gunicorn()
    application.add("site/wsgi.py")
    (report,) = application.run(APP_HOME="site").reports
    home = str(application.source / "site")
    assert report["argv"] == ["wsgi", *BIND]
    assert report["cwd"] == report["environment"]["PWD"] == report["environment"]["APP_HOME"] == home
    assert "PYTHONPATH" not in report["environment"]


@pytest.mark.parametrize(("before", "after"), [("", "{source}"), ("/lib/mine", "{source}:/lib/mine")])
def test_pythonpath(application: Application, before: str, after: str) -> None:
    """The source directory gets in front of a PYTHONPATH that there already is, and makes none."""
    application.add("site/app.py", REPORT)
    (report,) = application.run(APP_HOME="site", PYTHONPATH=before).reports
    assert report["environment"]["PYTHONPATH"] == after.format(source=application.source)


def test_django_on_pythonpath(application: Application) -> None:
    """Where PYTHONPATH points, Django is installed too."""
    application.add_django()
    (application.packages / "django").rename(application.add("lib/.keep").parent / "django")
    reports = application.run(PYTHONPATH=str(application.source / "lib")).reports
    assert [report["argv"][0] for report in reports] == ["migrate", "runserver"]


def test_gunicorn_conf_py(application: Application) -> None:
    """With wsgi_app in it, it comes before everything else."""
    application.add_gunicorn("20, 1, 0")
    application.add_django()
    for file in ("app.sh", "app.py", "wsgi.py"):
        application.add(file)
    application.add("gunicorn.conf.py", CONFIGURATION)
    result = application.run()
    assert result.steps == ["Using gunicorn.conf.py", "Serving application with gunicorn ..."]
    (report,) = result.reports
    assert report["argv"] == []
    assert "WEB_CONCURRENCY" not in report["environment"]


@pytest.mark.parametrize(
    ("version", "configuration"), [("20, 0, 4", CONFIGURATION), ("21, 2, 0", "workers = 2\n"), (None, CONFIGURATION)]
)
def test_gunicorn_conf_py_is_not_enough(application: Application, version: str | None, configuration: str) -> None:
    """An old gunicorn, none at all, or a file that names no application: it goes on as if there were no such file."""
    if version:
        application.add_gunicorn(version)
    application.add("gunicorn.conf.py", configuration)
    application.add("app.py", "print('app.py ran')\n")
    assert application.run().stdout.splitlines()[-1] == "app.py ran"


@pytest.mark.parametrize("with_gunicorn", [False, True])
def test_nothing_to_run(application: Application, *, with_gunicorn: bool) -> None:
    """The last line says what would be an application."""
    if with_gunicorn:
        application.add_gunicorn()
    application.add("README")
    result = application.run()
    assert (result.status, result.steps) == (1, [])
    assert result.stderr == (
        "s2itasks: error: don't know how to run your application: there is no app.py and no app.sh in "
        f"{application.source}; set one of APP_MODULE (served by gunicorn), APP_FILE and APP_SCRIPT, or create an "
        "app.py\n"
    )


@pytest.mark.parametrize(("variables", "what"), [({"APP_MODULE": "shop:app"}, "APP_MODULE=shop:app"), ({}, "wsgi.py")])
def test_what_only_gunicorn_could_run(application: Application, variables: dict[str, str], what: str) -> None:
    """Then it is gunicorn that is missing."""
    application.add("wsgi.py")
    result = application.run(**variables)
    assert (result.status, result.stderr) == (
        1,
        (
            f"s2itasks: error: don't know how to run your application: {what} needs gunicorn, which is not installed; "
            "add gunicorn to requirements.txt\n"
        ),
    )


@pytest.mark.parametrize(
    ("variable", "cure"),
    [
        ("APP_HOME", "set APP_HOME to the application's directory, relative to the source"),
        ("S2I_SOURCE_PATH", "create it, or correct what names it"),
    ],
)
def test_a_missing_directory(application: Application, variable: str, cure: str) -> None:
    """There is nothing to run in it."""
    result = application.run(**{variable: "/no/such/directory"})
    said = f"s2itasks: error: /no/such/directory: No such file or directory; {cure}\n"
    assert (result.status, result.stderr) == (1, said)


def test_the_current_directory_is_the_source(application: Application) -> None:
    """Unless S2I_SOURCE_PATH says otherwise."""
    del application.environment["S2I_SOURCE_PATH"]
    application.add("app.py", REPORT)
    assert application.run().reports[0]["cwd"] == str(application.source)


def test_a_signal_during_the_migration(application: Application) -> None:
    """A container that is stopped while it migrates ends at once, with 128+n."""
    application.add_django()
    application.add("manage.py", "import signal\nprint('ready', flush=True)\nsignal.pause()\n")
    with application.start("run") as process:
        assert process.stdout
        assert process.stderr
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        process.terminate()
        assert process.stdout.read() == ""  # that is, the migration is gone too
        assert process.stderr.read() == f"s2itasks: error: stopped by SIGTERM; {RUN_AGAIN}\n"
    assert process.returncode == 128 + signal.SIGTERM


@pytest.mark.slow
def test_a_real_gunicorn(online_application: Application) -> None:
    """Built and run, the application answers; SIGTERM to the process that was `run` ends it."""
    online_application.add("requirements.txt", "gunicorn\n")
    online_application.add("wsgi.py", WSGI)
    assert online_application.assemble().status == 0
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with online_application.start("run", PORT=str(port)) as process:
        assert process.stderr
        assert any("Listening at" in line for line in process.stderr)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.read() == b"hello"
        process.terminate()
        process.communicate()
    assert process.returncode == 0


WSGI = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""
