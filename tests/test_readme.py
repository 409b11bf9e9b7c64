"""The README: short, and true."""

from __future__ import annotations

import re

import shown

README = (shown.ROOT / "README.md").read_text()


def test_it_fits_a_screen_and_a_half() -> None:
    """It is what a stranger reads first; everything else is in docs/."""
    assert len(README.splitlines()) <= 110


def test_its_commands_are_tasks_of_the_project() -> None:
    """What a newcomer types first."""
    tasks = (shown.ROOT / "tasks.py").read_text()
    named = re.findall(r"\./inv (\w+)", README)
    assert {"try", "test"} <= set(named)
    for name in named:
        assert re.search(rf'@task(\(name="{name}".*|.*)\n(.*\n)?def {name}_?\(', tasks), name


def test_it_leads_to_every_page() -> None:
    """But for the start of the site, and what other pages lead to."""
    linked = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", README))
    assert {page.name for page in shown.PAGES} - linked - {"README.md"} == {"index.md", "shapes.md", "releasing.md"}
