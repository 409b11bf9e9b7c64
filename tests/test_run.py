"""run: becoming the application."""

from __future__ import annotations

import pytest
from application import Application
from signals import masks

pytestmark = pytest.mark.every_form


def test_it_becomes_the_builders_run(application: Application) -> None:
    """Same PID, no supervisor, default dispositions, in the source directory."""
    application.builder("run", "echo $$ $PPID\npwd\ngrep '^SigIgn' /proc/self/status")
    process = application.start("run")
    out, _ = process.communicate(timeout=30)
    first, directory, ignored = out.decode().splitlines()
    assert int(first.split()[0]) == process.pid
    assert directory == str(application.source)
    assert masks(ignored) == [0]


def test_a_run_hook_replaces_the_builders(application: Application) -> None:
    """It may call the builder's at its end, whichever that is."""
    application.builder("run", "echo builder $1")
    application.hook("run", 'echo hook; exec "$S2I_SCRIPTS_PATH/run" argument')
    assert application.s2itasks("run").succeeded().out == "hook\nbuilder argument\n"


def test_what_is_said_on_the_way(application: Application) -> None:
    """Each phase with its duration, on stderr."""
    application.env_script("deploy_env", "A=1")
    application.hook("deploy", "true")
    application.builder("run", "true")
    said = [line.rpartition(" in ")[0] or line for line in application.s2itasks("run").succeeded().err.splitlines()]
    assert said == [
        "---> deploy_env: sourcing .s2i/action_hooks/deploy_env",
        "---> deploy_env: done",
        "---> deploy: running .s2i/action_hooks/deploy",
        "---> deploy: done",
        f"---> run: becoming {application.scripts / 'run'}",
    ]


def test_a_failing_deploy_keeps_the_application_from_starting(application: Application) -> None:
    """With its status."""
    application.hook("deploy", "exit 6")
    application.builder("run", "echo started")
    done = application.s2itasks("run")
    assert (done.status, done.out) == (6, "")


def test_the_image_says_where_the_builder_is(application: Application) -> None:
    """STI_SCRIPTS_PATH where S2I_SCRIPTS_PATH is not set; as a URL in older images."""
    application.builder("run", "echo image")
    for path in (str(application.scripts), f"image://{application.scripts}"):
        environ = {"S2I_SCRIPTS_PATH": "", "STI_SCRIPTS_PATH": path}
        assert application.s2itasks("run", env=environ).succeeded().out == "image\n"


def test_without_any_builder_the_embedded_one_is_used(application: Application) -> None:
    """And its directory is the S2I_SCRIPTS_PATH of the hooks."""
    environ = {"S2I_SCRIPTS_PATH": "", "STI_SCRIPTS_PATH": "/nowhere"}
    application.write(application.source / "app.sh", '#!/bin/sh\necho "$S2I_SCRIPTS_PATH"\n', 0o755)
    out = application.s2itasks("run", env=environ).succeeded().out
    assert out.splitlines()[-1].endswith("s2itasks/builder/bin")
    assert "embedded" in out
