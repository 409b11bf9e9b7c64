"""Permissions at the end of a build."""

from __future__ import annotations

import os
import subprocess

import pytest
import random_user
from application import Application

pytestmark = pytest.mark.slow  # each makes a tree for another user

as_root = pytest.mark.skipif(random_user.interpreter() is None, reason="needs root and a Python that anybody can start")


def as_user(application: Application, phase: str, *, uid: int) -> str:
    """Run a phase as another user and return its stdout."""
    random_user.open_to(application.root)
    python = random_user.interpreter()
    assert python is not None
    argv = [*random_user.prefix(uid), "sh", "-c", 'exec "$@"', "sh", *random_user.command(python), phase]
    done = subprocess.run(
        argv, env=application.environ(), cwd=application.source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@as_root
def test_group_0_gets_what_the_owner_has(application: Application) -> None:
    """The whole application root, links not followed, as ``fix-permissions ROOT -P`` does it."""
    root = application.path
    outside = application.write(application.root / "outside", "", 0o600)
    files = {"data": 0o600, "script": 0o700, "readonly": 0o400, "etc/deep/file": 0o640}
    for name, mode in files.items():
        application.write(root / name, "", mode)
    (root / "etc").chmod(0o700)
    (root / "link").symlink_to(outside)
    for path in (root / "data", root / "etc"):
        os.chown(path, 0, 1000)
    application.builder("assemble", "true")
    application.s2itasks("assemble").succeeded()
    modes = {name: oct((root / name).stat().st_mode & 0o777) for name in [*files, "etc", "etc/deep"]}
    assert modes == {
        "data": "0o660",
        "script": "0o770",
        "readonly": "0o460",
        "etc/deep/file": "0o660",
        "etc": "0o770",
        "etc/deep": "0o775",
    }
    assert {(root / name).stat().st_gid for name in [*files, "etc"]} == {0}
    assert outside.stat().st_mode & 0o777 == 0o600


@as_root
def test_what_belongs_to_somebody_else_is_left_alone(application: Application) -> None:
    """A build that is not root's changes its own files and does not fail over others."""
    mine = application.write(application.path / "mine", "", 0o600)
    theirs = application.write(application.path / "theirs", "", 0o600)
    for path in (application.path, application.source, mine):
        os.chown(path, 1001, 1000)
    application.root.chmod(0o755)
    application.builder("assemble", "true")
    as_user(application, "assemble", uid=1001)
    assert (mine.stat().st_mode & 0o777, mine.stat().st_gid) == (0o660, 0)
    assert theirs.stat().st_mode & 0o777 == 0o600


def test_the_images_own_tool_is_used_where_there_is_one(application: Application) -> None:
    """With the arguments that the builders give it, for the whole root."""
    application.write(application.root / "bin" / "fix-permissions", '#!/bin/sh\necho "$@" >>"$LOG"\n', 0o755)
    application.variables["PATH"] = f"{application.root / 'bin'}:{application.environ()['PATH']}"
    application.builder("assemble", "true")
    application.s2itasks("assemble").succeeded()
    assert application.logged == [f"{application.path} -P"]


@as_root
def test_a_random_user_can_use_what_root_built(application: Application) -> None:
    """The deployment runs under a UID that nobody knows, with group 0."""
    application.env_script("deploy_env", 'A=$(cat "$S2I_SOURCE_PATH/secret")', uploaded=True)
    application.hook("build", "umask 077; echo value >secret", uploaded=True)
    application.hook("ready", 'id -u; echo "$A"; echo new >"$S2I_SOURCE_PATH/written"', uploaded=True)
    application.builder("assemble", "true")
    application.s2itasks("assemble").succeeded()
    assert as_user(application, "ready", uid=random_user.UID) == f"{random_user.UID}\nvalue\n"
    assert (application.source / "written").stat().st_uid == random_user.UID


@pytest.mark.slow
def test_the_images_own_tool_that_cannot_be_started(application: Application) -> None:
    """It is no reason to fail at the end of a build: we do it."""
    application.write(application.root / "bin" / "fix-permissions", "#!/nowhere/sh\n", 0o755)
    application.variables["PATH"] = f"{application.root / 'bin'}:{application.environ()['PATH']}"
    application.builder("assemble", "umask 077; echo value >secret")
    application.s2itasks("assemble").succeeded()
    assert (application.source / "secret").stat().st_mode & 0o777 == 0o660
