"""The layers of the environment, and how often each is evaluated."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS, Application

from s2itasks.environment import env_script, layers

pytestmark = pytest.mark.every_form

GENERATE = "etc/generate_container_user"


def shown(application: Application, *names: str, phase: str = "exec") -> list[str]:
    """Return the values of variables as a command of the application sees them; ``-`` where there is none."""
    show = "; ".join(f'echo "${{{name}--}}"' for name in names)
    if phase == "exec":
        return application.s2itasks("exec", "bash", "-c", show).succeeded().out.splitlines()
    application.hook(phase, show)
    return application.s2itasks(phase).succeeded().out.splitlines()


@pytest.mark.many_cases
@pytest.mark.parametrize("phase", ["exec", "ready", "build", "pre_build"])
def test_the_file_only_fills_names_that_are_missing(application: Application, phase: str) -> None:
    """Under S2I every name is there already, and what an operator set later has to win."""
    application.write(application.source / ".s2i" / "environment", "A=file\nB=file $HOME\nC=\n")
    application.variables.update(A="operator")
    assert shown(application, "A", "B", "C", "D", phase=phase) == ["operator", "file $HOME", "", "-"]


def test_a_name_that_is_set_to_nothing_is_not_missing(application: Application) -> None:
    """``oc set env NAME=`` is meant."""
    application.write(application.source / ".s2i" / "environment", "A=file\n")
    application.variables.update(A="")
    assert shown(application, "A") == [""]


def test_the_env_script_is_on_top(application: Application) -> None:
    """It sees what the other layers set, and changes or removes it."""
    application.write(application.source / ".s2i" / "environment", "A=file\nB=file\n")
    application.env_script("deploy_env", "A=$A-and-script\nunset B\nC='two\nlines'\nf() { echo function; }")
    assert shown(application, "A", "B", "C") == ["file-and-script", "-", "two", "lines"]
    assert application.s2itasks("exec", "bash", "-c", "f").succeeded().out == "function\n"


def test_bookkeeping_of_bash_does_not_leak(application: Application) -> None:
    """Its nesting depth and its idea of the directory are its own."""
    application.env_script("deploy_env", "cd /tmp")
    application.variables.update(SHLVL="7", OLDPWD="/usr")
    environ = application.s2itasks("exec", "env").succeeded().out.splitlines()
    assert {line for line in environ if line.split("=")[0] in ("OLDPWD", "PWD", "SHLVL")} == {
        "SHLVL=7",
        "OLDPWD=/usr",
        f"PWD={application.source}",
    }
    assert not [
        line for line in environ if line.startswith("S2ITASKS_") and not line.startswith("S2ITASKS_ENVIRONMENT=")
    ]


def test_the_image_is_activated_once(application: Application) -> None:
    """Bash sources BASH_ENV by itself; the hooks' own bash does not do it again."""
    activate = application.write(
        application.root / "activate", "N=$((${N:-0} + 1)); export N; export VIRTUAL_ENV=/venv\n"
    )
    application.variables["BASH_ENV"] = str(activate)
    for phase in ("exec", "ready", "pre_build", "build"):
        assert shown(application, "N", "VIRTUAL_ENV", "BASH_ENV", phase=phase) == ["1", "/venv", "-"]


def test_generate_container_user_is_sourced_for_a_deployment_only(application: Application) -> None:
    """It gives the random user a name; before deploy_env, which may need one."""
    application.write(application.path / GENERATE, "export NSS_WRAPPER_PASSWD=/etc/passwd\n")
    application.env_script("deploy_env", "SAW=$NSS_WRAPPER_PASSWD")
    assert shown(application, "NSS_WRAPPER_PASSWD", "SAW") == ["/etc/passwd", "/etc/passwd"]
    assert shown(application, "NSS_WRAPPER_PASSWD", phase="build") == ["-"]


def test_a_generate_container_user_that_fails_is_only_warned_of(application: Application) -> None:
    """By run, once in the life of a container; a probe would do it every few seconds."""
    script = application.write(application.path / GENERATE, "export A=1\necho noise >&2\nfalse\n")
    application.env_script("deploy_env", "B=2")
    application.builder("run", 'echo "$A $B"')
    application.hook("ready", 'echo "$A $B"')
    done = application.s2itasks("run").succeeded()
    assert done.out == "1 2\n"
    assert f"noise\ns2itasks: warning: {script} failed, going on without it; see its output above\n" in done.err
    for words in (["exec", "bash", "-c", 'echo "$A $B"'], ["ready"]):
        done = application.s2itasks(*words).succeeded()
        assert (done.out, done.err) == ("1 2\n", "")


def test_half_an_activation_goes_again(application: Application) -> None:
    """On a read-only root the image's script exports its library without the file: then no user could be looked up."""
    passwd = application.root / "no" / "passwd"
    script = application.write(
        application.path / GENERATE,
        f"NSS_WRAPPER_PASSWD={passwd}\necho default >$NSS_WRAPPER_PASSWD\nexport NSS_WRAPPER_PASSWD\n"
        "export NSS_WRAPPER_GROUP=/etc/group LD_PRELOAD=libnss_wrapper.so\n",
    )
    names = "${NSS_WRAPPER_PASSWD-none} ${NSS_WRAPPER_GROUP-none} ${LD_PRELOAD-none}"
    application.env_script("deploy_env", f'SAW="{names}"')
    application.builder("run", f'echo "$SAW {names}"')
    application.hook("alive", f'echo "$SAW {names}"')
    gone = " ".join(["none"] * 6) + "\n"
    done = application.s2itasks("run").succeeded()
    assert done.out == gone
    warning = (
        f"s2itasks: warning: {script} could not write {passwd}, going on without NSS_WRAPPER_PASSWD and "
        "LD_PRELOAD; mount a writable volume there if users need names\n"
    )
    assert done.err.count(warning) == 1
    done = application.s2itasks("alive").succeeded()
    assert (done.out, done.err) == (gone, "")
    done = application.s2itasks("alive", env={"LD_PRELOAD": "libc.so.6"}).succeeded()
    assert done.out == gone.replace("none none none\n", "none none libc.so.6\n").replace(
        "none none none ", "none none libc.so.6 "
    )


def test_nested_commands_do_not_evaluate_deploy_env_again(application: Application) -> None:
    """Deploy calls ``s2itasks migrate``, and PATH has its addition once."""
    application.env_script("deploy_env", 'PATH=/extra:$PATH\necho evaluated >>"$LOG"')
    application.hook("migrate", 'echo "$PATH" | grep -o /extra >>"$LOG"')
    application.hook("deploy", "s2itasks migrate; s2itasks exec s2itasks migrate; s2itasks shell <<<'s2itasks migrate'")
    application.s2itasks("deploy").succeeded()
    assert application.logged == ["evaluated"] + ["/extra"] * 3


def test_the_same_nested_in_another_application_is_evaluated(application: Application, tmp_path: Path) -> None:
    """The mark names the application it belongs to."""
    other = Application(tmp_path / "other")
    other.env_script("deploy_env", "WHO=other")
    application.env_script("deploy_env", "WHO=this")
    nested = (
        f"S2I_APPLICATION_PATH={other.path} S2I_SOURCE_PATH={other.source} {S2ITASKS} exec printenv WHO; printenv WHO"
    )
    assert application.s2itasks("exec", "bash", "-c", nested).succeeded().out == "other\nthis\n"


def test_nothing_in_a_build_evaluates_deploy_env(application: Application) -> None:
    """Real ones write secrets into mounted volumes; a build hook that calls exec gets the build environment."""
    application.env_script("deploy_env", 'echo evaluated >>"$LOG"\nWHO=deployment')
    application.env_script("build_env", "WHO=build")
    application.builder("assemble", 's2itasks exec bash -c \'echo "assemble ${WHO-nobody}" >>"$LOG"\'')
    application.hook("pre_build", 's2itasks exec bash -c \'echo "pre_build ${WHO-nobody}" >>"$LOG"\'')
    application.hook("build", "s2itasks migrate")
    application.hook("migrate", 'echo "build $WHO" >>"$LOG"')
    application.s2itasks("assemble").succeeded()
    assert application.logged == ["pre_build nobody", "assemble build", "build build"]


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ("A=1\nfalse\n", 1, "failed in line 2: a command ended with status 1, and env scripts run under 'set -e'"),
        ("f() {\n  ls /nowhere 2>&-\n}\n\nf\n", 2, "failed in a function: a command ended with status 2"),
        ("A=1\nexit 0\n", 1, "called 'exit', and it is sourced; use 'return' to leave it early"),
        ("A=1\nexit 5\n", 5, "ended bash with status 5, by 'exit' or by an error that bash has named; use 'return'"),
        (
            "set -u\necho $NOTHING\n",
            1,
            "ended bash with status 1, by 'exit' or by an error that bash has named; use 'return'",
        ),
        ("if true; then\n", 2, "has a syntax error in line 2; correct it for bash, which sources it"),
        ("false | true\n", 1, "failed in line 1"),
    ],
)
@pytest.mark.parametrize("phase", ["exec", "deploy", "build"])
def test_a_failing_env_script_stops_the_phase(
    application: Application, phase: str, script: str, status: int, said: str
) -> None:
    """Nothing half-evaluated reaches a hook or a command."""
    name = "build_env" if phase == "build" else "deploy_env"
    application.env_script(name, script)
    application.hook("deploy", "echo ran")
    application.hook("build", "echo ran")
    done = application.s2itasks(phase, *(["echo", "ran"] if phase == "exec" else []))
    assert (done.status, done.out) == (status, "")
    assert done.error.startswith(f".s2i/action_hooks/{name} {said}")


def test_return_leaves_an_env_script_early(application: Application) -> None:
    """It is what ``exit`` should have been."""
    application.env_script("deploy_env", "A=1\nreturn 0\nA=2")
    assert shown(application, "A") == ["1"]


def test_an_env_script_may_leave_a_background_process(application: Application) -> None:
    """It holds all of our descriptors, and nobody waits for it."""
    application.env_script("deploy_env", 'sleep 300 &\necho $! >>"$LOG"\nA=1')
    process = application.start("exec", "printenv", "A")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"1\n"
    assert process.wait(timeout=30) == 0
    subprocess.run(["kill", application.logged[0]], check=True)
    process.stdout.close()
    process.stderr.close()


def test_an_environment_that_is_too_large_is_said(application: Application) -> None:
    """The kernel gives a single variable 128 KiB."""
    for script in ("A=$(head -c 200000 /dev/zero | tr '\\0' x)", f"A={'x' * 200000}"):
        application.env_script("deploy_env", script)
        done = application.s2itasks("exec", "true")
        assert done.status == 126
        assert "a single variable may have 128 KiB" in done.error


@pytest.mark.before_pinning("assemble fails over it")
def test_a_directory_in_place_of_the_file_is_said(application: Application) -> None:
    """Rather than passing for an empty file."""
    (application.source / ".s2i" / "environment").mkdir(parents=True)
    done = application.s2itasks("exec", "true")
    assert (done.status, done.error) == (
        126,
        ".s2i/environment cannot be read: Is a directory; look at its owner and mode (ls -ld .s2i/environment)",
    )


@pytest.mark.many_cases
@pytest.mark.parametrize("form", ["runtime", "launcher"])
@pytest.mark.parametrize("name", ["deploy_env", "ready"])
def test_what_the_build_had_and_is_gone(application: Application, form: str, name: str) -> None:
    """A pod without it would do something else than was built."""
    application.form = form
    scripts = {"ready": application.hook("ready", "true"), "deploy_env": application.env_script("deploy_env", "A=1")}
    program = str(application.pin()[form])
    scripts[name].unlink()
    for words in (["ready"], ["ready", "--timeout", "9"], *([["exec", "true"]] if name == "deploy_env" else [])):
        done = subprocess.run([program, *words], env=application.environ(), capture_output=True, text=True, check=False)
        assert done.returncode == 127
        assert done.stderr.startswith(f"s2itasks: error: .s2i/action_hooks/{name} is gone")


def test_what_the_activation_removes_is_removed_without_bash_too() -> None:
    """The protocol unsets it with variables of its own; `layers` knows it where no bash is needed."""
    (unset,) = re.findall(r"^\\builtin unset -v (.*\bBASH_ENV\b.*)$", env_script.PROTOCOL, re.MULTILINE)
    assert tuple(name for name in unset.split() if not name.startswith("s2itasks_")) == layers.REMOVED
