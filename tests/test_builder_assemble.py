"""The embedded builder's ``assemble``: an application is built in its own environment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builder_applications import (
    PYPROJECT,
    SCRIPTS,
    SETUP,
    Application,
    application,
    online_application,
    pip_application,
    venv_with_pip,
    wheels,
)
from signals import RUN_AGAIN

pytestmark = pytest.mark.slow  # each makes a virtual environment or asks pip

__all__ = ["application", "online_application", "pip_application", "venv_with_pip", "wheels"]


def test_it_says_what_it_is(application: Application) -> None:
    """The first line of the log tells that no builder image is at work."""
    result = application.assemble()
    assert result.stdout.splitlines() == [
        "---> assemble: no builder image here, using the builder embedded in s2itasks",
        f"---> Nothing to install from {application.upload}, building the source in {application.source}",
    ]
    assert (result.status, result.stderr) == (0, "")


def test_the_upload_is_moved(application: Application) -> None:
    """Dotfiles too, and over the files of an earlier build."""
    application.add("templates/old.html", "old")
    application.add("app.py", "old")
    (application.upload / "templates").mkdir()
    (application.upload / "templates/new.html").write_text("new", encoding="utf-8")
    (application.upload / "app.py").write_text("new", encoding="utf-8")
    (application.upload / ".env").touch()
    result = application.assemble()
    assert (result.status, result.steps) == (0, ["Installing application source ..."])
    installed = {str(path.relative_to(application.source)) for path in application.source.rglob("*")}
    assert installed == {".env", "app.py", "templates", "templates/old.html", "templates/new.html"}
    assert (application.source / "app.py").read_text(encoding="utf-8") == "new"
    assert list(application.upload.iterdir()) == []


def test_the_upload_may_be_missing(application: Application) -> None:
    """On a laptop the source is where it is."""
    application.upload.rmdir()
    assert application.assemble().status == 0


def test_the_source_directory_may_be_missing(application: Application) -> None:
    """In a plain Python image nobody made it."""
    (application.upload / "app.py").touch()
    assert application.assemble(S2I_SOURCE_PATH=str(application.root / "opt/src")).status == 0
    assert (application.root / "opt/src/app.py").is_file()


@pytest.mark.slow
def test_requirements(pip_application: Application) -> None:
    """requirements.txt is installed into the application's environment."""
    pip_application.add("requirements.txt", "pendulum-clock\n")
    result = pip_application.assemble()
    assert (result.status, result.steps[1:]) == (0, ["Installing dependencies ..."])
    assert "Successfully installed pendulum-clock-1" in result.stdout
    assert pip_application.has("pendulum_clock")


@pytest.mark.slow
def test_a_failing_install_fails_the_build(pip_application: Application) -> None:
    """The build ends with pip's status, and its last line names the command."""
    pip_application.add("requirements.txt", "no-such-package-anywhere\n")
    result = pip_application.assemble()
    assert result.status == 1
    assert (
        result.stderr.splitlines()[-1]
        == "s2itasks: error: pip install -r requirements.txt ended with status 1; see its output above"
    )


def test_the_status_of_pip_is_that_of_the_build(application: Application) -> None:
    """With a pip that only fails, making an environment with a real one takes ten seconds."""
    application.add_recording_pip(status=3)
    application.add("requirements.txt")
    result = application.assemble()
    assert result.status == 3
    assert (
        result.stderr.splitlines()[-1]
        == "s2itasks: error: pip install -r requirements.txt ended with status 3; see its output above"
    )


def test_the_applications_modules_do_not_reach_pip(application: Application) -> None:
    """An application with modules named as the standard library's can be built all the same."""
    application.add_recording_pip()
    application.add("requirements.txt")
    for name in ("types", "runpy", "logging", "queue"):
        application.add(f"{name}.py", "raise SystemExit('not the one you wanted')")
    result = application.assemble()
    assert (result.status, result.reports[0]["argv"]) == (0, ["install", "-r", "requirements.txt"])


def test_pip_is_upgraded_first(application: Application) -> None:
    """UPGRADE_PIP_TO_LATEST comes before the requirements."""
    application.add_recording_pip()
    application.add("requirements.txt")
    result = application.assemble(UPGRADE_PIP_TO_LATEST="1")
    assert [report["argv"] for report in result.reports] == [
        ["install", "-U", "pip", "setuptools", "wheel"],
        ["install", "-r", "requirements.txt"],
    ]


def test_the_upgrade_falls_back_to_no_settings(application: Application) -> None:
    """A private index need not have pip: the second try ignores pip's settings."""
    application.add_recording_pip(status=3)
    result = application.assemble(UPGRADE_PIP_TO_LATEST="1")
    assert result.status == 0
    assert [report["argv"] for report in result.reports] == [
        ["install", "-U", "pip", "setuptools", "wheel"],
        ["install", "--isolated", "-U", "pip", "setuptools", "wheel"],
    ]
    assert result.stderr == (
        "s2itasks: warning: Installation of the latest pip, setuptools and wheel failed, trying again from official "
        "PyPI with pip --isolated install; see pip's output above, and the index of PIP_INDEX_URL\n"
    )


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("files", "disabled", "via"),
    [
        (["setup.py"], [], "setup.py"),
        (["setup.cfg"], [], "setup.cfg"),
        (["pyproject.toml"], [], "pyproject.toml"),
        (["setup.py", "setup.cfg", "pyproject.toml"], [], "setup.py, setup.cfg, pyproject.toml"),
        (["setup.py", "pyproject.toml"], ["SETUP_PY"], "pyproject.toml"),
        (["setup.py", "pyproject.toml"], ["PYPROJECT_TOML"], "setup.py"),
    ],
)
def test_a_package_is_installed_once(application: Application, files: list[str], disabled: list[str], via: str) -> None:
    """Whatever makes the application a package, one installation is enough."""
    application.add_recording_pip()
    for file in files:
        application.add(file)
    result = application.assemble(**{f"DISABLE_{name}_PROCESSING": "1" for name in disabled})
    assert (result.status, result.steps[1:]) == (0, [f"Installing application (via {via}) ..."])
    assert [report["argv"] for report in result.reports] == [["install", "."]]


def test_a_package_need_not_be_installed(application: Application) -> None:
    """Both variables together leave the source as it is."""
    application.add("setup.py")
    application.add("pyproject.toml")
    result = application.assemble(DISABLE_SETUP_PY_PROCESSING="1", DISABLE_PYPROJECT_TOML_PROCESSING="true")
    assert (result.status, result.steps[1:]) == (0, [])


def test_an_empty_variable_is_not_set(application: Application) -> None:
    """As for the image's script, which asks for a text that is not empty."""
    application.add_recording_pip()
    application.add("setup.py")
    result = application.assemble(DISABLE_SETUP_PY_PROCESSING="", UPGRADE_PIP_TO_LATEST="", ENABLE_PIPENV="")
    assert [report["argv"] for report in result.reports] == [["install", "."]]


def test_two_tools_at_once_are_refused(application: Application) -> None:
    """With the image's status, and before anything is touched."""
    (application.upload / "app.py").touch()
    result = application.assemble(ENABLE_PIPENV="1", ENABLE_MICROPIPENV="1")
    assert (result.status, result.steps) == (3, [])
    assert result.stderr == (
        "s2itasks: error: Pipenv and micropipenv cannot be enabled at the same time; "
        "unset ENABLE_PIPENV or ENABLE_MICROPIPENV\n"
    )
    assert (application.upload / "app.py").is_file()


def test_static_files_are_collected(application: Application) -> None:
    """Django's collectstatic runs twice, the first time dry and unheard."""
    application.add_django()
    result = application.assemble()
    assert (result.status, result.steps[1:]) == (0, ["Collecting Django static files ..."])
    assert [report["argv"] for report in result.reports] == [["collectstatic", "--noinput"]]


def test_static_files_are_collected_in_app_home(application: Application) -> None:
    """manage.py may lie in a directory of its own, and the source stays importable as far as it was."""
    application.add_django()
    (application.source / "site").mkdir()
    (application.source / "manage.py").rename(application.source / "site/manage.py")
    (report,) = application.assemble(APP_HOME="site", PYTHONPATH="/lib/mine").reports
    assert report["cwd"] == report["environment"]["APP_HOME"] == str(application.source / "site")
    assert report["environment"]["PYTHONPATH"] == f"{application.source}:/lib/mine"


def test_a_missing_app_home_fails_the_build(application: Application) -> None:
    """It is a spelling mistake, and nobody is served by a build that goes on."""
    application.add_django()
    result = application.assemble(APP_HOME="sight")
    assert (result.status, result.stderr.splitlines()[-1]) == (
        1,
        (
            f"s2itasks: error: {application.source}/sight: No such file or directory; "
            "set APP_HOME to the application's directory, relative to the source"
        ),
    )


def test_static_files_need_not_be_collected(application: Application) -> None:
    """DISABLE_COLLECTSTATIC leaves them alone."""
    application.add_django()
    result = application.assemble(DISABLE_COLLECTSTATIC="1")
    assert (result.status, result.steps[1:], result.reports) == (0, [], [])


def test_without_manage_py_there_is_a_warning(application: Application) -> None:
    """Django may be somebody's dependency only."""
    application.add_django()
    (application.source / "manage.py").unlink()
    result = application.assemble()
    assert (result.status, result.stderr) == (
        0,
        (
            "s2itasks: warning: seems that you're using Django, but we could not find a 'manage.py' file in "
            f"{application.source}, skipped 'python manage.py collectstatic'; set APP_HOME to the directory it is in\n"
        ),
    )


def test_a_failing_dry_run_is_a_warning(application: Application) -> None:
    """An application without STATIC_ROOT is built all the same."""
    application.add_django()
    result = application.assemble(FAILS="dry collectstatic")
    assert (result.status, result.reports) == (0, [])
    assert result.stderr == (
        "s2itasks: warning: could not run 'manage.py collectstatic'; see why with: python manage.py collectstatic "
        "--noinput, if you're serving static files with Django\n"
    )


def test_a_failing_collectstatic_fails_the_build(application: Application) -> None:
    """After a good dry run it should have worked."""
    application.add_django()
    result = application.assemble(FAILS="collectstatic")
    assert (result.status, result.stderr) == (
        4,
        (
            f"s2itasks: error: {application.python} ./manage.py collectstatic --noinput ended with status 4; "
            "see its output above\n"
        ),
    )


@pytest.mark.many_cases
@pytest.mark.parametrize("to_group", [False, True], ids=["to the script", "to its group"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_step_and_the_build(
    application: Application, number: signal.Signals, *, to_group: bool
) -> None:
    """The status is 128+n, and neither the builder nor its child is left behind."""
    application.add_django()
    application.add("manage.py", STOPPABLE)
    with application.start("assemble") as process:
        assert process.stdout
        assert process.stderr
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        (os.killpg if to_group else os.kill)(process.pid, number)
        assert process.stdout.read() == ""  # that is, nobody has it open any more
        assert process.stderr.read() in (
            f"s2itasks: error: stopped by {number.name}; {RUN_AGAIN}\n",
            (
                f"s2itasks: error: {application.python} ./manage.py collectstatic --noinput was ended by {number.name} "
                f"(status {128 + number}); see its output above\n"
            ),
        )
    assert process.returncode == 128 + number


STOPPABLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
if "--dry-run" not in sys.argv:
    print("ready", flush=True)
    signal.pause()
"""


def test_a_closed_pipe_is_no_traceback(application: Application) -> None:
    """``assemble | head`` ends the build by SIGPIPE, as it does a shell script."""
    reader, writer = os.pipe()
    os.close(reader)
    with subprocess.Popen(
        [SCRIPTS / "assemble"], env=application.environment, stdout=writer, stderr=subprocess.PIPE
    ) as process:
        os.close(writer)
        assert process.communicate()[1] == b""
    assert process.returncode == -signal.SIGPIPE


@pytest.mark.parametrize("script", ["assemble", "run"])
def test_a_missing_python_is_said(tmp_path: Path, script: str) -> None:
    """The scripts need a Python, by either name."""
    ended = subprocess.run(
        ["/bin/sh", SCRIPTS / script], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (127, "")
    assert ended.stderr == (
        f"s2itasks: error: {script}: there is neither python nor python3 on PATH; "
        "install Python, or add its directory to PATH\n"
    )


def test_python3_will_do(application: Application) -> None:
    """On some distributions there is no ``python``."""
    (application.venv / "bin/python3").unlink()
    (application.venv / "bin/python").rename(application.venv / "bin/python3")
    application.environment["PATH"] = f"{application.venv}/bin"
    for name in ("dirname", "sh"):
        (application.venv / "bin" / name).symlink_to(shutil.which(name) or "")
    application.add_django()
    (report,) = application.assemble().reports
    assert report["argv"] == ["collectstatic", "--noinput"]


def test_python_does_not_need_s2itasks(application: Application) -> None:
    """The builder works from the directory it is in, copied anywhere, where python cannot import it."""
    copy = application.root / "copy"
    shutil.copytree(SCRIPTS.parent.parent, copy)
    assert not application.has("s2itasks")
    script = copy / "builder" / "bin" / "assemble"
    ended = subprocess.run([script], env=application.environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", [[], ["deploy"], ["run", "fast"]])
def test_usage(arguments: list[str]) -> None:
    """The directory is started by the two scripts; anything else is a mistake."""
    ended = subprocess.run(
        [sys.executable, "-I", SCRIPTS.parent, *arguments], capture_output=True, text=True, check=False
    )
    said = f"s2itasks: error: the embedded builder has no script {' '.join(arguments)!r}; give it assemble or run\n"
    assert (ended.returncode, ended.stderr) == (2, said)


@pytest.mark.slow
@pytest.mark.parametrize(("file", "text"), [("setup.py", SETUP), ("pyproject.toml", PYPROJECT)])
def test_a_real_package(online_application: Application, file: str, text: str) -> None:
    """The application is built with setuptools, and its module can be imported from anywhere."""
    online_application.add(file, text)
    online_application.add("testapp.py")
    assert online_application.assemble().status == 0
    assert online_application.has("testapp")


PIPFILE = '[packages]\nsix = "==1.16.0"\n'


def lock(application: Application) -> None:
    """Write a Pipfile and have Pipenv write its Pipfile.lock."""
    application.add("Pipfile", PIPFILE)
    commands: list[list[str | Path]] = [
        [application.python, "-m", "pip", "install", "-q", "pipenv"],
        [application.venv / "bin/pipenv", "lock"],
    ]
    for command in commands:
        subprocess.run(command, cwd=application.source, env=application.environment, check=True)
    # micropipenv cannot do without the source that Pipenv takes for granted.
    (source,) = json.loads((application.source / "Pipfile.lock").read_bytes())["_meta"]["sources"]
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in source.items()]
    application.add("Pipfile", "".join([PIPFILE, "[[source]]\n", *lines]))


@pytest.mark.slow
def test_pipenv(online_application: Application) -> None:
    """Pipfile.lock is installed into the application's environment, which need not be activated, twice over."""
    lock(online_application)
    for _ in range(2):
        result = online_application.assemble(ENABLE_PIPENV="1")
        assert result.status == 0, result.stdout + result.stderr
        assert online_application.has("six")
    assert (online_application.source / ".local/bin/pipenv").resolve().is_file()
    # --deploy: a Pipfile that its lock file does not match is refused.
    online_application.add("Pipfile", PIPFILE.replace("16", "15"))
    assert online_application.assemble(ENABLE_PIPENV="1").status != 0


@pytest.mark.slow
def test_pipenv_with_requirements(online_application: Application) -> None:
    """The Pipenv of a given version installs requirements.txt where there is no Pipfile."""
    online_application.add("requirements.txt", "six==1.16.0\n")
    result = online_application.assemble(ENABLE_PIPENV="1", PIN_PIPENV_VERSION="2023.12.1")
    assert result.status == 0, result.stdout + result.stderr
    assert "Successfully installed" in result.stdout
    assert "pipenv-2023.12.1" in result.stdout
    assert online_application.has("six")


@pytest.mark.slow
def test_micropipenv(online_application: Application) -> None:
    """Pipfile.lock is installed into the application's environment."""
    lock(online_application)
    result = online_application.assemble(ENABLE_MICROPIPENV="1")
    assert result.status == 0, result.stdout + result.stderr
    assert online_application.has("six")


@pytest.mark.slow
def test_a_tool_that_the_index_lacks(online_application: Application) -> None:
    """The tool comes from the official index then, and requirements.txt from the settings, as before."""
    online_application.add("requirements.txt")
    online_application.environment.update(PIP_NO_INDEX="1", PIP_FIND_LINKS="/nowhere")
    result = online_application.assemble(ENABLE_MICROPIPENV="1")
    assert result.status == 0, result.stdout + result.stderr
    assert "failed, trying again from official PyPI with pip --isolated install" in result.stderr


@pytest.mark.slow
def test_real_static_files(online_application: Application) -> None:
    """A real Django project's static files are where STATIC_ROOT says."""
    online_application.add("requirements.txt", "django\n")
    online_application.add("site/settings.py", DJANGO_SETTINGS)
    online_application.add("site/manage.py", DJANGO_MANAGE)
    result = online_application.assemble(APP_HOME="site")
    assert result.status == 0, result.stdout + result.stderr
    assert (online_application.source / "site/collected/admin/css/base.css").is_file()


DJANGO_SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                  "django.contrib.messages", "django.contrib.staticfiles"]
STATIC_URL = "static/"
STATIC_ROOT = "collected"
"""
DJANGO_MANAGE = """
import os, sys
from django.core.management import execute_from_command_line
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""
