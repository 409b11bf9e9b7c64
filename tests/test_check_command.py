"""check: the command line, its formats and statuses, and what git says of run bits."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from application import S2ITASKS, Result
from checked import BASH, found, git, lint, tools, write

from s2itasks.check import RULES, explaining

LAST = max(RULES)

DEPLOY = ".s2i/action_hooks/deploy"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path / "tools", "bash", "git")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a source with one error and one warning."""
    return write(tmp_path / "source", {f"{DEPLOY} 644": f"{BASH}env\n"})


def s2itasks(*words: str, cwd: Path, env: Mapping[str, str]) -> Result:
    """Run s2itasks as somebody on a laptop does."""
    done = subprocess.run([S2ITASKS, *words], cwd=cwd, env=env, capture_output=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def test_text_for_a_reader(source: Path, environ: dict[str, str]) -> None:
    """Findings on stdout as compilers write them, and how many there are; on stderr why it failed."""
    done = s2itasks("check", cwd=source, env=environ)
    assert done.status == 1
    assert done.out.splitlines() == [
        f"{DEPLOY}:1: error S2I201: deploy has no run bit, so its phase ends with status 126; chmod +x {DEPLOY}",
        f"{DEPLOY}:3: warning S2I503: 'env' puts every variable into the log, even secrets; 's2itasks env' masks them",
        "Found 1 error and 1 warning; 1 can be mended with --fix.",
    ]
    assert done.err == "s2itasks: error: 1 error and 1 warning in .s2i; try --fix for 1 of them\n"


def test_paths_are_shown_from_where_the_user_is(
    source: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a terminal, an editor and GitHub find the file."""
    monkeypatch.chdir(source.parent)
    elsewhere = lint("source", environ, strict=True, ignore=["S2I201"])
    assert elsewhere.status == 1
    assert elsewhere.out.startswith(f"source/{DEPLOY}:3: warning S2I503: ")
    assert (
        elsewhere.err == "s2itasks: error: 1 warning in source/.s2i; correct them, or leave out a rule with --ignore\n"
    )


def test_json_for_a_program(source: Path, environ: dict[str, str]) -> None:
    """One object, the status as before."""
    done = lint(source, environ, format="json")
    assert done.status == 1
    answer = json.loads(done.out)
    assert (answer["errors"], answer["warnings"], answer["changes"]) == (1, 1, [])
    first, second = answer["findings"]
    assert first == {
        "rule": "S2I201",
        "severity": "error",
        "title": "A hook is not executable",
        "url": None,
        "path": f"{source}/{DEPLOY}",
        "line": 1,
        "message": f"deploy has no run bit, so its phase ends with status 126; chmod +x {DEPLOY}",
        "fixable": True,
    }
    assert (second["rule"], second["severity"], second["line"]) == ("S2I503", "warning", 3)


def test_annotations_for_github(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Workflow commands; what would end a property or a message early is escaped."""
    write(tmp_path / "50%,a:b", {f"{DEPLOY} 644": f"{BASH}true\n"})
    monkeypatch.chdir(tmp_path)
    done = lint("50%,a:b", environ, format="github")
    assert done.out == (
        f"::error file=50%25%2Ca%3Ab/{DEPLOY},line=1,title=S2I201 A hook is not executable::"
        f"deploy has no run bit, so its phase ends with status 126; chmod +x {DEPLOY}\n"
    )


def test_a_report_for_gitlab(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With paths from the top of the repository, and a fingerprint each that stays where only the line moves."""
    source = write(tmp_path / "application", {f"{DEPLOY} 644": f"{BASH}env\nenv\n"})
    monkeypatch.chdir(tmp_path)
    done = lint("application", environ, format="gitlab")
    assert done.status == 1
    first, second, third = json.loads(done.out)
    fingerprints = [each.pop("fingerprint") for each in (first, second, third)]
    assert len(set(fingerprints)) == 3
    assert first == {
        "check_name": "S2I201",
        "description": "S2I201 A hook is not executable: deploy has no run bit, so its phase ends with status 126; "
        f"chmod +x {DEPLOY}",
        "severity": "major",
        "location": {"path": f"application/{DEPLOY}", "lines": {"begin": 1}},
    }
    assert (second["severity"], second["location"]["lines"], third["location"]["lines"]) == (
        "minor",
        {"begin": 3},
        {"begin": 4},
    )
    write(source, {f"{DEPLOY} 644": f"{BASH}\n\nenv\nenv\n"})
    moved = json.loads(lint("application", environ, format="gitlab").out)
    assert [each["fingerprint"] for each in moved] == fingerprints
    write(source, {})
    assert lint("application", environ, format="gitlab", ignore=["S2I"]).out == "[]\n"


def test_statistics(tmp_path: Path, environ: dict[str, str]) -> None:
    """How often each rule does not hold, the most frequent first; with --fix, of what is left."""
    source = write(tmp_path / "source", {f"{DEPLOY} 644": BASH + "env\n" * 11 + "set -x\n"})
    done = lint(source, environ, statistics=True)
    assert done.out.splitlines() == [
        "11  warning  S2I503  The environment goes into the log",
        " 1  error    S2I201  A hook is not executable",
        " 1  warning  S2I504  Commands are traced into the log",
        "Found 1 error and 12 warnings; 1 can be mended with --fix.",
    ]
    assert done.status == 1
    done = lint(source, environ, statistics=True, fix=True, ignore=["S2I5"])
    assert (done.status, done.out) == (0, f"{source}/{DEPLOY}: fixed S2I201: run bit set\nAll checks passed!\n")


def test_where_the_pages_are(source: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Said for programs and on GitHub, once the pages are somewhere."""
    monkeypatch.setattr(explaining, "SITE", "https://example.com/rules/")
    found = json.loads(lint(source, environ, format="json").out)["findings"]
    addresses = [f"https://example.com/rules/{rule}.md" for rule in ("S2I201", "S2I503")]
    assert [each["url"] for each in found] == addresses
    lines = lint(source, environ, format="github").out.splitlines()
    assert [line.rpartition(" ")[2] for line in lines] == [f"({address})" for address in addresses]


def test_statuses(tmp_path: Path, environ: dict[str, str]) -> None:
    """0 where nothing counts, and then nothing is said on stderr; 1 where something does."""
    clean = write(tmp_path / "clean", {})
    assert lint(clean, environ, strict=True) == Result(0, b"All checks passed!\n", b"")
    assert lint(clean, environ, format="github").out == ""
    doubtful = write(tmp_path / "doubtful", {DEPLOY: f"{BASH}env\n"})
    done = lint(doubtful, environ)
    assert (done.status, done.out.splitlines()[1:], done.err) == (0, ["Found 1 warning."], "")
    assert lint(doubtful, environ, strict=True).status == 1
    words = ("check", "--strict", "--ignore=S2I501", "--ignore", "S2I503,S2I504")
    assert s2itasks(*words, cwd=doubtful, env=environ) == Result(0, b"All checks passed!\n", b"")


def test_usage(source: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 2 and one message."""
    monkeypatch.chdir(source)
    done = s2itasks("check", "", cwd=source, env=environ)
    assert (done.status, done.error) == (
        2,
        "check needs the name of a directory, and not an empty one; give it one, or leave it out",
    )
    done = lint("nowhere", environ)
    assert (done.status, done.error) == (2, "there is no .s2i in nowhere; give the directory that holds it")
    done = lint(".", environ, format="xml")
    formats = "text, json, github, gitlab, sarif"
    assert (done.status, done.error) == (2, f"check has no format 'xml'; choose one of: {formats}")
    done = lint(".", environ, ignore=["S2I501, S2I999"])
    assert (done.status, done.error) == (2, f"there is no rule 'S2I999' to ignore; choose from S2I101 to {LAST}")


def test_the_page_of_a_rule(tmp_path: Path, environ: dict[str, str]) -> None:
    """Wherever it is asked for; the id may be in lower case."""
    done = s2itasks("check", "--explain", "s2i503", cwd=tmp_path, env=environ)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("# S2I503: The environment goes into the log\n\nWarning.\n\n")
    assert done.out.endswith("with secrets masked.\n")
    done = s2itasks("check", "--explain=S2I999", cwd=tmp_path, env=environ)
    assert (done.status, done.out) == (2, "")
    assert done.error == f"there is no rule 'S2I999' to explain; choose from S2I101 to {LAST}"


def test_nobody_reads_it_to_the_end(tmp_path: Path, environ: dict[str, str]) -> None:
    """As in ``| head -1``: no traceback."""
    source = write(tmp_path / "source", {DEPLOY: BASH + "env\n" * 1000})
    script = f'{S2ITASKS} check "$1" | (read -r line; echo "$line"); exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", script, "-", source], env=environ, capture_output=True, check=False)
    assert done.returncode == 141
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_run_bits_in_git(tmp_path: Path, environ: dict[str, str]) -> None:
    """A clone gets those of the index, whatever the working tree has."""
    source = write(tmp_path / "source", {DEPLOY: f"{BASH}true\n"})
    git(source, environ, "init", "-q")
    git(source, environ, "add", ".")
    assert found(source, environ) == []
    git(source, environ, "update-index", "--chmod=-x", DEPLOY)
    assert found(source, environ) == [f"S2I201 {DEPLOY}:1"]
    git(source, environ, "update-index", "--chmod=+x", DEPLOY)
    (source / DEPLOY).chmod(0o644)
    assert found(source, environ) == [f"S2I201 {DEPLOY}:1"]
    git(source, environ, "config", "core.fileMode", "false")
    assert found(source, environ) == []
    git(source, environ, "update-index", "--chmod=-x", DEPLOY)
    (source / DEPLOY).chmod(0o755)
    done = s2itasks("check", cwd=source, env=environ)
    assert "a run bit here but not in git, so in a clone its phase ends with status 126; git update-index" in done.out


def test_a_repository_above_the_source(tmp_path: Path, environ: dict[str, str]) -> None:
    """The source may be a directory of it; a file that git does not know counts as it is."""
    source = write(tmp_path / "repository" / "app", {DEPLOY: f"{BASH}true\n"})
    git(source.parent, environ, "init", "-q")
    git(source.parent, environ, "add", ".")
    git(source.parent, environ, "update-index", "--chmod=-x", f"app/{DEPLOY}")
    write(source, {".s2i/action_hooks/setup 644": f"{BASH}true\n"})
    assert found(source, environ) == [f"S2I201 {DEPLOY}:1", "S2I201 .s2i/action_hooks/setup:1"]


def test_without_any_tool(tmp_path: Path) -> None:
    """Neither bash nor git nor shellcheck: the other rules hold."""
    (tmp_path / "tools").mkdir()
    source = write(tmp_path / "source", {DEPLOY: f"{BASH}env\n"})
    assert found(source, {"PATH": str(tmp_path / "tools")}) == [f"S2I503 {DEPLOY}:3"]


def test_it_changes_nothing_by_itself(source: Path, environ: dict[str, str]) -> None:
    """Only --fix does."""
    lint(source, environ)
    assert stat.S_IMODE((source / DEPLOY).stat().st_mode) == 0o644
    done = s2itasks("check", str(source), "--fix", "--format=json", cwd=source, env=environ)
    assert done.status == 0
    changes = [{"rule": "S2I201", "path": f"{source}/{DEPLOY}", "message": "run bit set"}]
    assert json.loads(done.out)["changes"] == changes
    assert stat.S_IMODE((source / DEPLOY).stat().st_mode) == 0o755


def test_hints(tmp_path: Path, environ: dict[str, str]) -> None:
    """Shown in every format, and never counted."""
    source = write(tmp_path / "source", {DEPLOY: f"{BASH}ls /opt/app-root\n"})
    done = lint(source, environ, strict=True)
    assert done.status == 0
    assert done.out.splitlines() == [
        f"{source}/{DEPLOY}:3: hint S2I517: /opt/app-root is written out; $S2I_APPLICATION_PATH says where it is",
        "All checks passed!",
    ]
    assert lint(source, environ, format="github").out.startswith(
        f"::notice file={source}/{DEPLOY},line=3,title=S2I517 "
    )
    told = json.loads(lint(source, environ, format="json").out)
    assert [finding["severity"] for finding in told["findings"]] == ["hint"]
    assert (told["errors"], told["warnings"]) == (0, 0)
    (result,) = json.loads(lint(source, environ, format="sarif").out)["runs"][0]["results"]
    assert result["level"] == "note"
    assert (
        lint(source, environ, statistics=True).out
        == "1  hint     S2I517  A path that has a variable\nAll checks passed!\n"
    )
