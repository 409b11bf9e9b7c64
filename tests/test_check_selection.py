"""check: which rules are asked, by option and by the pyproject.toml of the source."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from checked import BASH, lint, tools, write

from s2itasks.check import RULES

LAST = max(RULES)

DEPLOY = ".s2i/action_hooks/deploy"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash, and without git and shellcheck."""
    return tools(tmp_path / "tools", "bash")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a source, the current directory, in which are an S2I201 (an error), an S2I503 and an S2I504 (warnings)."""
    source = write(tmp_path / "source", {f"{DEPLOY} 644": f"{BASH}set -x\nenv\n"})
    monkeypatch.chdir(source)
    return source


def rules(environ: dict[str, str], *, strict: bool = False, **options: list[str]) -> list[str]:
    """Return the ids of what is found, in order."""
    done = lint(".", environ, format="json", strict=strict, **options)
    assert done.status in {0, 1}, done.err
    return sorted(re.findall(r'"rule": "(\w+)"', done.out))


@pytest.mark.usefixtures("source")
def test_options(environ: dict[str, str]) -> None:
    """Ids or what they begin with, in any case, once or more often; what is ignored is not asked."""
    assert rules(environ) == ["S2I201", "S2I503", "S2I504"]
    assert rules(environ, select=["S2I503"]) == ["S2I503"]
    assert rules(environ, select=["s2i5"]) == ["S2I503", "S2I504"]
    assert rules(environ, select=["S2I50, S2I2"], ignore=["S2I504"]) == ["S2I201", "S2I503"]
    assert rules(environ, select=["S2I503", "S2I201"]) == ["S2I201", "S2I503"]
    assert rules(environ, ignore=["S2I5"]) == ["S2I201"]
    assert rules(environ, ignore=["S2I"]) == []


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("name", ["S2I999", "S2I7", "E501", "2", "S2I503,"])
def test_no_such_rule(environ: dict[str, str], name: str) -> None:
    """A name that no rule begins with is a mistake."""
    done = lint(".", environ, select=[name])
    wrong = name.rpartition(",")[2]
    assert (done.status, done.out) == (2, "")
    assert done.error == f"there is no rule {wrong!r} to select; choose from S2I101 to {LAST}"


def test_configuration(source: Path, environ: dict[str, str]) -> None:
    """The command line adds to what is ignored, and replaces what is selected."""
    (source / "pyproject.toml").write_text('[tool.s2itasks.check]\nselect = ["S2I5"]\nignore = ["S2I504"]\n')
    assert rules(environ) == ["S2I503"]
    assert rules(environ, ignore=["S2I503"]) == []
    assert rules(environ, select=["S2I504"]) == ["S2I504"]
    assert lint(".", environ).status == 0
    (source / "pyproject.toml").write_text('[tool.s2itasks]\ncheck = {strict = true, ignore = ["S2I2"]}\n')
    assert lint(".", environ).status == 1
    assert rules(environ) == ["S2I503", "S2I504"]
    (source / "pyproject.toml").write_text("[tool.other]\nselect = 1\n")
    assert rules(environ) == ["S2I201", "S2I503", "S2I504"]


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["S2I5"]', "[tool.s2itasks.check] has no key 'selct'; choose from: select, ignore, strict"),
        ('"a\\nb" = 1', r"[tool.s2itasks.check] has no key 'a\nb'; choose from: select, ignore, strict"),
        ('select = "S2I5"', 'select in [tool.s2itasks.check] is not a list of strings; write select = ["S2I503"]'),
        ("ignore = [503]", 'ignore in [tool.s2itasks.check] is not a list of strings; write ignore = ["S2I503"]'),
        (
            'ignore = ["S2I503", "E1"]',
            f"ignore in [tool.s2itasks.check]: there is no rule 'E1' to ignore; choose from S2I101 to {LAST}",
        ),
        ("strict = 1", "strict in [tool.s2itasks.check] is not true or false; write strict = true, or remove it"),
        ("strict = ", "not valid TOML: Invalid value (at line 2, column 10); correct it"),
        (f"a = {'[' * 50_000}", "not valid TOML: "),
        ("x = 1\n[[tool.s2itasks]]", "not valid TOML: "),
        ("s = '\udcff'", "not valid TOML: it is not UTF-8 (invalid start byte); correct it"),
    ],
)
def test_mistakes_in_it(environ: dict[str, str], text: str, message: str) -> None:
    """One message, with file and key."""
    Path("pyproject.toml").write_bytes(os.fsencode(f"[tool.s2itasks.check]\n{text}\n"))
    done = lint(".", environ)
    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(f"pyproject.toml: {message}")


@pytest.mark.usefixtures("source")
def test_something_else_of_its_name(environ: dict[str, str]) -> None:
    """It is not a table."""
    Path("pyproject.toml").write_text("[tool]\ns2itasks = 1\n")
    done = lint(".", environ)
    assert (done.status, done.error) == (2, "pyproject.toml: tool.s2itasks is not a table; write [tool.s2itasks.check]")


@pytest.mark.usefixtures("source")
def test_what_is_not_a_file_of_the_source(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A link that leads out of it is not followed, a FIFO is not waited for; both are warned of."""
    (tmp_path / "pyproject.toml").write_text('[tool.s2itasks.check]\nselect = ["E1"]\n')
    Path("pyproject.toml").symlink_to("../pyproject.toml")
    assert rules(environ, select=["S2I503"]) == ["S2I503"]
    Path("pyproject.toml").unlink()
    os.mkfifo("pyproject.toml")
    assert rules(environ, select=["S2I503"]) == ["S2I503"]
    start = "s2itasks: warning: pyproject.toml: settings of check in it have no effect: it is a"
    outside, fifo = capsys.readouterr().err.splitlines()
    assert outside == f"{start} link that leads out of the source, to {tmp_path}/pyproject.toml"
    assert fifo == f"{start} FIFO"


@pytest.mark.usefixtures("source")
def test_a_python_without_a_reader_of_toml(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says that it does not read the table, where there is one."""
    monkeypatch.setitem(sys.modules, "tomllib", None)  # as if it were not installed
    monkeypatch.setitem(sys.modules, "tomli", None)
    Path("pyproject.toml").write_text('[project]\ndependencies = ["s2itasks"]\n')
    assert rules(environ) == ["S2I201", "S2I503", "S2I504"]
    assert capsys.readouterr().err == ""
    Path("pyproject.toml").write_text('[tool.s2itasks.check]\nselect = ["E1"]\n')
    assert rules(environ) == ["S2I201", "S2I503", "S2I504"]
    assert capsys.readouterr().err == (
        "s2itasks: warning: pyproject.toml: [tool.s2itasks.check] is not read with this Python; "
        "use 3.11 or later, or install tomli\n"
    )
