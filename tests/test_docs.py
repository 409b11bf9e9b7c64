"""README and docs as a whole: what is made from the code is up to date, and links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shown

from documentation.made import files
from s2itasks.check import explaining

WRITTEN = [
    *shown.PAGES,
    *(shown.ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(shown.ROOT.glob("examples/*/README.md")),
    *sorted(explaining.PAGES.glob("*.md")),
]
MKDOCS = shown.ROOT / ".venvs" / "docs" / "bin" / "mkdocs"
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:srcset|src)=\"([^\"]+)\"")


@pytest.mark.parametrize(("path", "text"), files().items(), ids=lambda each: getattr(each, "name", ""))
def test_what_is_made_from_the_code(path: Path, text: str) -> None:
    """It is what the code says."""
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is not what ./inv docs makes of the code; run it"


def test_pictures_can_be_read() -> None:
    """Each is XML with a title, and has what the other theme's has."""
    made = {path.name: text for path, text in files().items() if path.suffix == ".svg"}
    pictures = {name: ET.fromstring(text) for name, text in made.items()}  # noqa: S314 - our own
    texts = {name: ["".join(each.itertext()) for each in root] for name, root in pictures.items()}
    for name in ("phases", "environment"):
        assert texts[f"{name}-light.svg"] == texts[f"{name}-dark.svg"]
    assert {"deploy_env", "post_deploy", "builder_assemble"} <= set(texts["phases-light.svg"])


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(shown.ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each file, and each heading of it."""
    text = shown.BLOCK.sub("", page.read_text(encoding="utf-8"))
    for target in ("".join(found) for found in LINK.findall(text)):
        if re.match(r"https://[\w.-]+(/\S*)?$", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            assert anchor in _anchors(path), target


def _anchors(page: Path) -> set[str]:
    """Return the names of a page's headings, as GitHub and MkDocs make them."""
    text = shown.BLOCK.sub("", page.read_text(encoding="utf-8"))
    titles = (re.sub(r"[^\w\s-]", "", title).strip().lower() for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE))
    return {re.sub(r"\s", "-", title) for title in titles}


@pytest.mark.slow
# In CI, ./inv docs has come before, and what is not there fails; elsewhere these tests need not install it.
@pytest.mark.skipif(
    not MKDOCS.exists() and "CI" not in os.environ, reason="MkDocs is not there: ./inv docs installs it"
)
@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("hooks.md", "\n[nowhere](nowhere.md)\n"),
        ("hooks.md", "\n[nowhere](security.md#nowhere)\n"),
        ("hooks.md", ""),
        ("not-in-the-menu.md", "# A page\n"),
    ],
)
def test_warnings_of_mkdocs_are_errors(tmp_path: Path, page: str, wrong: str) -> None:
    """A dead link, a heading that is not there, a page that nothing leads to."""
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(shown.ROOT / name, tmp_path)
    for name in ("docs", "documentation", "s2itasks/check/pages"):
        shutil.copytree(shown.ROOT / name, tmp_path / name)
    with (tmp_path / "docs" / page).open("a") as opened:
        opened.write(wrong)
    command = [str(MKDOCS), "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(wrong), done.stderr
