"""shell: it reads scripts as shfmt does, and all that bash accepts."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import assume, given, reject
from nasty_scripts import BRACKETS, SCRIPTS, SPELLINGS
from shell_generator import GENERATED
from shell_oracle import Rejected, by_s2itasks, by_shfmt

PLACES = ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec", "/usr/share", "/usr/local", "/etc", "/opt")
SHEBANG = re.compile(rb"#!.*\b(?:ba|da|k)?sh\b")
LARGEST = 1 << 20  # bytes
ENOUGH = 1000  # scripts
FEW = 50  # scripts; with fewer there is nothing to learn from them
COMMAND_IN_PATTERN = re.compile(rb"[?*+@!]\(\$\(")  # ?($(tr a b)): shfmt takes it for text, and bash runs it


def is_accepted(*script: str | Path) -> bool:
    """Whether bash can parse a script; of a mistake in ``[[`` it only says so, and its status is 0."""
    asked = subprocess.run(["bash", "-n", *script], env={"LC_ALL": "C"}, capture_output=True, check=False)
    return not re.search(rb"line \d+: (?!warning: )", asked.stderr)


@pytest.mark.parametrize("script", BRACKETS)
def test_brackets_that_bash_refuses(script: str) -> None:
    """A pattern needs a character before its brackets, a regular expression does not."""
    assert not is_accepted("-c", script)
    assert by_s2itasks(script)[1] != []


@pytest.mark.many_cases
@pytest.mark.parametrize("script", SCRIPTS)
def test_nasty_scripts(script: str) -> None:
    """Nothing is missing, and the words are the same."""
    reading, unread = by_s2itasks(script)
    assert unread == []
    assert reading == by_shfmt(script.encode())


@pytest.mark.parametrize(("script", "spelling"), SPELLINGS)
def test_what_shfmt_does_not_understand(script: str, spelling: str) -> None:
    """It is read as another spelling of the same."""
    reading, unread = by_s2itasks(script)
    assert unread == []
    assert reading == by_shfmt(spelling.encode())


@pytest.mark.slow
@given(GENERATED)
def test_generated_scripts(script: str) -> None:
    """Whatever is nested in what; a few are valid to one of bash and shfmt only."""
    try:
        expected = by_shfmt(script.encode())
    except Rejected:
        reject()
    assume(is_accepted("-c", script))
    assert by_s2itasks(script) == (expected, [])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_scripts_of_this_machine() -> None:
    """All that shfmt reads are read the same; all that bash accepts are read."""
    scripts = sorted(set(_scripts()))[:ENOUGH]
    if len(scripts) < FEW:
        pytest.skip(f"there are only {len(scripts)} shell scripts on this machine")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(_compared, scripts))
    assert [script for script, outcome in zip(scripts, outcomes) if outcome in ("different", "unread")] == []
    compared = outcomes.count("same")
    print(f"{compared} scripts are the same, {outcomes.count('rejected')} are rejected by shfmt")
    assert compared > 0.8 * len(scripts)


def _compared(script: Path) -> str:
    content = script.read_bytes()
    if COMMAND_IN_PATTERN.search(content):
        return "rejected"
    reading, unread = by_s2itasks(content.decode("utf-8", "surrogateescape"))
    if unread and is_accepted(script):
        return "unread"
    try:
        return "same" if reading == by_shfmt(content) else "different"
    except Rejected:
        return "rejected"


def _scripts() -> Iterator[Path]:
    """Return the shell scripts of the machine, and the completions of bash, which have no shebang."""
    for place in PLACES:
        for directory, _, names in os.walk(place):
            for name in names:
                path = Path(directory, name)
                if path.is_file() and os.access(path, os.R_OK) and path.stat().st_size <= LARGEST:
                    with path.open("rb") as opened:
                        script = SHEBANG.match(opened.readline(100)) or "bash-completion/completions" in directory
                    if script and b"\0" not in path.read_bytes():
                        yield path.resolve()
