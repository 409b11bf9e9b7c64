"""What has to hold for a release before anybody gets it; each check returns what is wrong, a sentence each."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from email import message_from_string
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from .dist import sdist_of, wheel_of
from .problems import ProblemError, run

SECTION = re.compile(r"^## (?:\[?(?P<version>\d+\.\d+\.\d+\S*?)\]? - \d{4}-\d\d-\d\d|Unreleased)$", re.MULTILINE)


def commit(changes: Sequence[str], tags: Sequence[str], version: str, changelog: str) -> list[str]:
    """Whether it can be told from which commit the release is, and the changelog is that of the version.

    A commit with a tag is that of its version; any other one may be on the way to the next.

    :param changes: those that are not committed.
    :param tags: the tags of the commit that name versions.
    """
    found = []
    if changes:
        some = f"{len(changes)} changes are not committed, such as {changes[0].strip()!r}"
        found.append(f"the working tree: {some}; commit them")
    sections = {each["version"]: each for each in SECTION.finditer(changelog)}
    if version not in sections:
        found.append(f"CHANGELOG.md: it has no section for {version}; write '## {version} - YYYY-MM-DD'")
    if None not in sections:
        found.append("CHANGELOG.md: it has no section for what comes next; write '## Unreleased'")
    if tags and f"v{version}" not in tags:
        found.append(f"the tag {tags[0]}: s2itasks/__init__.py says {version}; make them the same")
    unreleased = sections.get(None)
    if tags and unreleased and changelog[unreleased.end() :].partition("\n## ")[0].strip():
        found.append(f"CHANGELOG.md: the commit has the tag {tags[0]}, and something is Unreleased; move it down")
    return found


def same_bytes(first: Path, second: Path) -> list[str]:
    """Whether two directories have the same files."""
    names = sorted({path.name for directory in (first, second) for path in directory.iterdir()})
    return [
        f"{name}: built twice, it has not the same bytes; compare {first / name} and {second / name}"
        for name in names
        if not all((directory / name).is_file() for directory in (first, second))
        or (first / name).read_bytes() != (second / name).read_bytes()
    ]


def tools(built: Path) -> Iterator[str]:
    """Whether the tools of others have something against it."""
    sdist, wheel = sdist_of(built), wheel_of(built)
    yield from _against("twine", "-m", "twine", "--no-color", "check", "--strict", sdist, wheel)
    # W002 is about files that are there twice: completions are, for the shells and for --print-completion-script.
    yield from _against("check-wheel-contents", "-m", "check_wheel_contents", "--no-config", "--ignore=W002", wheel)
    yield from _against("pyroma", "-m", "pyroma", "--min", "10", sdist)


def _against(tool: str, *words: str | Path) -> Iterator[str]:
    try:
        run(sys.executable, "-I", *words, failing=f"{tool} finds something wrong with it")
    except ProblemError as problem:
        yield str(problem)


def address(wheel: Path, tags: Sequence[str]) -> list[str]:
    """Whether a commit with a tag says where the project really lives."""
    home = next(value for value in _metadata(wheel).get_all("Project-URL", []) if value.startswith("Homepage"))
    if tags and "example.com" in home:
        return [f"pyproject.toml: {home.split()[-1]} is a placeholder; write the project's address"]
    return []


def description(wheel: Path) -> list[str]:
    """Whether an index can show the description of the wheel, with links and pictures that lead somewhere."""
    from readme_renderer import markdown  # noqa: PLC0415 - only the environment of the release's tools has it

    rendered = markdown.render(str(_metadata(wheel).get_payload()))
    return relative(rendered) if rendered else ["README.md: it cannot be rendered as an index does; see its Markdown"]


def relative(rendered: str) -> list[str]:
    """Return a sentence for each address in a page that means nothing on an index."""
    page = _Addresses()
    page.feed(rendered)
    return [
        f"README.md: {each} leads nowhere on an index; see releasing/long_description.py"
        for each in page.addresses
        if urlsplit(each).scheme not in ("https", "mailto") and each not in page.anchors
    ]


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "srcset")]
        self.anchors |= {f"#{value}" for name, value in attrs if name == "id"}


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [each for each in opened.namelist() if each.endswith(".dist-info/METADATA")]
        return message_from_string(opened.read(name).decode("utf-8"))
