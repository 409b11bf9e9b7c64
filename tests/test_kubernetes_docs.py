"""docs/kubernetes.md shows what manifests writes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from application import Application
from checked import BASH
from hook_sets import HOOK, Files, application, asks
from shown import blocks as shown_blocks

from s2itasks.check import cron_schedule
from s2itasks.environment import required
from s2itasks.errors import Failure
from s2itasks.manifests import manifesting
from s2itasks.manifests.plan import plan
from s2itasks.manifests.yaml_text import document
from s2itasks.phases import graph

PATH = Path(__file__).parent.parent / "docs" / "kubernetes.md"
PAGE = PATH.read_text()
HOOKS: Files = {f"{HOOK}{name}": f"{BASH}./{name}\n" for name in ("ready", "alive", "migrate", "verify")}


def shown() -> Iterator[tuple[str, str]]:
    """Yield what each marked example is of, and its text."""
    for block in shown_blocks(PATH):
        for what in re.findall(r"<!-- manifests: (.*?) -->", block.notes):
            yield what, block.text


def options(words: str) -> dict[str, Any]:
    """Return the options of a command line by their names."""
    names = [word.removeprefix("--").replace("-", "_") for word in shlex.split(words)[::2]]
    given: dict[str, Any] = dict(zip(names, shlex.split(words)[1::2]))
    return {("for_" if name == "for" else name): value for name, value in given.items()}


def written(root: Path, words: str) -> str:
    """Return what the command writes, or says instead."""
    try:
        return manifesting.stream(plan(asks(**options(words)), application(root, HOOKS)))
    except Failure as failure:
        return f"s2itasks: error: {failure}\n"


@pytest.mark.parametrize(("what", "example"), list(shown()), ids=lambda each: each[:40])
def test_an_example(tmp_path: Path, what: str, example: str) -> None:
    """A part of an object, the order, or a refusal."""
    words, _, part = what.rpartition("; ")
    if part.startswith("--"):
        assert written(tmp_path, part) == example
        return
    text = written(tmp_path, words)
    if part == "order":
        assert [f"{line[4:]}\n" for line in text.splitlines() if line.startswith("#   kubectl")] == [
            *example.splitlines(keepends=True)
        ]
        return
    kind, _, path = part.partition(", ")
    (found,) = [each for each in yaml.safe_load_all(text) if each and each["kind"] == kind]
    for key in path.split("."):
        found = found[int(key) if key.isdigit() else key]
    assert document(found) == example


def test_there_are_examples() -> None:
    """Each of which is one."""
    assert len(list(shown())) == PAGE.count("<!-- manifests: ") == 4


def test_its_options_are_those_of_the_command() -> None:
    """All but the repository."""
    table = PAGE.partition("| option |")[2].partition("\n\n")[0]
    options = "\n".join(line.split(" | ")[0] for line in table.splitlines())
    assert set(re.findall(r"--[a-z][a-z-]+", options)) == set(graph["manifests"].flags) - {"--source"}


def test_its_files_can_be_read() -> None:
    """The schedule, and the list of what is required."""
    (schedule,) = (block.text for block in shown_blocks(PATH) if block.title == ".s2i/jobs/nightly/schedule")
    assert cron_schedule.parse(schedule) == ("30 3 * * *", "Europe/Berlin")
    lines = re.search(r"^((?:[A-Z_]+ +# .*\n)+)", PAGE, re.MULTILINE)
    assert lines is not None
    assert [each.name for each in required.parse(lines[1], "")] == ["SECRET_KEY", "DATABASE_URL"]


def test_a_daemon_that_evaluates_anew(application: Application) -> None:
    """What cron is told to run inside of a container, as it stands there."""
    (line,) = re.findall(r"^0 \* \* \* \* (env .*)$", PAGE, re.MULTILINE)
    password = application.write(application.root / "password", "old")
    application.env_script("deploy_env", f"PASSWORD=$(cat {password})")
    application.job("hourly", "job", 'echo "$PASSWORD"')
    called = shlex.quote(application.called())
    anew = line.replace("s2itasks", called)
    later = f"echo new >{password}; {anew}; {called} jobs hourly"
    assert application.s2itasks("exec", "--", "bash", "-c", later).succeeded().out == "new\nold\n"
