"""What MkDocs is told besides mkdocs.yml: the pages of rules, and where links lead that leave docs/.

Read as plain Markdown, the pages link to files of the repository. The site has a page for each rule; all else is in
the repository.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
RULES = "s2itasks/check/pages/"
LINK = re.compile(r"(?<=\]\()\.\./([^)#\s]+)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Say where the repository is, which pyproject.toml says."""
    found = re.search(r'^address = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    config.repo_url = config.site_url = found[1] if found else ""
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the page of each rule, which is where ``check --explain`` finds it."""
    for path in sorted((ROOT / RULES).glob("*.md")):
        files.append(File.generated(config, f"rules/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs' names
    """Let links that leave docs/ lead to a page of the site, or else to the repository."""
    return LINK.sub(lambda link: _target(link[1], config.repo_url or ""), markdown)


def _target(path: str, repository: str) -> str:
    """Return where a link leads.

    :param path: from the root of the repository.
    """
    if path.startswith(RULES):
        return path.replace(RULES, "rules/")
    kind = "tree" if (ROOT / path).is_dir() else "blob"
    return f"{repository.rstrip('/')}/{kind}/main/{path}"
