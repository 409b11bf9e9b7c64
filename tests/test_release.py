"""A release: its metadata and what is asked of it, without the tools of `./inv release --check`, which CI runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from releasing import checks, long_description, source
from s2itasks.check import explaining

ROOT = Path(__file__).parent.parent
ADDRESS = "https://example.com/s2itasks"
CHANGELOG = "# Changelog\n\n## Unreleased\n\n## 1.0.0 - 2026-11-22\n\n- All.\n"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[a](docs/a.md)", f"[a]({ADDRESS}/blob/v1/docs/a.md)"),
        ("[`a` b](./docs/a.md#b)", f"[`a` b]({ADDRESS}/blob/v1/docs/a.md#b)"),
        ("[here](#there)", f"[here]({ADDRESS}/blob/v1/README.md#there)"),
        ("![a](docs/a.svg)", f"![a]({ADDRESS}/raw/v1/docs/a.svg)"),
        ("[![a](docs/a.svg)](docs/a.md)", f"[![a]({ADDRESS}/raw/v1/docs/a.svg)]({ADDRESS}/blob/v1/docs/a.md)"),
        ("[a]: docs/a.md", f"[a]: {ADDRESS}/blob/v1/docs/a.md"),
        ('<img alt="a" src="docs/a.svg">', f'<img alt="a" src="{ADDRESS}/raw/v1/docs/a.svg">'),
        ('<source media="x" srcset="docs/b.svg">', f'<source media="x" srcset="{ADDRESS}/raw/v1/docs/b.svg">'),
        ('<a href="LICENSE">', f'<a href="{ADDRESS}/blob/v1/LICENSE">'),
        ("[a](https://example.org/)", "[a](https://example.org/)"),
        ("<mailto:a@example.com>, [a](mailto:a@example.com)", "<mailto:a@example.com>, [a](mailto:a@example.com)"),
        ("```\n[a](b)\n```\n[a](b)", f"```\n[a](b)\n```\n[a]({ADDRESS}/blob/v1/b)"),
        ("- text\n\n    [a](b)\n", f"- text\n\n    [a]({ADDRESS}/blob/v1/b)\n"),
        ("[[ -f x ]] (y)", "[[ -f x ]] (y)"),
    ],
)
def test_links_of_the_readme_on_an_index(written: str, shown: str) -> None:
    """Each leads to the source of the release, a picture to the picture itself; code is code."""
    assert long_description.absolute(written, ADDRESS, "v1") == shown


def test_the_readme_has_no_link_that_an_index_cannot_follow() -> None:
    """As it stands now."""
    text = long_description.absolute((ROOT / "README.md").read_text(), ADDRESS, "v1")
    prose = long_description.FENCED.sub("", text)
    assert [each for each in re.findall(r"\]\(([^)\s]+)\)", prose) if not each.startswith("https://")] == []


def test_what_leads_nowhere_is_named() -> None:
    """In a page as an index shows it."""
    page = (
        '<h2 id="a"><a href="#a">#</a></h2><a href="docs/a.md">a</a><img src="a.svg"><a href="https://example.com/">b'
    )
    assert checks.relative(page) == [
        f"README.md: {each} leads nowhere on an index; see releasing/long_description.py"
        for each in ("docs/a.md", "a.svg")
    ]


@pytest.mark.parametrize(
    ("changes", "tags", "changelog", "found"),
    [
        ([], [], CHANGELOG, []),
        ([], ["v1.0.0"], CHANGELOG, []),
        (
            [" M README.md", "?? new"],
            [],
            CHANGELOG,
            ["the working tree: 2 changes are not committed, such as 'M README.md'; commit them"],
        ),
        ([], [], "## Unreleased\n", ["CHANGELOG.md: it has no section for 1.0.0; write '## 1.0.0 - YYYY-MM-DD'"]),
        (
            [],
            [],
            CHANGELOG.replace("## Unreleased\n", ""),
            ["CHANGELOG.md: it has no section for what comes next; write '## Unreleased'"],
        ),
        ([], ["v2.0.0"], CHANGELOG, ["the tag v2.0.0: s2itasks/__init__.py says 1.0.0; make them the same"]),
        ([], [], CHANGELOG.replace("Unreleased\n", "Unreleased\n\n- More.\n"), []),
        (
            [],
            ["v1.0.0"],
            CHANGELOG.replace("Unreleased\n", "Unreleased\n\n- More.\n"),
            ["CHANGELOG.md: the commit has the tag v1.0.0, and something is Unreleased; move it down"],
        ),
    ],
)
def test_a_commit_and_its_version(changes: list[str], tags: list[str], changelog: str, found: list[str]) -> None:
    """Between two releases there may be something Unreleased; at a tag everything fits."""
    assert checks.commit(changes, tags, "1.0.0", changelog) == found


def test_this_version_has_its_section() -> None:
    """Whatever is committed and tagged."""
    assert checks.commit([], [], source.version(), (ROOT / "CHANGELOG.md").read_text()) == []


def test_other_bytes(tmp_path: Path) -> None:
    """A file that differs, and one that is not in both."""
    for directory, files in (("a", {"same": "1", "other": "1", "one": "1"}), ("b", {"same": "1", "other": "2"})):
        (tmp_path / directory).mkdir()
        for name, text in files.items():
            (tmp_path / directory / name).write_text(text)
    found = checks.same_bytes(tmp_path / "a", tmp_path / "b")
    assert [each.partition(":")[0] for each in found] == ["one", "other"]


@pytest.mark.slow
def test_each_thing_that_is_wrong_is_said(tmp_path: Path) -> None:
    """In a sentence on stderr; one does not keep the others from being found."""
    python = str(ROOT / ".venvs/release/bin/python")
    if not Path(python).exists() and "CI" not in os.environ:  # in CI, ./inv release has come before
        pytest.skip("the tools of a release are not here; ./inv release installs them")
    copy = source.copy(tmp_path / "copy")
    for file, before, after in (
        ("pyproject.toml", '"share/man/man1/s2itasks.1" = "share/man/man1/s2itasks.1"\n', ""),
        ("pyproject.toml", "keywords =", "# keywords ="),
        ("README.md", "# s2itasks\n", "# s2itasks\n\n[there](<docs/a file.md>)\n"),
        ("releasing/metadata_hook.py", "self.config[", "'https://example.com/%d/' % id(self) + self.config["),
        ("s2itasks/__init__.py", f'"{source.version()}"', '"9.9.9"'),
    ):
        text = (copy / file).read_text()
        assert before in text, file
        (copy / file).write_text(text.replace(before, after, 1))
    somebody = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*somebody, "commit", "-qma")):
        subprocess.run(["git", *words], cwd=copy, check=True)
    (copy / "new").touch()
    command = [python, "-m", "releasing", "--check", f"--python={sys.executable}", "--python=/nowhere/python"]
    done = subprocess.run(command, cwd=copy, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    here = f"Python {sys.version.split()[0]}"
    said = [line.removeprefix("release: error: ") for line in done.stderr.splitlines() if not line.startswith("    ")]
    built_twice = "built twice, it has not the same bytes; compare"
    assert [line.partition(" /tmp")[0].partition(f" {tmp_path}")[0] for line in said] == [
        "the working tree: 1 changes are not committed, such as '?? new'; commit them",
        "CHANGELOG.md: it has no section for 9.9.9; write '## 9.9.9 - YYYY-MM-DD'",
        f"SHA256SUMS: {built_twice}",
        f"s2itasks-9.9.9-py3-none-any.whl: {built_twice}",
        f"s2itasks-9.9.9.cdx.json: {built_twice}",
        f"s2itasks-9.9.9.tar.gz: {built_twice}",
        f"s2itasks.pyz: {built_twice}",
        "pyroma finds something wrong with it (status 2 of python); it said:",
        "README.md: docs/a%20file.md leads nowhere on an index; see releasing/long_description.py",
        f"{here}, the wheel: share/man/man1/s2itasks.1 is not installed; see shared-data in pyproject.toml",
        "/nowhere/python does not start: [Errno 2] No such file or directory: '/nowhere/python'",
    ]


def test_the_address_is_one() -> None:
    """It stands in one line of pyproject.toml; that of the pages of rules is below it, once they are anywhere."""
    text = (ROOT / "pyproject.toml").read_text()
    (address,) = re.findall(r'^address = "(https://.*)"$', text, re.MULTILINE)
    assert not explaining.SITE or explaining.SITE.startswith(address)
