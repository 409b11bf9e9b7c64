"""What runs before what, seen from an application whose hooks and builder only log."""

from __future__ import annotations

import pytest
from application import Application

SEEN = 'echo "$(basename "$0"): ${ADDED-unset} ${REMOVED-unset}" >>"$LOG"'


def a_logging_application(application: Application) -> Application:
    """Give every hook and both scripts of the builder a line in the log."""
    for name in ("pre_build", "build", "deploy"):
        application.hook(name, SEEN, uploaded=True)
    application.env_script("build_env", "ADDED=by-build_env\nunset REMOVED\n", uploaded=True)
    application.env_script("deploy_env", "ADDED=by-deploy_env\n", uploaded=True)
    application.write(application.upload / "app.py", "")
    application.builder("assemble", f'{SEEN}\nshopt -s dotglob\nmv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"')
    application.builder("run", SEEN)
    application.variables["REMOVED"] = "from-the-image"
    return application


def test_a_build_runs_its_phases_in_order(application: Application) -> None:
    """pre_build comes first and without build_env, which both the builder's assemble and build are run under."""
    a_logging_application(application)
    application.s2itasks("assemble").succeeded()
    assert application.logged == [
        "pre_build: unset from-the-image",
        "assemble: by-build_env unset",
        "build: by-build_env unset",
    ]


def test_the_hooks_are_in_place_before_the_source(application: Application) -> None:
    """pre_build finds .s2i in the source directory, and everything else still in the upload."""
    a_logging_application(application)
    application.hook("pre_build", 'ls -A . "$S2I_UPLOAD_PATH" >>"$LOG"', uploaded=True)
    application.s2itasks("assemble").succeeded()
    assert application.logged[:5] == [".:", ".s2i", "", f"{application.upload}:", "app.py"]


@pytest.mark.slow
def test_a_deployment_runs_its_phases_in_order(application: Application) -> None:
    """Deploy comes before the builder's run, both in the application environment."""
    a_logging_application(application)
    application.s2itasks("assemble").succeeded()
    application.log.unlink()
    application.s2itasks("run").succeeded()
    assert application.logged == ["deploy: by-deploy_env from-the-image", "run: by-deploy_env from-the-image"]


@pytest.mark.slow
def test_a_failing_phase_keeps_the_later_ones_from_running(application: Application) -> None:
    """The status is that of the hook that failed."""
    a_logging_application(application)
    application.hook("pre_build", "exit 7", uploaded=True)
    result = application.s2itasks("assemble")
    assert (result.status, application.logged) == (7, [])
    assert result.error == ".s2i/action_hooks/pre_build ended with status 7; see its output above"


@pytest.mark.slow
def test_a_phase_asked_for_alone_runs_its_prerequisites(application: Application) -> None:
    """Build alone is run under build_env."""
    application.hook("build", SEEN)
    application.env_script("build_env", "ADDED=1")
    application.s2itasks("build").succeeded()
    assert application.logged == ["build: 1 unset"]


@pytest.mark.slow
def test_each_phase_asked_for_runs_as_a_whole(application: Application) -> None:
    """``build assemble`` runs a whole assemble after build; invoke alone would leave the second build out."""
    a_logging_application(application)
    application.hook("build", SEEN)
    application.s2itasks("build", "assemble").succeeded()
    assert [line.partition(":")[0] for line in application.logged] == ["build", "pre_build", "assemble", "build"]


@pytest.mark.slow
def test_build_env_is_evaluated_from_the_same_base_each_time(application: Application) -> None:
    """What it puts in front of PATH for the builder is not there twice for build."""
    application.env_script("build_env", "PATH=/extra:$PATH\n")
    application.builder("assemble", 'echo "${PATH%%:/usr*}" >>"$LOG"')
    application.hook("build", 'echo "${PATH%%:/usr*}" >>"$LOG"')
    application.s2itasks("assemble").succeeded()
    assert len(application.logged) == 2
    assert application.logged[0] == application.logged[1]
    assert application.logged[0].count("/extra") == 1


@pytest.mark.slow
def test_build_env_may_need_what_the_builder_installs(application: Application) -> None:
    """Where it cannot be evaluated before the builder's assemble, that runs without it, and build with it."""
    application.env_script("build_env", 'ADDED=$(cat "$S2I_SOURCE_PATH/installed")')
    application.builder("assemble", f'{SEEN}\necho seven.seven >"$S2I_SOURCE_PATH/installed"')
    application.hook("build", SEEN)
    result = application.s2itasks("assemble").succeeded()
    assert application.logged == ["assemble: unset unset", "build: seven.seven unset"]
    warnings = [line for line in result.err.splitlines() if "warning" in line]
    assert len(warnings) == 1
    assert "the builder's assemble runs without build_env" in warnings[0]
    assert "No such file" in warnings[0]


def lost(application: Application, script: str) -> list[str]:
    """Build with a builder that empties the upload, and return the warnings."""
    application.env_script("build_env", script, uploaded=True)
    application.write(application.upload / "version", "seven.seven\n")
    application.builder("assemble", 'mv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"; touch installed')
    result = application.s2itasks("assemble").succeeded()
    assert "seven.seven" not in result.err
    return [line for line in result.err.splitlines() if "warning" in line]


@pytest.mark.slow
def test_a_variable_that_the_second_evaluation_loses_is_named(application: Application) -> None:
    """The upload is empty by then; what a variable holds is nobody's business."""
    application.variables.update(KEPT="seven.seven", GONE="seven.seven")
    script = (
        "V=$(cat $S2I_UPLOAD_PATH/version 2>&- || true)\n"
        'if [ -n "$V" ]; then B=$V KEPT= GONE=$V-seven.seven; else unset GONE; fi\n'
        "A=$(test -f installed || echo seven.seven)\n"
    )
    said = (
        "s2itasks: warning: .s2i/action_hooks/build_env: set for the builder's assemble, and not any more: "
        f"A, B, GONE, V; what it reads in {application.upload} is in {application.source} by now"
    )
    assert lost(application, script) == [said]


@pytest.mark.slow
def test_a_variable_that_the_second_evaluation_changes_is_not(application: Application) -> None:
    """That is what it is for; nor is one that the script never gave a value, or that was unset from the beginning."""
    script = "unset REMOVED\nB=x\nif [ -f installed ]; then B=y; else C=; unset C; fi\nPATH=$PATH:/extra:$RANDOM\n"
    application.variables["REMOVED"] = "1"
    assert lost(application, script) == []


@pytest.mark.slow
def test_where_there_was_no_first_evaluation_nothing_is_lost(application: Application) -> None:
    """It failed, or build_env was asked for alone."""
    assert len(lost(application, "A=seven.seven\nif [ ! -f installed ]; then false; fi\nunset A\n")) == 1
    assert "warning" not in application.s2itasks("build_env").succeeded().err


@pytest.mark.slow
def test_a_build_env_that_fails_for_good_fails_the_build(application: Application) -> None:
    """The second evaluation is the one that counts."""
    application.env_script("build_env", "ADDED=1\nfalse\n")
    application.builder("assemble", SEEN)
    application.hook("build", SEEN)
    result = application.s2itasks("assemble")
    assert (result.status, application.logged) == (1, ["assemble: unset unset"])
    assert result.error == (
        ".s2i/action_hooks/build_env failed in line 2: a command ended with status 1, "
        "and env scripts run under 'set -e'; correct it, or add '|| true' where it may fail"
    )


@pytest.mark.slow
def test_the_summary_shows_every_phase(application: Application) -> None:
    """Each has its duration and bar, and what was skipped says why."""
    application.hook("build", "true")
    for name in ("assemble", "run"):
        application.builder(name, "true")
    summary = application.s2itasks("assemble").succeeded().err.splitlines()[-6:]
    assert [line.split()[0] for line in summary] == [
        "upload",
        "pre_build",
        "builder_assemble",
        "build_env",
        "build",
        "assemble",
    ]
    assert summary[1].split(None, 1)[1] == "    skipped  no such hook".strip()
    assert all(" s" in summary[position] for position in (0, 2, 4, 5))


@pytest.mark.slow
def test_a_builder_that_calls_s2itasks_again_is_refused(application: Application) -> None:
    """Otherwise assemble would run assemble for ever."""
    application.builder("assemble", "exec s2itasks assemble")
    result = application.s2itasks("assemble")
    assert result.status == 2
    assert "assemble is already running" in result.err
