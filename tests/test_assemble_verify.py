"""assemble --verify: the hook that tests an image, where a build has no postCommit to run it."""

from __future__ import annotations

import pytest
from application import Application

pytestmark = pytest.mark.slow


@pytest.fixture
def built(application: Application) -> Application:
    """Return an application with a builder of its own and an upload that says what it does."""
    application.builder("assemble", "echo assembled")
    application.env_script("deploy_env", 'echo "deploy_env by $0" >>"$LOG"; A=deployed', uploaded=True)
    application.hook("verify", 'echo "verify $A" >>"$LOG"; [ ! -e "$S2I_SOURCE_PATH/broken" ] || exit 7', uploaded=True)
    return application


def test_at_the_end_of_the_build(built: Application) -> None:
    """In the application environment, when s2itasks stands on PATH; without the option, no build evaluates that."""
    built.s2itasks("assemble").succeeded()
    assert built.logged == []
    done = built.s2itasks("assemble", "--verify").succeeded()
    assert [line.split()[0] for line in built.logged] == ["deploy_env", "verify"]
    assert built.logged[1] == "verify deployed"
    assert done.err.index("---> verify: ") > done.err.index("---> assemble: pinning s2itasks")


def test_a_failure_ends_the_build(built: Application) -> None:
    """With the hook's status."""
    built.write(built.upload / "broken", "")
    built.builder("assemble", 'mv "$S2I_UPLOAD_PATH/broken" "$S2I_SOURCE_PATH"')
    done = built.s2itasks("assemble", "--verify")
    assert (done.status, done.error) == (7, ".s2i/action_hooks/verify ended with status 7; see its output above")


def test_in_a_dry_run(built: Application) -> None:
    """It is told, and nothing is done."""
    done = built.s2itasks("--dry", "assemble", "--verify").succeeded()
    assert "---> verify: would run .s2i/action_hooks/verify" in done.out + done.err
    assert built.logged == []


def test_without_the_hook(application: Application) -> None:
    """There is nothing to do, as in any phase."""
    application.builder("assemble", "true")
    application.hook("build", "true", uploaded=True)
    application.s2itasks("assemble", "--verify").succeeded()
