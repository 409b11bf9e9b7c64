"""The environment of a rehearsal: nothing of the developer's shell gets into it unasked."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from application import S2ITASKS
from test_rehearse import SERVER, write

from s2itasks.rehearse import pod_environment
from s2itasks.rehearse.machine_pythons import Pythons

# What somebody has in a shell, and a rehearsal must not have.
SHELLS = {
    "DATABASE_URL": "postgres://production",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "DJANGO_SETTINGS_MODULE": "mine",
    "PYTHONPATH": "/mine",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PIP_TARGET": "/mine",
    "PIP_USER": "1",
    "S2ITASKS_TIMEOUT_DEPLOY": "1",
    "S2I_SCRIPTS_PATH": "/mine",
    "APP_MODULE": "mine",
    "WEB_CONCURRENCY": "7",
    "VIRTUAL_ENV": "/mine",
    "SSH_AUTH_SOCK": "/mine",
    "BASH_ENV": "/mine",
    "LD_PRELOAD": "",
    "TMPDIR": "/tmp",  # noqa: S108 - a pod has none
    "XDG_RUNTIME_DIR": "/mine",
    "PORT": "1",
}
OF_CLUSTER = {
    "LANG": "C.UTF-8",
    "LC_TIME": "C",
    "TZ": "Europe/Vienna",
    "https_proxy": "http://[::1]:1",
    "SSL_CERT_FILE": "/ca",
}
OF_PIP = {"PIP_INDEX_URL": "https://[::1]/simple", "PIP_TIMEOUT": "3", "NETRC": "/mine/netrc"}
OF_BASH = {"PWD", "SHLVL", "_", "OLDPWD", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PS1"}  # and of a venv's activation
PYTHON = Pythons(os.environ).running
Seen = Callable[[str], dict[str, str]]


def variables(path: Path) -> dict[str, str]:
    """Read what `env -0` wrote."""
    return dict(line.split("=", 1) for line in path.read_text().split("\0")[:-1])


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application that writes down the environments it meets, rehearsed from a shell full of variables."""
    directory = tmp_path_factory.mktemp("environment")
    source = directory / "repository"
    write(source / "app.py", SERVER)
    for hook in ("build", "deploy", "ready"):
        write(source / ".s2i" / "action_hooks" / hook, f"#!/bin/bash\nenv -0 >$S2I_APPLICATION_PATH/{hook}\n", 0o755)
    write(source / ".s2i" / "environment", 'QUOTED="as S2I reads it"\nPORT=1\nFILE=1\nGIVEN=file\n')
    write(directory / "home" / ".config" / "pip" / "pip.conf", "[global]\n")
    write(directory / "more.env", "FROM_FILE='a # b'\nGIVEN=env file\nGIVEN_TOO=env file\n")
    environ = {
        **SHELLS,
        **OF_CLUSTER,
        **OF_PIP,
        "HOME": str(directory / "home"),
        "PATH": os.environ["PATH"],
        "MINE": "mine",
    }
    words = [
        "--env",
        "MINE",
        "--env",
        "GIVEN=a=b",
        "--env-file",
        str(directory / "more.env"),
        "--root",
        str(directory / "root"),
    ]
    del environ["PYTHONPATH"], environ["LD_PRELOAD"]
    done = subprocess.run(
        [S2ITASKS, "rehearse", str(source), "--check", *words], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    write(directory / "said", done.stderr)
    for hook in ("build", "deploy", "ready"):
        (directory / "root" / "app-root" / hook).rename(directory / hook)
    return directory


@pytest.mark.slow
@pytest.mark.parametrize("hook", ["build", "deploy", "ready"])
def test_nothing_unasked(rehearsed: Path, hook: str) -> None:
    """Every variable is the image's, the cluster's, of .s2i/environment, or has been given."""
    found = variables(rehearsed / hook)
    root = rehearsed / "root"
    application, upload = (root / "app-root", root / "upload")
    image = pod_environment.of_image(application, upload, root / "scripts", 8080, PYTHON)
    asked = {"MINE", "GIVEN", "GIVEN_TOO", "FROM_FILE", "QUOTED", "FILE", "S2ITASKS_ENVIRONMENT"}
    pip = {"PIP_CACHE_DIR", "PIP_CONFIG_FILE", "PIP_DISABLE_PIP_VERSION_CHECK", *OF_PIP} if hook == "build" else set()
    assert set(found) - OF_BASH <= {*image, *OF_CLUSTER, *asked, *pip}
    assert [name for name, value in SHELLS.items() if value and found.get(name) == value] == []
    assert {name: found[name] for name in OF_CLUSTER} == OF_CLUSTER


@pytest.mark.slow
def test_what_is_asked_for(rehearsed: Path) -> None:
    """--env wins over --env-file, and that over .s2i/environment, which is read as S2I does."""
    found = variables(rehearsed / "deploy")
    assert [found[name] for name in ("MINE", "GIVEN", "GIVEN_TOO", "FROM_FILE")] == ["mine", "a=b", "env file", "a # b"]
    assert (found["QUOTED"], found["FILE"]) == ('"as S2I reads it"', "1")
    assert found["PORT"] != "1"


@pytest.mark.slow
def test_pip_is_the_developers_in_the_build_alone(rehearsed: Path) -> None:
    """Its cache, its configuration and where packages come from; not where they go."""
    build, pod = variables(rehearsed / "build"), variables(rehearsed / "deploy")
    assert {name: build[name] for name in OF_PIP} == OF_PIP
    assert build["PIP_CONFIG_FILE"] == str(rehearsed / "home/.config/pip/pip.conf")
    assert build["PIP_CACHE_DIR"] == str(rehearsed / "home/.cache/pip")
    assert [name for name in pod if name.startswith("PIP_") or name == "NETRC"] == []


@pytest.mark.slow
def test_the_script_that_is_kept(rehearsed: Path) -> None:
    """It has the same environment, from a shell with another one, and nobody else can read what is secret in it."""
    root = rehearsed / "root"
    found = subprocess.run(
        [root / "s2itasks", "exec", "env", "-0"], env=SHELLS, capture_output=True, text=True, check=True
    )
    now, then = (
        dict(each.split("=", 1) for each in text.split("\0")[:-1])
        for text in (found.stdout, (rehearsed / "deploy").read_text())
    )
    different = {name for name in {*now, *then} if now.get(name) != then.get(name)}
    assert different <= {*OF_BASH, "TERM"}
    assert (root / "environment").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_what_differs_from_a_pod_is_said(rehearsed: Path) -> None:
    """Once, at the end, by name."""
    said = (rehearsed / "said").read_text()
    assert said.count("not as in a pod:") == 1
    (line,) = (line for line in said.splitlines() if "variables of this shell or of --env: " in line)
    assert set(line.partition(": ")[2].split(", ")) == {*OF_CLUSTER, "MINE", "GIVEN", "GIVEN_TOO", "FROM_FILE"}


def test_all_of_the_shells() -> None:
    """But for what would have it find another application or another Python; PATH comes behind the image's."""
    shell = {**SHELLS, "PATH": "/mine"}
    image = pod_environment.of_image(Path("/root"), Path("/upload"), Path("/scripts"), 8080, PYTHON)
    pod = pod_environment.of_pod(image, {}, shell, {"A": "1"}, inherit=True)
    assert (pod["DATABASE_URL"], pod["A"], pod["PORT"], pod["BASH_ENV"]) == (
        "postgres://production",
        "1",
        "8080",
        "/root/bin/activate",
    )
    assert pod["PATH"] == f"{image['PATH']}:/mine"
    assert not {"PYTHONPATH", "S2ITASKS_TIMEOUT_DEPLOY", "VIRTUAL_ENV"} & set(pod)
    assert pod["S2I_SCRIPTS_PATH"] == "/scripts"


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--env", "NOWHERE"], "--env NOWHERE: this shell has no such variable; give it a value: --env NOWHERE=VALUE"),
        (["--env", "PORT=1"], "--env PORT: a rehearsal tells the application a free port; leave it out"),
        (["--env", "=1"], "--env '=1' has no name; give it NAME or NAME=VALUE"),
        (["--env", "HOM"], "--env HOM: this shell has no such variable; did you mean 'HOME'?"),
        (
            ["--env-file", "nowhere.env"],
            "--env-file nowhere.env cannot be read: No such file or directory; correct its name",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, words: list[str], said: str) -> None:
    """Before anything is made."""
    done = subprocess.run(
        [S2ITASKS, "rehearse", str(tmp_path), *words],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, f"s2itasks: error: {said}\n")
    assert list(tmp_path.iterdir()) == []
