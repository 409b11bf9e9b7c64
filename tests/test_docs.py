"""README and docs as a whole: what is made from the code is up to date, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shown

from documentation.made import files

WRITTEN = [
    *shown.PAGES,
    *(shown.ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(shown.ROOT.glob("examples/*/README.md")),
]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:srcset|src)=\"([^\"]+)\"")


@pytest.mark.parametrize(("path", "text"), files().items(), ids=lambda each: getattr(each, "name", ""))
def test_what_is_made_from_the_code(path: Path, text: str) -> None:
    """Where it is not up to date: ./inv docs."""
    assert path.read_text(encoding="utf-8") == text


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
