"""check: every rule has its page, and the pages say what the rules do."""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

import pytest
from checked import BASH, write

from s2itasks.check import RULES, Rule, check, explaining, registry, rules
from s2itasks.phases import graph

ROOT = Path(__file__).parent.parent
INDEX = ROOT / "docs" / "check.md"


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    """And nothing else lies there."""
    assert {path.name for path in explaining.PAGES.iterdir()} == {f"{rule}.md" for rule in RULES}


def test_the_index_lists_them_all() -> None:
    """With severity and title, in order."""
    row = re.compile(r"^\| \[(S2I\d+)\]\((.*?)\) \| (\w+) \| (yes)? ?\| (.*) \|$", re.MULTILINE)
    rows = row.findall(INDEX.read_text())
    pages = Path("..") / explaining.PAGES.relative_to(ROOT)
    assert rows == [
        (rule.id, f"{pages}/{rule.id}.md", rule.severity.value, "yes" if rule.fixable else "", rule.title)
        for rule in RULES.values()
    ]


def test_every_file_of_rules_is_asked() -> None:
    """One that nobody registered would be silent."""
    registered = [module.__name__.rpartition(".")[2] for module in registry.MODULES]
    assert sorted(registered) == sorted(module.name for module in pkgutil.iter_modules(rules.__path__))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_page_begins_with_its_rule(rule: Rule) -> None:
    """Title, severity, what is found and why, an example without and with the flaw, the cure."""
    page = explaining.page(rule.id)
    severity = rule.severity.value.capitalize() + (", `--fix` can mend it" if rule.fixable else "")
    assert page.startswith(f"# {rule.id}: {rule.title}\n\n{severity}.\n\n")
    assert page.count("\n```") == 4
    assert "\nInstead of\n" in page
    assert not page.endswith("```\n")


def test_migrating_is_for_the_job_that_manifests_writes(tmp_path: Path) -> None:
    """Not for a mid hook, which only the deprecated DeploymentConfig has."""
    write(tmp_path, {".s2i/action_hooks/deploy": f"{BASH}s2itasks migrate\n"})
    said = [each.message for each in check(tmp_path, graph, {"PATH": "/usr/bin:/bin"}) if each.rule.id == "S2I507"]
    for text in (*said, explaining.page("S2I507")):
        assert "Job that `s2itasks manifests` writes" in text.replace("'", "`")
        assert "Recreate" not in text
    assert said


def test_the_hook_for_pre_commit_calls_it() -> None:
    """Once for the repository, when something of .s2i changes; its id is the one that the page names."""
    hook = dict(re.findall(r"^[- ] (\w+): (.*)$", (ROOT / ".pre-commit-hooks.yaml").read_text(), re.MULTILINE))
    assert (hook["entry"], hook["language"], hook["pass_filenames"]) == ("s2itasks check", "python", "false")
    assert f"- id: {hook['id']}\n" in INDEX.read_text()
    changed = [".s2i/environment", "app/.s2i/bin/run", ".s2iignore", "xs2i/run", "src/.s2ignore"]
    assert [bool(re.search(hook["files"], path)) for path in changed] == [True, True, True, False, False]
