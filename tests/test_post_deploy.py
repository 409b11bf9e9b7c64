"""`post_deploy`: at once, or when the application takes requests."""

from __future__ import annotations

from pathlib import Path

import pytest
from application import Application
from signals import ANNOUNCE, announced, ended, fifo

pytestmark = pytest.mark.every_form
# Succeeds at the third attempt; a file counts them.
THIRD = 'echo "asked, $A"; echo x >>asked; [[ $(wc -l <asked) -ge 3 ]]'


@pytest.fixture
def deployed(application: Application) -> Application:
    """Return an application that is ready at the third time it is asked."""
    application.env_script("deploy_env", "A=1\n")
    application.hook("ready", THIRD)
    application.hook("post_deploy", 'echo "deployed, $A"')
    return application


def test_at_once(deployed: Application) -> None:
    """Nobody is asked."""
    assert deployed.s2itasks("post_deploy").succeeded().out == "deployed, 1\n"
    assert deployed.s2itasks("post-deploy", "--wait", "0").succeeded().out == "deployed, 1\n"
    assert not (deployed.source / "asked").exists()


def test_when_it_is_ready(deployed: Application) -> None:
    """What the hook says meanwhile is not shown."""
    done = deployed.s2itasks("post_deploy", "--wait", "60").succeeded()
    assert (done.out, done.err) == ("deployed, 1\n", "")
    assert (deployed.source / "asked").read_text() == 3 * "x\n"


@pytest.mark.parametrize("origin", ["--wait", "--timeout"])
def test_when_it_never_is(deployed: Application, origin: str) -> None:
    """124, with the last words of the hook, and no other hook has run."""
    deployed.hook("ready", "echo not yet; exit 7")
    words = ["--wait", "1"] if origin == "--wait" else ["--wait", "60", "--timeout", "1"]
    done = deployed.s2itasks("post_deploy", *words)
    assert (done.status, done.out, done.err.splitlines()[0]) == (124, "", "not yet")
    assert done.error == (
        f"the application was not ready after 1 s, the limit of {origin}: its ready hook ended with status 7; see "
        "above what that said last; find out why, or wait longer"
    )


@pytest.mark.many_cases
@pytest.mark.parametrize("words", [["--wait", "1"], ["--wait", "2", "--once", "done"]])
def test_a_ready_hook_that_does_not_end(deployed: Application, words: list[str]) -> None:
    """It is stopped, and nothing is left of it."""
    deployed.hook("ready", "echo asking; exec sleep 300")
    done = deployed.s2itasks("post_deploy", *words)
    assert (done.status, "its ready hook did not end" in done.error, "asking" in done.err) == (124, True, True)
    assert not (deployed.source / "done").exists()


@pytest.mark.slow
def test_its_own_limit_holds_for_each_attempt(deployed: Application) -> None:
    """One that hangs at first may succeed later."""
    deployed.hook("ready", "[[ -e asked ]] || { touch asked; exec sleep 300; }")
    done = deployed.s2itasks("post_deploy", "--wait", "60", env={"S2ITASKS_TIMEOUT_READY": "0.5"}).succeeded()
    assert done.out == "deployed, 1\n"


def test_a_hook_that_cannot_be_asked(deployed: Application) -> None:
    """No waiting cures that."""
    deployed.hook("ready", "true", 0o644)
    done = deployed.s2itasks("post_deploy", "--wait", "60")
    assert (done.status, done.out) == (126, "")
    assert done.error.startswith(".s2i/action_hooks/ready is not executable")


def test_nobody_to_ask(application: Application) -> None:
    """It is done, with a warning."""
    application.hook("post_deploy", "echo deployed")
    done = application.s2itasks("post_deploy", "--wait", "60").succeeded()
    assert done.out == "deployed\n"
    assert done.err == "s2itasks: warning: there is no ready hook to wait for; add one, or leave out --wait\n"


def test_nothing_to_do(deployed: Application) -> None:
    """Then there is nothing to wait for, either."""
    (deployed.source / ".s2i" / "action_hooks" / "post_deploy").unlink()
    deployed.s2itasks("post_deploy", "--wait", "60").succeeded()
    assert not (deployed.source / "asked").exists()


@pytest.mark.many_cases
@pytest.mark.parametrize("asking", [True, False])
def test_a_signal_while_it_waits(deployed: Application, asking: bool) -> None:  # noqa: FBT001 - pytest's way
    """Both while the hook runs and between two attempts."""
    deployed.variables["FIFO"] = str(fifo(deployed.root))
    then = 'read -r _ <"$FIFO"' if asking else "exit 1"
    deployed.hook("ready", f"[[ -e asked ]] || {ANNOUNCE}\ntouch asked\n{then}")
    process = deployed.start("post_deploy", "--wait", "300")
    announced(Path(deployed.variables["FIFO"]), process)
    process.terminate()
    assert ended(process) == 143


def test_no_number(deployed: Application) -> None:
    """As of a variable that is not set: nobody would wait."""
    done = deployed.s2itasks("post_deploy", "--wait=")
    assert (done.status, done.out) == (2, "")
    assert done.error == "--wait needs a number of seconds; give it one, such as 120, or 0 to wait for nothing"


def test_once(deployed: Application) -> None:
    """Where it has been done, nobody waits."""
    (deployed.source / "done").touch()
    assert deployed.s2itasks("post_deploy", "--wait", "60", "--once", "done").succeeded().out == ""
    assert not (deployed.source / "asked").exists()


def test_a_dry_run(deployed: Application) -> None:
    """It tells of the waiting, and asks nobody."""
    told = deployed.s2itasks("--dry", "post_deploy", "--wait", "60").succeeded().out
    assert told.splitlines()[-2:] == [
        "---> post_deploy: would wait until .s2i/action_hooks/ready succeeds, for 60 s at most",
        "---> post_deploy: would run .s2i/action_hooks/post_deploy",
    ]
    assert not (deployed.source / "asked").exists()
