"""Made-up env scripts in every form of s2itasks, against the same script sourced by a plain bash.

Compared are the whole environment of the command, its umask, limits and signals, the options that the script itself
sees, what the script prints, and how it ends. `test_exactness.ON_PURPOSE` names what differs on purpose.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import forms
import pytest
from application import Application
from env_script_generator import KEPT_TO_VARIABLES, SCRIPTS, SUB_SCRIPT
from forms import in_every_form
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from test_exactness import parsed

from s2itasks.launcher.env_script_text import beyond_variables

# What the command is: the kernel's word on what it was started with, which no shell in between can spoil.
REPORT = ["/usr/bin/cat", "/proc/self/environ", "/proc/self/limits", "/proc/self/status"]
REFERENCE = f'set -eo pipefail; set -a; . "$0" >&2; exec {" ".join(REPORT)}'
HOOK = f"#!/usr/bin/env -S {' '.join(REPORT)}\n"  # prints itself after the report
STDIN = b"first line\nsecond line\nthird line\n"
INHERITED = (b"Max ", b"Umask:", b"SigBlk:", b"SigIgn:")
SEEN_OPTIONS = (b"options=", b"SHELLOPTS=", b"BASHOPTS=", b"IFS=", b"OPTIND=")
FEWER_EXAMPLES = settings(
    max_examples=max(1, settings().max_examples * 5 // 12), suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Outcome:
    """What a script and the command after it have seen and done."""

    status: int
    environment: dict[bytes, bytes]
    inherited: list[bytes]
    seen: list[bytes]
    said: list[bytes]


def outcome(application: Application, status: int, stdout: bytes, stderr: bytes) -> Outcome:
    """Return what was reported; a failing script has said one line more in s2itasks, which is its message."""
    environ, _, rest = stdout.rpartition(b"\0")
    seen_file = Path(application.variables["SEEN"])
    lines = seen_file.read_bytes().splitlines() if seen_file.exists() else []
    seen_file.unlink(missing_ok=True)
    return Outcome(
        status,
        parsed(environ),
        [line for line in rest.splitlines() if line.startswith(INHERITED)],
        [line for line in lines if line.removeprefix(b"declare ").lstrip(b"-airxA ").startswith(SEEN_OPTIONS)],
        # In any order, because children may print as well.
        sorted(line for line in stderr.splitlines() if not (status and line.startswith(b"s2itasks: error: "))),
    )


def by_plain_bash(application: Application, script: Path) -> Outcome:
    """Let a plain bash do what is to be done."""
    layout = {
        "S2I_SOURCE_PATH": str(application.source),
        "S2ITASKS_ENVIRONMENT": f"deploy_env:{application.source}",
    }
    done = subprocess.run(
        ["bash", "-c", REFERENCE, script],
        env={**application.environ(), **layout},
        cwd=application.source,
        input=STDIN,
        capture_output=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    return outcome(application, done.returncode, done.stdout, done.stderr)


def by_s2itasks(application: Application, form: str, words: tuple[str, ...]) -> Outcome:
    """Let s2itasks do it, in one form."""
    done = forms.run(application, form, *words, stdin=STDIN)
    return outcome(application, done.status, done.stdout, done.stderr)


@pytest.fixture
def given_application(application: Application) -> Application:
    """An application with a hook that reports, and what the scripts find there."""
    application.variables = {"SEEN": str(application.root / "seen"), "GIVEN": "given value"}
    application.write(application.source / "sub", SUB_SCRIPT)
    application.hook("ready", HOOK)
    return application


@in_every_form
@FEWER_EXAMPLES
@given(script=SCRIPTS, words=st.sampled_from([("exec", "--", *REPORT), ("ready",)]))
def test_it_is_as_in_plain_bash(given_application: Application, form: str, script: str, words: tuple[str, ...]) -> None:
    """For a command line and for a hook."""
    path = given_application.env_script("deploy_env", script)
    expected = by_plain_bash(given_application, path)
    ours = by_s2itasks(given_application, form, words)
    note(f"{form}: {' '.join(words)}\n{script}")
    assert ours == expected


@given(script=KEPT_TO_VARIABLES)
def test_the_generator_makes_scripts_that_are_sourced_in_place(script: str) -> None:
    """Otherwise the compiled programs would leave all of them to Python."""
    assert beyond_variables(script.encode()) is None
