"""One verdict on a hook or env script, whichever command asks for it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from application import Application

pytestmark = pytest.mark.every_form

HOOKS = ".s2i/action_hooks"
WINDOWS = "has Windows line endings (CRLF)"

# What a file holds, and how the message about it begins; the status is 126 but where it is said.
BAD_HOOKS = [
    pytest.param(b"#!/usr/bin/env python3\r\nprint()\n", WINDOWS, id="Python with a CR in the first line"),
    pytest.param(b"#!/bin/bash\r\necho hello\r\n", WINDOWS, id="CRLF"),
    pytest.param(b"#!/bin/bash\necho hello\r\n", WINDOWS, id="CRLF below the first line"),
    pytest.param(b"#!/usr/bin/env bash\necho hello\n\r\n", WINDOWS, id="an empty line with a CR"),
    pytest.param(b"#!/bin/sh -e\necho hello\r", WINDOWS, id="a CR at the very end"),
    pytest.param(b"echo hello\r\n", WINDOWS, id="no shebang"),
    pytest.param(b"\xef\xbb\xbf#!/bin/bash\n", "begins with a byte-order mark", id="byte-order mark"),
]
GOOD_HOOKS = [
    pytest.param(b"#!/bin/bash\n# a comment\r\n  # another\r\necho hello\n", id="CRs in comments"),
    pytest.param(b"# a comment\r\necho hello\n", id="a CR in the first line, a comment"),
    pytest.param(b"#!/usr/bin/env python3\nprint('hello')\r\n", id="Python with CRLF below the first line"),
    pytest.param(b"#!/bin/bash\necho hello\nexit 0\n\x1f\x8b\x08\0rest\r\n\r\n", id="an archive behind the script"),
]
BAD_ENV_SCRIPTS = [
    pytest.param(b"A=1\r\n", WINDOWS, id="CRLF"),
    pytest.param(b"A=1\n\r\n", WINDOWS, id="an empty line with a CR"),
    pytest.param(b"cat >/dev/null <<E\nx\r\nE\n", WINDOWS, id="content nobody can see"),
    pytest.param(b"\xef\xbb\xbfA=1\n", "begins with a byte-order mark", id="byte-order mark"),
]
COMMANDS = ["deploy", "run", "ready", "ready --timeout 20"]


@pytest.mark.many_cases
@pytest.mark.parametrize(("content", "said"), BAD_HOOKS)
def test_a_hook_that_cannot_be_used(application: Application, content: bytes, said: str) -> None:
    """The same status and message from every command, before any of it runs."""
    application.builder("run", "echo hello")
    errors = set()
    for words in COMMANDS:
        application.hook("ready", "true")
        hook = application.hook(words.partition(" ")[0], content)
        done = application.s2itasks(*words.split())
        assert (done.status, done.out) == (126, "")
        hook.unlink()
        errors.add(done.error.replace(f"/{hook.name}", "/NAME"))
    assert len(errors) == 1
    application.hook("deploy", content)
    done = application.s2itasks("--dry", "deploy")
    assert done.status == 126
    assert done.error.startswith(f"{HOOKS}/deploy {said}")
    assert _listed(application, "deploy")["problem"] == done.error
    assert done.error.replace("/deploy", "/NAME") in errors


@pytest.mark.many_cases
@pytest.mark.parametrize("content", GOOD_HOOKS)
def test_what_does_no_harm_is_accepted(application: Application, content: bytes) -> None:
    """As bash accepts it."""
    for words in COMMANDS:
        hook = application.hook(words.partition(" ")[0], content)
        assert application.s2itasks(*words.split()).succeeded().out == "hello\n"
        hook.unlink()
    application.hook("deploy", content)
    assert _listed(application, "deploy")["problem"] is None


@pytest.mark.many_cases
@pytest.mark.parametrize(("content", "said"), BAD_ENV_SCRIPTS)
def test_an_env_script_that_cannot_be_used(application: Application, content: bytes, said: str) -> None:
    """Likewise; nothing runs in an environment that nobody could evaluate."""
    for name in ("ready", "deploy"):
        application.hook(name, "echo ran")
    application.job("hourly", "one", "echo ran")
    application.builder("run", "echo ran")
    application.env_script("deploy_env", content)
    problem = str(_listed(application, "deploy_env")["problem"])
    assert problem.startswith(f"{HOOKS}/deploy_env {said}")
    for words in ("exec true", "shell", "ready", "run", "jobs hourly"):
        done = application.s2itasks(*words.split(), stdin=b"echo ran")
        assert (done.status, done.out, done.error) == (126, "", problem)


@pytest.mark.parametrize("words", ["exec printenv A", "ready", "deploy"])
def test_crs_in_the_comments_of_an_env_script(application: Application, words: str) -> None:
    """A header that somebody pasted."""
    application.env_script("deploy_env", b"#!/bin/bash\r\n  # one\r\nA=hello\n# three\r\n")
    for name in ("ready", "deploy"):
        application.hook(name, "echo $A")
    assert application.s2itasks(*words.split()).succeeded().out == "hello\n"


def test_jobs_are_judged_as_hooks_are(application: Application) -> None:
    """When they run, and when they are listed."""
    application.job("hourly", "1", "echo one\r")
    application.job("hourly", "2", "echo two", mode=0o644)
    application.job("hourly", "3", "echo three\n# a comment\r")
    done = application.s2itasks("jobs", "hourly")
    assert (done.status, done.out) == (1, "three\n")
    assert f"s2itasks: error: .s2i/jobs/hourly/1 {WINDOWS}" in done.err
    listed = application.s2itasks("jobs").succeeded().out.splitlines()
    assert listed[0] == "hourly"
    assert listed[1].startswith(f"  .s2i/jobs/hourly/1  (would not run: .s2i/jobs/hourly/1 {WINDOWS}")
    assert listed[2:] == ["  .s2i/jobs/hourly/2  (not executable)", "  .s2i/jobs/hourly/3"]


UNPARSABLE = "#!/bin/bash\necho started\nif true; then\n  echo hello\n"


@pytest.mark.many_cases
@pytest.mark.parametrize("words", ["deploy", "ready --timeout 20", "migrate verify"])
def test_a_syntax_error_in_a_hook(application: Application, words: str) -> None:
    """It is told once the hook has failed over it, with its line; until there it has run."""
    name = words.partition(" ")[0]
    application.hook(name, UNPARSABLE)
    done = application.s2itasks(*words.split())
    assert (done.status, done.out) == (2, "started\n")
    said = f"{HOOKS}/{name} has a syntax error in line 5; correct it ('bash -n {HOOKS}/{name}' shows it)"
    assert done.error == said
    dry = application.s2itasks("--dry", *words.split())
    assert (dry.status, dry.error) == (2, said)
    assert _listed(application, name)["problem"] == said


def test_a_syntax_error_in_an_env_script_is_listed(application: Application) -> None:
    """With the message that its use ends with."""
    application.env_script("deploy_env", "A=1\nB=(\n")
    done = application.s2itasks("exec", "true")
    assert done.status == 2
    cure = f"correct it for bash, which sources it ('bash -n {HOOKS}/deploy_env' shows it)"
    assert done.error == f"{HOOKS}/deploy_env has a syntax error in line 2; {cure}"
    assert _listed(application, "deploy_env")["problem"] == done.error
    assert application.s2itasks("--dry", "exec", "true").error == done.error


def test_a_syntax_error_in_a_job(application: Application) -> None:
    """It fails like any other job, and is explained."""
    application.job("hourly", "one", "if true")
    done = application.s2itasks("jobs", "hourly")
    assert done.status == 1
    said = ".s2i/jobs/hourly/one has a syntax error in line 3; correct it ('bash -n .s2i/jobs/hourly/one' shows it)"
    assert f"s2itasks: error: {said}\n" in done.err
    assert _listed(application, "jobs hourly")["problem"] == said


def test_a_mistake_in_a_test(application: Application) -> None:
    """Bash leaves the script there with status 0; so nobody hears of it but who asks before."""
    application.hook("ready", "echo started\n[[ $1 == (a|b) ]]\necho hello")
    assert application.s2itasks("ready").succeeded().out == "started\n"
    assert "has a syntax error in line 3; " in str(_listed(application, "ready")["problem"])


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "text",
    [
        "shopt -s extglob\ncase a in @(a|b)) echo hello ;; esac",
        "echo hello\nexit 0\nif ( this is no bash",
        "f() {\necho hello\nexit 0\n}\nf\nexit 1\n)",
        'echo hello\nexec true "$@"\n<html>(',
        "cat <<E\nhello",
    ],
)
def test_what_bash_n_takes_for_a_syntax_error_and_bash_does_not(application: Application, text: str) -> None:
    """Patterns that a script switches on, and what is behind its end."""
    application.hook("ready", text)
    assert application.s2itasks("ready").succeeded().out == "hello\n"
    assert _listed(application, "ready")["problem"] is None
    application.s2itasks("--dry", "ready").succeeded()


@pytest.mark.many_cases
@pytest.mark.parametrize("text", ["if true; then\nexec true\n", "exec 2>&1\nif true\n", "(\nexit 0\n"])
def test_an_exit_that_is_never_reached(application: Application, text: str) -> None:
    """It is inside of what cannot be parsed, or only redirects."""
    application.hook("deploy", text)
    assert application.s2itasks("deploy").status == 2
    assert "has a syntax error" in str(_listed(application, "deploy")["problem"])


def test_a_probe_does_not_ask_for_syntax(application: Application, tmp_path: Path) -> None:
    """That would take a bash more, all day."""
    application.hook("ready", "exit 0")
    trace = tmp_path / "trace"
    watched = ["strace", "-f", "-e", "trace=execve", "-o", str(trace), application.called(), "ready"]
    try:
        subprocess.run(watched, env=application.environ(), check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs strace")
    assert '"-n"' not in trace.read_text()


def _listed(application: Application, name: str) -> dict[str, object]:
    done = application.s2itasks("--list", "-F", "json").succeeded()
    entry: dict[str, object] = next(each for each in json.loads(done.out) if each["name"] == name)
    return entry
