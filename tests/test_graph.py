"""The declarations in `phases` and `commands` are all there is about what runs before what, in every form of s2itasks.

A copy of the package is changed there, and nowhere else. Its console script builds an application; what it sets aside
and compiles has to do what the changed declaration says.
"""

from __future__ import annotations

import json

import forms
import pytest
from application import Application
from changed import Copy

NOT_EVALUATED = (
    "s2itasks: error: a phase needs the environment of deploy_env, which none of its prerequisites has evaluated; "
    "declare pre=[deploy_env] on it\n"
)
ALIVE = ("phases.py", "commands.alive, pre=[deploy_env]", "commands.alive, pre=[]")
ALIVE_IN_A_BUILD = ("phases.py", "commands.alive, pre=[deploy_env]", "commands.alive, pre=[deploy_env, build_env]")
EXEC = ("phases.py", "commands.exec_, pre=[deploy_env]", "commands.exec_, pre=[]")
EARLY_BUILD = (
    "phases.py",
    "pre=[pre_build, builder_assemble, build_env, build]",
    "pre=[pre_build, build, builder_assemble]",
)
WARM = (
    "phases.py",
    "migrate = hook_",
    """warm = hook_command(commands.warm, pre=[deploy_env])
again = hook_command(commands.verify, pre=[deploy_env], name="again")
migrate = hook_""",
)
WARM_BODY = (
    "deployment/commands.py",
    "def migrate(",
    """def warm(session: Session) -> None:
    'Fill the caches.'
    print("warming", flush=True)
    _run_hook(session, "warm")


def migrate(""",
)


@pytest.fixture
def hooked(application: Application) -> Application:
    """An application whose env scripts and hooks leave a trace."""
    application.env_script("build_env", 'B=built; echo build_env >>"$LOG"')
    application.env_script("deploy_env", 'A=deployed; echo deploy_env >>"$LOG"')
    for name in ("alive", "warm", "verify"):
        application.hook(name, f'echo "{name} $A $B"')
    for name in ("pre_build", "build"):
        application.hook(name, f'echo {name} >>"$LOG"')
    return application


@pytest.mark.slow
def test_a_prerequisite_taken_away(hooked: Application) -> None:
    """The hook does not run in an environment that nobody has evaluated; the other commands have theirs."""
    copy = Copy(hooked, ALIVE, EXEC)
    hooked.log.unlink()
    for words in (["alive"], ["alive", "--timeout", "50"], ["exec", "--", "echo"]):
        assert list(copy.runs(*words)) == [(2, "", NOT_EVALUATED)] * 3
    assert hooked.logged == []
    assert list(copy.runs("verify")) == [(0, "verify deployed \n", "")] * 3
    assert hooked.logged == ["deploy_env"] * 3
    assert copy.compiled() & {"exec", "shell", "verify", "ready", "alive", "migrate"} == {
        "shell",
        "verify",
        "ready",
        "migrate",
    }


def test_a_prerequisite_more(hooked: Application) -> None:
    """It is run, where it is declared: the hook is started only when both env scripts have been sourced."""
    copy = Copy(hooked, ALIVE_IN_A_BUILD)
    for form in forms.FORMS:
        hooked.log.unlink()
        result = copy.run(form, "alive")
        assert (result.status, result.out, result.err) == (0, "alive deployed \n", ""), form
        assert hooked.logged == ["deploy_env", "build_env"], form
    assert "alive" not in copy.compiled()


@pytest.mark.slow
def test_prerequisites_in_another_order(hooked: Application) -> None:
    """The build follows."""
    copy = Copy(hooked, EARLY_BUILD)
    for form in forms.FORMS:
        hooked.log.unlink()
        copy.run(form, "assemble").succeeded()
        assert hooked.logged == ["pre_build", "build_env", "build", "build_env", "builder"], form


@pytest.mark.slow
def test_a_phase_more(hooked: Application) -> None:
    """One that the compiler knows nothing of runs in every form, and is shown."""
    copy = Copy(hooked, WARM, WARM_BODY)
    assert list(copy.runs("warm")) == [(0, "warming\nwarm deployed \n", "")] * 3
    assert list(copy.runs("warm", "--timeout", "50")) == [(0, "warming\nwarm deployed \n", "")] * 3
    assert "warm" not in copy.compiled()
    for _, out, _ in copy.runs("--list", "--list-format", "json"):
        (entry,) = [each for each in json.loads(out) if each["name"] == "warm"]
        assert (entry["help"], entry["prerequisites"]) == ("Fill the caches", ["deploy_env"])
    offered, *in_image = copy.runs("--complete", "--", "s2itasks", "war")
    assert offered == (0, "warm\n", "")
    assert in_image == [(0, "", "")] * 2
    # It is the body that says which hook is run, whatever a phase is called.
    assert list(copy.runs("again")) == [(0, "verify deployed \n", "")] * 3
