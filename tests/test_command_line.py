"""The command line: what is asked for, and what is said when it cannot be."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from application import S2ITASKS, Application

from s2itasks import __version__
from s2itasks.inspection.hook_facts import told


@pytest.mark.slow
@pytest.mark.parametrize("spelling", ["pre_build", "pre-build"])
def test_both_spellings_of_a_phase(application: Application, spelling: str) -> None:
    """That of the hook's file, and the hyphenated one."""
    application.hook("pre_build", "echo ran")
    assert application.s2itasks(spelling).succeeded().out == "ran\n"
    assert "Runs first: upload" in application.s2itasks("--help", spelling).succeeded().out


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["biuld"], "there is no phase or command 'biuld'; did you mean 'build'?"),
        (["frobnicate"], "there is no phase or command 'frobnicate'; see s2itasks --list for what there is"),
        (["--frobnicate"], "there is no option '--frobnicate'; see s2itasks --list for what there is"),
        (["build", "--frobnicate"], "build has no option '--frobnicate'; see s2itasks --help build"),
        (["build", "--", "x"], "build takes nothing after '--'; remove what follows it"),
        (["build", "--dry"], "--dry goes before the phases; write s2itasks --dry build"),
        (["--dry"], "--dry needs a phase or command; give it one: s2itasks --dry assemble"),
        (["--dry", "run", "deploy"], "run replaces the process, so 'deploy' cannot follow it; put run last"),
        (["--print-completion-script", "tcsh"], "there is no completion for 'tcsh'; choose one of: bash, zsh, fish"),
        (["--list", "-F", "yaml"], "there is no list format 'yaml'; choose one of: flat, nested, json"),
        (["--help", "nothing"], "there is no phase or command 'nothing'; see s2itasks --list for what there is"),
        (["jobs", "--fail-fast=no", "x"], "jobs: --fail-fast takes no value; give --fail-fast alone"),
        (["run", "deploy"], "run replaces the process, so 'deploy' cannot follow it; put run last"),
        (["rehearse", "--root"], "rehearse: --root needs a value; put one after it"),
        (["env", "--formt", "json"], "env has no option '--formt'; did you mean '--format'?"),
        (["--lst"], "there is no option '--lst'; did you mean '--list'?"),
        (["build", "--show"], "--show goes before the phases; write s2itasks --show build"),
    ],
)
def test_usage_errors(application: Application, words: list[str], said: str) -> None:
    """Status 2 and one line, before anything runs."""
    application.hook("deploy", "echo ran")
    application.hook("build", "echo ran")
    done = application.s2itasks(*words)
    assert (done.status, done.out, done.error) == (2, "", said)


INVOKES = (
    "-D",
    "-D 1",
    "--list-depth 1 --list",
    "-e",
    "-p",
    "--pty --list",
    "--echo build",
    "-T 5 build",
    "-f x",
    "-c x",
)


@pytest.mark.slow
@pytest.mark.parametrize("line", [*INVOKES, "--debug build", "--list -d", "build -e", "ready --pty"])
def test_options_of_invoke(application: Application, line: str) -> None:
    """One error, which says whose they are and what to do instead."""
    done = application.s2itasks(*line.split())
    assert (done.status, done.out) == (2, "")
    said = (
        r"there is no option '-[-a-zDT]+': that is invoke's( \(--[a-z-]+\))?; (leave it out: |give a phase its limit: )"
    )
    assert re.match(said, done.error)


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hello", "there is no phase or command 'hello'; did you mean 'app.hello'?"),
        ("app.helo", "the application has no task 'helo'; did you mean 'app.hello'?"),
        ("say_bye", "there is no phase or command 'say_bye'; did you mean 'app.say-bye'?"),
        ("hourly", "there is no phase or command 'hourly'; did you mean 'jobs hourly'?"),
        ("jobs huorly", "there is no job category 'huorly'; did you mean 'hourly'?"),
        ("jobs x", "there is no job category 'x'; choose one of: hourly"),
        ("--help helo", "there is no phase or command 'helo'; did you mean 'app.hello'?"),
        ("--show redy", "there is no phase or command 'redy'; did you mean 'ready'?"),
        ("--pasword=planted", "there is no option '--pasword'; see s2itasks --list for what there is"),
        ("--dry pre_biuld", "there is no phase or command 'pre_biuld'; did you mean 'pre_build'?"),
    ],
)
def test_what_of_the_application_could_be_meant(application: Application, line: str, said: str) -> None:
    """Its tasks, job categories and hooks."""
    tasks = "from invoke import task\n@task\ndef hello(c): ...\n@task(name='say-bye')\ndef bye(c): ...\n"
    application.write(application.source / ".s2i/tasks.py", tasks)
    application.job("hourly", "a", "true")
    done = application.s2itasks(*line.split())
    assert (done.status, done.out, done.error) == (2, "", said)


@pytest.mark.slow
def test_help_as_a_word(application: Application) -> None:
    """As people type it who know git."""
    for words in ([], ["pre-build"]):
        assert application.s2itasks("help", *words).succeeded().out == application.s2itasks("--help", *words).out
    said = "there is no phase or command 'biuld'; did you mean 'build'?"
    assert application.s2itasks("help", "biuld").error == said


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "variable", ["S2I_SOURCE_PATH", "S2I_APPLICATION_PATH", "S2I_SCRIPTS_PATH", "S2I_UPLOAD_PATH", "APP_ROOT"]
)
def test_a_relative_layout_variable_is_refused(application: Application, variable: str) -> None:
    """It would name another directory in every process."""
    environ = {variable: "src/app"} if variable != "APP_ROOT" else {"APP_ROOT": "src/app", "S2I_APPLICATION_PATH": ""}
    done = application.s2itasks("ready", env=environ)
    cure = "set it to a path that begins with /"
    assert (done.status, done.error) == (2, f"{variable} is 'src/app', which is not an absolute path; {cure}")


@pytest.mark.slow
def test_help_explains_a_phase(application: Application) -> None:
    """What it does, what runs first, and which file it would run."""
    application.hook("run", "true")
    assert application.s2itasks("--help", "run").succeeded().out == (
        "Usage: s2itasks run\n"
        "\n"
        "  Become the application; call it from .s2i/bin/run.\n"
        "\n"
        "  The process is replaced by the run hook if there is one, the application's or else the image's, and by the "
        "builder's\n"
        "  run if not: same PID, nothing of s2itasks stays behind.\n"
        "\n"
        + "".join(f"  {label + ':':<10} {text}\n" for label, text in told("run"))
        + "\n  Runs first: deploy_env, deploy\n  Hook: .s2i/action_hooks/run (present)\n"
    )
    assert application.s2itasks("run", "--help").out == application.s2itasks("--help", "run").out
    assert "--fail-fast" in application.s2itasks("jobs", "--help").out


def test_help_shows_no_flag_that_makes_no_sense(application: Application) -> None:
    """Invoke brings a dozen of them."""
    out = application.s2itasks("--help").succeeded().out
    options = {re.split("[=,[]", word)[0] for word in out.partition("Build:")[0].split() if word.startswith("-")}
    assert options == {
        "--dry",
        "-h",
        "--help",
        "-l",
        "--list",
        "-F",
        "--list-format",
        "--print-completion-script",
        "--show",
        "-V",
        "--version",
    }
    assert application.s2itasks().out == out


def test_paths_that_the_locale_cannot_show(application: Application) -> None:
    """They are shown somehow, and nothing fails over it."""
    application.job("hourly", "caf\udce9", "")
    environ = {"PYTHONIOENCODING": "ascii"}
    assert "caf\\udce9" in application.s2itasks("jobs", env=environ).succeeded().out
    assert "caf\\udce9" in application.s2itasks("jobs").succeeded().out


def test_version(application: Application) -> None:
    """By name and number, also as a module."""
    assert application.s2itasks("--version").succeeded().out == f"s2itasks {__version__}\n"
    module = [sys.executable, "-m", "s2itasks", "--version"]
    assert subprocess.run(module, capture_output=True, check=True).stdout == f"s2itasks {__version__}\n".encode()


def test_invokes_own_configuration_is_not_ours(application: Application, tmp_path: Path) -> None:
    """Neither its files in the home directory nor its variables, which an application may have for itself."""
    (tmp_path / ".invoke.yaml").write_text("{ not yaml")
    application.hook("ready", 'echo "$INVOKE_RUN_ECHO"')
    environ = {
        "HOME": str(tmp_path),
        "INVOKE_RUN_ECHO": "garbage",
        "INVOKE_TASKS_DEDUPE": "garbage",
        "INVOKE_DEBUG": "",
    }
    assert application.s2itasks("ready", env=environ).succeeded().out == "garbage\n"


def test_variables_that_differ_in_case_only(application: Application) -> None:
    """http_proxy and HTTP_PROXY, on which invoke's configuration would break."""
    application.env_script("deploy_env", "http_proxy=a\nHTTP_PROXY=b")
    application.hook("deploy", "true")
    application.hook("run", 'echo "$http_proxy $HTTP_PROXY"')
    assert application.s2itasks("run").succeeded().out == "a b\n"


@pytest.mark.many_cases
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing(application: Application, closed: str) -> None:
    """Some supervisors start processes without them."""
    application.env_script("deploy_env", "A=1")
    application.hook("deploy", "exit 9")
    command = f"{S2ITASKS} deploy {closed}; echo $?"
    done = subprocess.run(["bash", "-c", command], env=application.environ(), capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == b"9"
    assert b"Traceback" not in done.stderr


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "words",
    [
        *("env --format json", "check", "--list"),
        *(pytest.param(words, marks=pytest.mark.slow) for words in ("env", "--help", "jobs", "--dry run")),
    ],
)
def test_what_is_printed_to_a_closed_stream(application: Application, words: str) -> None:
    """Nobody wants to read it."""
    done = {
        stream: subprocess.run(
            ["bash", "-c", f"{S2ITASKS} {words} {stream}"],
            env=application.environ(),
            cwd=application.source,
            capture_output=True,
            check=False,
        )
        for stream in ("", ">&-")
    }
    assert (done[">&-"].returncode, done[">&-"].stderr) == (done[""].returncode, done[""].stderr)


@pytest.mark.slow
def test_the_collection_in_an_applications_own_tasks(application: Application, tmp_path: Path) -> None:
    """``from s2itasks import namespace`` gives invoke our phases, prerequisites and statuses included."""
    (tmp_path / "tasks.py").write_text(
        "from invoke import Collection, task\nfrom s2itasks import namespace as hooks\n"
        "@task(pre=[hooks['migrate']])\ndef own(c):\n    print('own')\n"
        "ns = Collection(own)\nns.add_collection(hooks, 's2i')\n"
    )
    application.env_script("deploy_env", "A=1")
    application.hook("migrate", 'echo "migrate $A"')
    application.hook("deploy", "exit 4")
    inv = str(Path(sys.executable).parent / "inv")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [inv, *words], env=application.environ(), cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert run("own").stdout == "migrate 1\nown\n"
    failed = run("s2i.deploy")
    assert (failed.returncode, failed.stdout) == (4, "")
    said = "s2itasks: error: .s2i/action_hooks/deploy ended with status 4; see its output above"
    assert failed.stderr.splitlines()[-1] == said
    assert "s2i.builder_assemble" in run("--list").stdout
    (tmp_path / "tasks.py").write_text("from s2itasks import namespace\n")
    assert "builder-assemble" in run("--list").stdout
    assert run("exec", "--", "printenv", "A").stdout == "1\n"
    for hook in ("ready", "alive"):
        application.hook(hook, "sleep 0.7; echo in time")
    assert run("ready", "--timeout", "1", "alive", "--timeout", "1").stdout == "in time\nin time\n"
