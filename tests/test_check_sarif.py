"""check --format sarif: what SARIF 2.1.0 asks of a log, and GitHub of what it shows."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from checked import BASH, lint, tools, write

from s2itasks import __version__
from s2itasks.check import RULES, explaining

DEPLOY = ".s2i/action_hooks/deploy"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash, and without git and shellcheck."""
    return tools(tmp_path / "tools", "bash")


def log(source: Path | str, environ: dict[str, str], **options: Any) -> dict[str, Any]:
    """Return the run of a log, having looked at what is around it."""
    done = lint(source, environ, format="sarif", **options)
    written = json.loads(done.out)
    assert sorted(written) == ["$schema", "runs", "version"]
    assert written["version"] == "2.1.0"
    (run,) = written["runs"]
    assert isinstance(run, dict)
    return run


def test_rules(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them with their pages, whatever is found; the address of a page once it has one."""
    source = write(tmp_path / "source", {})
    run = log(source, environ)
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("s2itasks", __version__)
    assert [rule["id"] for rule in driver["rules"]] == list(RULES)
    (traced,) = (rule for rule in driver["rules"] if rule["id"] == "S2I503")
    page = explaining.page("S2I503")
    assert traced == {
        "id": "S2I503",
        "shortDescription": {"text": "The environment goes into the log"},
        "fullDescription": {
            "text": "`env`, `printenv`, `set`, `export -p` or `declare -x`, all variables of them, with the log as "
            "their reader."
        },
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": "warning"},
    }
    monkeypatch.setattr(explaining, "SITE", "https://example.com/")
    rules = log(source, environ)["tool"]["driver"]["rules"]
    assert [rule["helpUri"] for rule in rules] == [f"https://example.com/{rule}.md" for rule in RULES]


def test_results(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with rule, level, message and place; the status is as in every format."""
    source = write(tmp_path / "source", {f"{DEPLOY} 644": f"{BASH}env\n"})
    monkeypatch.chdir(source)
    run = log(".", environ)
    first, second = run["results"]
    assert first == {
        "ruleId": "S2I201",
        "ruleIndex": list(RULES).index("S2I201"),
        "level": "error",
        "message": {"text": f"deploy has no run bit, so its phase ends with status 126; chmod +x {DEPLOY}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": DEPLOY}, "region": {"startLine": 1}}}],
    }
    assert (second["ruleId"], second["level"]) == ("S2I503", "warning")
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert lint(".", environ, format="sarif").status == 1


@pytest.mark.many_cases
@pytest.mark.parametrize("raw", [b"a b", b"50%", b"c:d", "ä".encode(), b"\xff", b"#1?", b"n\nl"])
def test_addresses(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    """Relative to where the user is, whichever way the source is spelled; else absolute. No character is odd in one."""
    name = os.fsdecode(raw)
    source = write(tmp_path / name, {DEPLOY: f"{BASH}env\n"})
    uris = []
    for place, spelled in ((tmp_path, name), (tmp_path, str(source)), (tmp_path / "tools", f"../{name}")):
        monkeypatch.chdir(place)
        (result,) = log(spelled, environ)["results"]
        uris.append(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
    relative, same, absolute = uris
    assert relative == same
    assert unquote(relative, errors="surrogateescape") == f"{name}/{DEPLOY}"
    assert not set(relative) & set(" :#?\n")
    assert relative.isascii()
    assert absolute == f"file://{tmp_path}/{relative}"


def test_messages_of_strangers(tmp_path: Path, environ: dict[str, str]) -> None:
    """A name cannot make a link, nor change how a terminal or a page shows the rest."""
    name = "[click](https:,,example.com)\x1b\u202e"
    source = write(tmp_path / "source", {".s2i/environment": f"{name}=1\n"})
    texts = [result["message"]["text"] for result in log(source, environ)["results"]]
    assert texts
    assert all("](" not in text and text.isprintable() for text in texts)
    assert any("[click] (https" in text for text in texts)


def test_what_was_mended(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no result any more, but a notification."""
    source = write(tmp_path / "source", {f"{DEPLOY} 644": BASH})
    monkeypatch.chdir(source)
    run = log(".", environ, fix=True)
    assert run["results"] == []
    assert run["invocations"][0]["toolExecutionNotifications"] == [
        {
            "associatedRule": {"id": "S2I201", "index": list(RULES).index("S2I201")},
            "level": "note",
            "message": {"text": "fixed: run bit set"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": DEPLOY}}}],
        }
    ]
