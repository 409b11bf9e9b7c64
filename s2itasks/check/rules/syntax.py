"""Rules 207, 209 and 217: what bash itself and shellcheck say, and what check cannot read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from s2itasks.check.file import Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source

# -n executes nothing, so it does not notice that a script switches extended patterns on. For a mistake in [[ ... ]] it
# has a message, and status 0. A NUL ends each answer: for each script, one without and one with those patterns.
ASK_BASH = """\
for script; do
    said=$("$0" -n "$script" 2>&1)
    [[ -z $said ]] || extended=$("$0" -O extglob -n "$script" 2>&1)
    printf '%s\\0%s\\0' "$said" "${said:+$extended}"
done"""
SAID_BY_BASH = re.compile(r"^.*?: line (\d+): (.*)")
# Rules of ours (S2I204, S2I205), and sourced files that lie elsewhere.
LEFT_OUT = "SC2148,SC1128,SC1090,SC1091"
SHELLCHECKS = 32 * 1024  # bytes of a script; with ten times as much it can take minutes and all memory
PATIENCE = 60  # seconds
# A variable that seems unused: in an env script, being set is being used.
EXPORTED_BY_SOURCING = 2034


@error(207, "A syntax error")
def syntax(source: Source) -> Iterator[Spot]:
    """Whatever bash -n says."""
    bash = shutil.which("bash", path=source.environ.get("PATH"))
    files = [file for file in source.scripts if file.is_shell and b"\r\n" not in file.content]
    if bash and files:
        environ = {name: value for name, value in source.environ.items() if name not in ("BASH_ENV", "ENV")}
        command = [bash, "-c", ASK_BASH, bash, *(os.path.realpath(file.location) for file in files)]
        asked = subprocess.run(command, env={**environ, "LC_ALL": "C"}, capture_output=True, check=False)  # noqa: S603
        answers = os.fsdecode(asked.stdout).split("\0")
        for file, said, extended in zip(files, answers[::2], answers[1::2]):
            mistake = _mistake(said)
            if mistake and _mistake(extended):
                number = min(int(mistake[1]), len(file.lines))
                yield at(file, number, f"bash cannot parse the script: {mistake[2]}")


def _mistake(answer: str) -> re.Match[str] | None:
    """Return the first message that is not a warning."""
    found = map(SAID_BY_BASH.match, answer.splitlines())
    return next((each for each in found if each and "warning: " not in each[2]), None)


@warning(209, "shellcheck complains")
def shellcheck(source: Source) -> Iterator[Spot]:
    """Its errors and warnings, in one call for all scripts; nothing where it is not installed."""
    tool = shutil.which("shellcheck", path=source.environ.get("PATH"))
    files = {
        str(file.location): file
        for file in source.scripts
        if file.is_shell and b"\r\n" not in file.content and len(file.content) <= SHELLCHECKS
    }
    if not tool or not files:
        return
    # The images' sh is bash, so one dialect does for all.
    options = ["--severity=warning", "--shell=bash", f"--exclude={LEFT_OUT}"]
    command = [tool, "--norc", "--format=json", *options, *files]  # a .shellcheckrc can have it read any file
    environ = dict(source.environ)
    try:
        asked = subprocess.run(command, env=environ, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        message = f"shellcheck did not come to an end within {PATIENCE} s; run it yourself"
        yield at(next(iter(files.values())), 1, message)
        return
    unparsable = {spot.path for spot in syntax.look(source)} if asked.returncode else set()
    for comment in _comments(asked.stdout):
        file = files.get(comment["file"])
        if file is None or file.path in unparsable:
            continue
        if not (comment["code"] == EXPORTED_BY_SOURCING and file.role is Role.ENV_SCRIPT):
            yield at(file, comment["line"], f"{comment['message'].rstrip('.')} (SC{comment['code']})")


@warning(217, "A script that check cannot read")
def unread(source: Source) -> Iterator[Spot]:
    """Other rules do not see what is written there; what bash does not understand either is an error of its own."""
    for file in (*source.scripts, *source.of(Role.ENVIRONMENT)):
        if file.unseen:
            yield at(file, 1, f"{file.unseen}, so check does not look at what is in it; look at it yourself")
    files = {file.path: file for file in source.scripts if not file.fully_read}
    unparsable = {spot.path for spot in syntax.look(source)} if files else set()
    for file in (file for path, file in files.items() if path not in unparsable):
        for each in file.script.unread:
            yield at(file, each.line, f"check cannot read this: {each.problem}; write it in a simpler way")


def _comments(answer: bytes) -> list[dict[str, Any]]:
    try:
        comments: list[dict[str, Any]] = json.loads(answer)
    except ValueError:
        return []
    return comments
