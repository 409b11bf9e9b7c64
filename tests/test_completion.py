"""Completion: what Tab offers, asked of the shells themselves where they are installed."""

from __future__ import annotations

import shutil
import subprocess

import debian
import pytest
from application import Application

from s2itasks.cli.completion import candidates, script
from s2itasks.hooks.inventory import Inventory
from s2itasks.layout import Layout
from s2itasks.phases import graph

TASKS = "from invoke import task\n@task\ndef report(c): ...\n"
EVERY_NAME = (
    "upload pre_build builder_assemble build_env build assemble deploy_env deploy run exec shell verify ready alive "
    "setup migrate post_deploy jobs wait env doctor init rehearse check manifests app.report"
)
# Calls the function as bash does at the end of a line.
BASH = """
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _complete_s2itasks; echo "${COMPREPLY[*]}"; }
"""
# What zsh's own completion is for the function: where it registers itself, and where it leaves the candidates.
ZSH = """
compdef() { : }
compadd() { print -r -- "${candidates[*]}" }
_files() { print files }
complete_line() { words=("$@"); CURRENT=$#; _complete_s2itasks; }
"""


@pytest.fixture
def completing(application: Application) -> Application:
    """Return an application with categories and a task."""
    application.job("hourly", "a", "true")
    application.job("two words", "a", "true")
    application.write(application.source / ".s2i/tasks.py", TASKS)
    return application


def offered(application: Application, *words: str) -> str:
    """Ask as the shells' scripts do."""
    return " ".join(application.s2itasks("--complete", "--", "s2itasks", *words).succeeded().out.splitlines())


def in_shell(application: Application, *argv: str) -> str:
    """Run a shell."""
    done = subprocess.run(argv, env=application.environ(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([""], f"{EVERY_NAME} help"),
        (["help", "app"], "app.report"),
        (["help", "mig"], "migrate"),
        (["--show", "pre"], "pre_build"),
        (["migrate", "h"], ""),
        (["--l"], "--list --list-format"),
        (["-F", ""], "flat nested json"),
        (["--dry", "--help", "app"], "app.report"),
        (["migrate", "s"], "shell setup"),
        (["ready", "--"], "--log --timeout --help"),
        (["ready", "--timeout", ""], ""),
        (["ready", "--timeout", "2", "migr"], "migrate"),
        (["jobs", "--timeout", "2", "h"], "hourly"),
        (["jobs", "--fail"], "--fail-fast"),
        (["jobs", "hourly", ""], ""),
        (["exec", "-"], "--help --"),
        (["exec", "--", "r"], ""),
    ],
)
def test_what_is_offered(completing: Application, words: list[str], expected: str) -> None:
    """Nothing is the shell's cue to offer files."""
    layout = Layout.from_environment(completing.environ())
    found = candidates(words, graph, lambda: Inventory(layout, graph.hooks), ["--dry", "--list", "--list-format"])
    assert " ".join(found) == expected


def test_words_that_make_no_sense(completing: Application) -> None:
    """Nothing is offered behind them, and nothing said."""
    assert offered(completing, "nothing", "") == ""
    assert offered(completing, "app.report", "--") == ""  # whose options are the application's business


def test_a_broken_task_file_or_variable(completing: Application) -> None:
    """Nobody wants errors between the letters of a command line."""
    completing.write(completing.source / ".s2i/tasks.py", "def x(:\n")
    assert offered(completing, "r") == "run ready rehearse"
    done = completing.s2itasks("--complete", "--", "s2itasks", "", env={"S2I_SOURCE_PATH": "relative"})
    assert (done.status, done.out, done.err) == (0, "", "")


@pytest.mark.slow
def test_in_bash(completing: Application) -> None:
    """Its own function, called as bash calls it, and names of files where there is nothing to say."""
    ask = "complete_line s2itasks mig; complete_line s2itasks jobs ''; complete -p s2itasks"
    source = "source <(s2itasks --print-completion-script bash)"
    assert in_shell(completing, "bash", "-c", f"{source}\n{BASH}\n{ask}").splitlines() == [
        "migrate",
        r"hourly two\ words",
        "complete -o default -F _complete_s2itasks s2itasks",
    ]


def require(shell: str) -> None:
    """Have a shell, installing it where it is not; skip where none can be had."""
    if not shutil.which(shell):
        debian.install(shell)
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here, and none can be installed")


@pytest.mark.slow
def test_in_zsh(completing: Application) -> None:
    """Its function, with the shell's own half replaced by what shows the candidates."""
    require("zsh")
    ask = "complete_line s2itasks jobs ''; complete_line s2itasks exec x"
    out = in_shell(completing, "zsh", "-f", "-c", f"{ZSH}\n{script('zsh')}\n{ask}")
    assert out.splitlines() == ["hourly two words", "files"]


@pytest.mark.slow
def test_in_fish(completing: Application) -> None:
    """As fish completes a command line by itself."""
    require("fish")
    out = in_shell(completing, "fish", "--no-config", "-c", f"{script('fish')}\ncomplete -C 's2itasks jobs '")
    assert out.splitlines() == ["hourly", "two words"]
