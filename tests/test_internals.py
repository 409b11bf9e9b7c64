"""docs/internals.md and CONTRIBUTING.md say what is so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import forms
import pytest
from application import Application
from changed import Copy

from s2itasks.launcher import packages

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "internals.md").read_text()
_, _, CONTRACT = (ROOT / "pyproject.toml").read_text().partition('"pods do without the code of laptops"')
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
# A file, and the functions and classes of it that are named in parentheses behind it.
FILES = re.compile(r"`((?:[\w.]+/)+[\w.]+\.\w+|\w+\.(?:py|md|toml))`(?:\s\(((?:`[\w.]+`(?:,\s)?)+)\))?")
OF_AN_APPLICATION = ("start.py", ".s2i/tasks.py")
NAMED = sorted(
    {(file, *re.findall(r"[\w.]+", names)) for file, names in FILES.findall(PAGE) if file not in OF_AN_APPLICATION}
)


def changes() -> Iterator[tuple[str, str, str]]:
    """Yield the changes that the page shows: the file, a text in it, and what stands there instead."""
    for block in re.findall(r"^```diff\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        file = ""
        for hunk in re.split(r"^(?=--- |@@$)", block, flags=re.MULTILINE)[1:]:
            head, *lines = hunk.splitlines(keepends=True)
            file = head.strip().removeprefix("--- s2itasks/") if head.startswith("---") else file
            before, after = ("".join(line[1:] for line in lines if line[0] != sign) for sign in "+-")
            yield file, before, after


def test_its_parts_are_the_layers() -> None:
    """In the order that import-linter holds them to."""
    layers = re.search(r"^layers = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.DOTALL | re.MULTILINE)
    assert layers is not None
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == re.findall(r'"(\w+)"', layers[1])


@pytest.mark.parametrize("named", NAMED, ids=" ".join)
def test_what_it_names_is_there(named: tuple[str, ...]) -> None:
    """Each file, and each function and class in it."""
    there = [path for path in (ROOT / "s2itasks" / named[0], ROOT / named[0]) if path.is_file()]
    assert len(there) == 1, f"docs/internals.md names {named[0]}, which is not there, or is in two places"
    file = there[0]
    assert not set(named[1:]) - (set(_defined(ast.parse(file.read_text()))) if named[1:] else set())


def _defined(tree: ast.Module | ast.ClassDef, prefix: str = "") -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield prefix + statement.name
        if isinstance(statement, ast.ClassDef):
            yield from _defined(statement, f"{statement.name}.")
        if isinstance(statement, ast.Assign):
            yield from (prefix + target.id for target in statement.targets if isinstance(target, ast.Name))


def test_it_answers_where_things_are() -> None:
    """Each question with a file."""
    section = PAGE.partition("\n## Where is …?\n")[2].partition("\n## ")[0]
    answers = re.findall(r"^(\d+)\. (.+?)\?(.*?)(?=^\d+\. |\Z)", section, re.DOTALL | re.MULTILINE)
    assert [int(number) for number, _, _ in answers] == list(range(1, 24))
    assert [question for _, question, answer in answers if not FILES.search(answer)] == []


@pytest.mark.parametrize("change", list(changes()), ids=lambda change: change[0])
def test_its_changes_fit(change: tuple[str, str, str]) -> None:
    """What they replace is there, once."""
    file, before, _ = change
    places = (ROOT / "s2itasks" / file).read_text().count(before)
    assert places == 1, (
        f"docs/internals.md shows a change of {file} that does not fit any more; write it for the new text"
    )


@pytest.mark.slow
def test_its_changes_work(application: Application) -> None:
    """All together, in every form: the phase, its program, the option and the rule."""
    application.env_script("deploy_env", "A=deployed")
    application.hook("warm_up", 'echo "warm $A"')
    job = application.write(application.source / ".s2i/jobs/hourly/clean", "")
    copy = Copy(application, *changes())
    assert "warm_up" in copy.compiled()
    for words in (["warm_up"], ["warm-up", "--timeout", "50"]):
        assert list(copy.runs(*words)) == [(0, "warm deployed\n", "")] * 3
    for options, is_login in (([], "off"), (["--login"], "on")):
        for form in forms.FORMS:
            said = copy.run(form, "shell", *options, stdin=b"shopt login_shell; echo $A").succeeded().out
            assert said.split() == ["login_shell", is_login, "deployed"], form
    assert [out.splitlines()[-1] for _, out, _ in copy.runs("--dry", "shell", "--login")] == [
        "---> shell: would become /bin/bash -l"
    ] * 3
    found = copy.run(forms.CONSOLE, "check", str(application.source)).out
    assert f"{job.relative_to(application.source)}:1: warning S2I609: it does nothing each time" in found


def test_contributing_fits_a_screen() -> None:
    """45 lines of 120 characters."""
    lines = CONTRIBUTING.splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 120


def test_contributing_names_what_ci_runs() -> None:
    """Every task of .ci/run, and no task that the project has not."""
    named = set(re.findall(r"\./inv ([a-z]\w+)", CONTRIBUTING))
    run = set(re.findall(r"^\./inv (.*)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    assert {word for word in " ".join(run).split() if not word.startswith("--")} <= named
    tasks = (ROOT / "tasks.py").read_text()
    assert [name for name in named if not re.search(rf'^def {name}\(|@task\(name="{name}"', tasks, re.MULTILINE)] == []


def test_what_images_do_without_is_there() -> None:
    """And what runs in pods imports nothing of it: `./inv lint` has the same list, in pyproject.toml."""
    for pattern in packages.OF_LAPTOPS:
        assert (ROOT / pattern).exists(), pattern
        module = pattern.removesuffix(".py").replace("/", ".")
        assert f'"{module}"' in CONTRACT.partition("[[")[0] or Path(pattern).name == "completion_scripts", pattern
