"""README and docs: what they show is run, in the order of the page, and says what they show."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import shown
from shown import Block

from s2itasks.onefile import archive

NEEDS_PACKAGES = re.compile(r"^\$? ?(?:.*s2itasks(?:\.pyz)? rehearse|pip) ", re.MULTILINE)  # a command of a page
RUN = [page for page in shown.PAGES if any(block.is_run for block in shown.blocks(page))]


def takes_long(page: Path) -> bool:
    """Whether what it shows installs packages."""
    return any(block.is_run and NEEDS_PACKAGES.search(block.text) for block in shown.blocks(page))


class Reader:
    """Somebody who types what a page shows.

    A page begins in the repository of a small application, which has the one file of s2itasks in it.

    :param place: an empty directory.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.directory = place
        shutil.copytree(shown.ROOT / "tests" / "shop", place / "shop")
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("S2I", "GIT_", "PYTEST"))},
            "HOME": str(place),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "GIT_CONFIG_GLOBAL": str(place / ".gitconfig"),
            "XDG_CACHE_HOME": str(place / "cache"),
        }
        self.git("config", "--global", "user.name", "Reader")
        self.git("config", "--global", "user.email", "reader@example.com")
        self.git("config", "--global", "init.defaultBranch", "main")
        self.directory = place / "shop"
        archive.write(self.directory / "s2itasks.pyz")
        self.git("init", "--quiet")

    def git(self, *words: str) -> None:
        """Set up git, as everybody has who reads this."""
        subprocess.run(["git", *words], cwd=self.directory, env=self.environ, check=True)

    def follow(self, block: Block) -> None:
        """Write a file, or type commands and compare."""
        if "<!-- in an empty directory -->" in block.notes:
            self.directory = self.place / f"line-{block.line}"
            self.directory.mkdir()
            archive.write(self.directory / "s2itasks.pyz")
        for example in re.findall(r"<!-- in a copy of ((?:examples|tests)/\S+) -->", block.notes):
            self.directory = self.place / example
            shutil.copytree(shown.ROOT / example, self.directory, symlinks=True)
            self.git("init", "--quiet")
            self.git("add", ".")
        if block.title:
            path = self.directory / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            path.chmod(0o755 if block.text.startswith("#!") else 0o644)
        if block.is_run:
            for command, output in block.commands():
                self.type(command, output, f"{block.page.name}:{block.line}: {command}")

    def type(self, command: str, output: str, where: str) -> None:
        """Run a command where the last one has left us; it may fail only where an error is shown."""
        left = self.place / "left"
        script = f"trap 'pwd >\"{left}\"' EXIT\n{command}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.directory, env=self.environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        said = done.stdout.decode(errors="replace")
        self.directory = Path(left.read_text().strip())
        assert done.returncode == 0 or "error" in output, f"{where}\n{said}"
        assert not output or shown.agrees(output, said), f"{where}\nshown:\n{output}\nsaid:\n{said}"


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if takes_long(page) else [], id=page.stem) for page in RUN],
)
def test_what_a_page_shows(tmp_path: Path, page: Path) -> None:
    """Each of its files is written, and each of its commands run."""
    reader = Reader(tmp_path)
    for block in shown.blocks(page):
        reader.follow(block)


@pytest.mark.parametrize("page", shown.PAGES, ids=lambda page: page.stem)
def test_each_block_says_what_it_is(page: Path) -> None:
    """It has a language, and one that is not run says why."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"^\n {4}[^\s*-]", shown.BLOCK.sub("", text), re.MULTILINE), "an indented block of code"
    for block in shown.blocks(page):
        assert block.language, f"line {block.line}"
        if "<!-- not run: " in block.notes:
            assert block.language in shown.COMMANDS, f"line {block.line} is never run"
        if block.language == "console":
            assert block.text.startswith("$ "), f"line {block.line}"


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("took 1.2 s\nat http://127.0.0.1:4711/\n", True),
        ("took 31 s\nat http://127.0.0.1:80/\n", True),
        ("took 1.2 s\nat http://127.0.0.1:4711/ and more\n", False),
        ("took 1.2 s\nmore\nat http://127.0.0.1:4711/\n", False),
    ],
)
def test_what_agrees(said: str, holds: bool) -> None:  # noqa: FBT001 - a case
    """Durations and ports differ; words do not."""
    assert shown.agrees("took 3.4 s\nat http://127.0.0.1:8080/\n", said) is holds
    assert shown.agrees("took ...\nat http://127.0.0.1:8080/\n", said) is holds
    assert shown.agrees("...\ntook 3.4 s\n...\nat http://127.0.0.1:8080/\n...\n", said) is (holds or "more\nat" in said)
