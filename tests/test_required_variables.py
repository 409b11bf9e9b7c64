"""Variables that .s2i/required names: without one, nothing of a deployment begins."""

from __future__ import annotations

import forms
import pytest
from application import Application

from s2itasks.launcher import command_program

REQUIRED = "SECRET_KEY  # signs sessions\nDATABASE_URL\n"
CURE = "set them on the deployment, or in deploy_env; an empty value is a missing one"
BOTH = f"SECRET_KEY (signs sessions), DATABASE_URL are required by .s2i/required and not set; {CURE}"
GIVEN = {"SECRET_KEY": "x", "DATABASE_URL": "y"}


@pytest.fixture
def demanding(application: Application) -> Application:
    """Return an application that requires two variables, and whose hooks say that they have run."""
    application.write(application.source / ".s2i/required", REQUIRED)
    application.builder("run", "echo run")
    for hook in ("verify", "ready", "alive", "setup", "migrate", "post_deploy"):
        application.hook(hook, f"echo {hook}")
    application.job("hourly", "job", "echo job")
    application.write(
        application.source / ".s2i/tasks.py", "from invoke import task\n@task\ndef load(c):\n    print('load')\n"
    )
    return application


@pytest.mark.every_form
@pytest.mark.many_cases
@pytest.mark.parametrize(
    "line",
    [
        *(
            "run",
            "ready",
            "alive --timeout 50",
            "ready --log",
            "setup",
            "migrate",
            "migrate --once done",
            "post_deploy",
        ),
        *("exec true", "exec -- true", "jobs hourly", "app.load"),
    ],
)
def test_nothing_begins_without_them(demanding: Application, line: str) -> None:
    """All that are missing are named at once, with what they are for."""
    done = demanding.s2itasks(*line.split())
    assert (done.status, done.out, done.error) == (2, "", BOTH)


@pytest.mark.every_form
def test_the_deploy_hook_is_not_run(demanding: Application) -> None:
    """Nor anything behind it; deploy_env has had its say by then."""
    demanding.hook("deploy", "echo deploy")
    demanding.env_script("deploy_env", "DATABASE_URL=made")
    done = demanding.s2itasks("run")
    one = "SECRET_KEY (signs sessions) is required by .s2i/required and not set"
    assert (done.status, done.out, done.error) == (2, "", f"{one}; {CURE}")
    assert demanding.s2itasks("run", env={"SECRET_KEY": "x"}).succeeded().out == "deploy\nrun\n"


@pytest.mark.every_form
def test_with_all_of_them(demanding: Application) -> None:
    """Everything runs."""
    for line in ("run", "ready", "alive --timeout 50", "migrate", "jobs hourly", "exec -- echo hourly", "app.load"):
        assert demanding.s2itasks(*line.split(), env=GIVEN).succeeded().out, line


@pytest.mark.every_form
def test_who_does_without(demanding: Application) -> None:
    """An image is tested where there are none; in a shell, somebody looks for them, and is not asked again."""
    assert demanding.s2itasks("verify").succeeded().out == "verify\n"
    done = demanding.s2itasks("shell", stdin=b'echo "in a shell"; exec "$0" </dev/null; ').succeeded()
    assert done.out == "in a shell\n"
    assert done.err == f"s2itasks: warning: {BOTH}\n"


@pytest.mark.every_form
@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("script", "missing"),
    [
        ("A=1", False), ("A=", True), ("A=1; unset A", True), ("export -n A=1", True), ("A=(1 2)", True),
        ("declare -i A=0", False), ("readonly A=1", False), ("A=' '", False), ("set -u; A=1", False), ("set -u", True),
        ("A() { echo; }", True), ("trap 'echo bye' EXIT; A=1", False),
    ],
)  # fmt: skip
def test_what_has_a_value(application: Application, script: str, missing: bool) -> None:  # noqa: FBT001 - a case
    """What a process finds in its environment and is not empty, whatever bash makes of the name."""
    application.write(application.source / ".s2i/required", "A\n")
    application.env_script("deploy_env", script)
    application.hook("ready", "echo ready")
    done = application.s2itasks("ready")
    assert done.status == (2 if missing else 0), done.err


@pytest.mark.every_form
@pytest.mark.many_cases
@pytest.mark.parametrize("name", ["UID", "HOSTNAME", "OSTYPE", "RANDOM", "IFS", "PWD", "SHLVL"])
def test_what_bash_sets_by_itself_is_not_set(application: Application, name: str) -> None:
    """Unless it is in the environment."""
    application.write(application.source / ".s2i/required", f"{name}\n")
    application.hook("ready", f"env | grep -c '^{name}='")
    environ = {each: value for each, value in application.environ().items() if each != name}
    done = application.run(application.called(), "ready", environ=environ)
    assert done.status == (0 if name in ("PWD", "SHLVL") else 2), done.err  # every shell exports those two


@pytest.mark.every_form
def test_a_process_tree_is_asked_once(demanding: Application) -> None:
    """A hook that unsets one may call s2itasks."""
    demanding.hook("deploy", f'unset SECRET_KEY; "{demanding.called()}" migrate')
    assert demanding.s2itasks("run", env=GIVEN).succeeded().out == "migrate\nrun\n"


@pytest.mark.every_form
def test_a_file_that_somebody_has_changed(demanding: Application) -> None:
    """In a running container, or a mounted one: it counts as it is."""
    program = demanding.called()
    demanding.write(demanding.source / ".s2i/required", "OTHER\n")
    done = demanding.run(program, "ready", environ=demanding.environ(GIVEN))
    assert (done.status, done.error.partition(";")[0]) == (2, "OTHER is required by .s2i/required and not set")
    (demanding.source / ".s2i/required").unlink()
    assert demanding.run(program, "ready", environ=demanding.environ()).succeeded().out == "ready\n"


@pytest.mark.every_form
def test_a_file_that_is_none(demanding: Application) -> None:
    """Nothing begins, for nobody knows whether it may."""
    demanding.write(demanding.source / ".s2i/required", "SECRET KEY\n")
    done = demanding.s2itasks("ready", env=GIVEN)
    assert (done.status, done.error.partition(";")[0]) == (
        2,
        ".s2i/required:1: 'SECRET KEY' is not the name of a variable",
    )


@pytest.mark.slow
def test_a_build_asks_for_none(application: Application) -> None:
    """Neither do its hooks that call s2itasks; but a file that is none would keep every pod from starting."""
    application.builder("assemble", "true")
    application.write(application.upload / ".s2i/required", "SECRET_KEY\n")
    application.hook("build", f'"{application.called()}" exec -- echo built', uploaded=True)
    application.hook("verify", f'"{application.called()}" exec -- echo verified', uploaded=True)
    assert application.s2itasks("assemble", "--verify").succeeded().out == "built\nverified\n"
    application.write(application.source / ".s2i/required", "SECRET KEY\n")
    done = application.s2itasks("assemble")
    assert (done.status, ".s2i/required:1: 'SECRET KEY' is not the name" in done.err) == (2, True)


@pytest.mark.slow
def test_in_a_dry_run(demanding: Application) -> None:
    """It is told; deploy_env may set some, which only a pod finds out."""
    done = demanding.s2itasks("--dry", "ready").succeeded()
    assert "---> ready: would refuse to go on without SECRET_KEY (signs sessions), DATABASE_URL\n" in done.out
    demanding.env_script("deploy_env", "SECRET_KEY=x")
    done = demanding.s2itasks("--dry", "run", env={"DATABASE_URL": "x"}).succeeded()
    said = "---> deploy: would refuse to go on without SECRET_KEY (signs sessions) unless deploy_env sets them\n"
    assert said in done.out


def test_it_is_compiled(demanding: Application) -> None:
    """The programs ask by themselves; Python is only there to say what is missing."""
    demanding.pin()
    programs = demanding.path.glob("libexec/s2itasks/programs.*/*.bash")  # those of other tests are there, too
    texts = {path: path.read_text(errors="surrogateescape") for path in programs}
    asking = {path.stem for path, text in texts.items() if "${SECRET_KEY-}" in text}
    assert asking == set(command_program.BODIES) - {"verify"}
    assert forms.run(demanding, forms.LAUNCHER, "ready", environ=demanding.environ(GIVEN)).succeeded().out == "ready\n"
