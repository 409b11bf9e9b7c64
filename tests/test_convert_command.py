"""init --from as a command: its report, its diff, what it finds out by itself, and that twice changes nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import conversions
import pytest
from checked import found, git, tools
from conversions import S2I, V2
from test_init import ONE_FILE, init, tree

from s2itasks.check import fixing
from s2itasks.convert import report
from s2itasks.convert.conversion import Conversion, Origin
from s2itasks.convert.detection import detected
from s2itasks.convert.entry import Fate

ROOT = Path(__file__).parent.parent
SECRET = "hunter2hunter2"  # noqa: S105 - what is masked
HOOK = f"#!/bin/bash\nset -e\ncd ~/app-root/repo\nexport DB_PASSWORD={SECRET}; kill $(cat pid)\n"
POWERSHIFT = "#!/bin/bash\nexec powershift image run\n"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path / "tools", "bash", "git")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a repository of OpenShift V2's."""
    (tmp_path / "source").mkdir()
    return conversions.write(tmp_path / "source", {f"{V2}deploy": HOOK, ".openshift/markers/hot_deploy": ""})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["report.md", "report.json"])
def test_the_report(source: Path, environ: dict[str, str], name: str) -> None:
    """What was done, what is left, what check finds in the result and what can go; no secrets."""
    git(source, environ, "init", "-q")
    done = init(source, environ, "--from", "v2", "--report", name).succeeded()
    text = (source / name).read_text()
    assert SECRET not in text + done.out
    assert re.search(rf"^{name}: what was done, and what is left to you \(\d+\)$", done.out, re.MULTILINE)
    if name.endswith(".md"):
        sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert sections == ["Left to you", "What was done", "What can be deleted"]
        assert "`.openshift/action_hooks/deploy:4`" in text
        assert "`.openshift`" in text.rpartition("## What can be deleted")[2]
        return
    told = json.loads(text)
    assert (told["from"], told["deletable"]) == ("v2", [".openshift"])
    assert told["left"] == len([each for each in told["entries"] if each["left"]])
    assert [f"{each['rule']} {each['path']}:{each['line']}" for each in told["check"]] == found(source, environ)
    assert f"{S2I}deploy" in told["written"]


@pytest.mark.slow
def test_a_dry_run(source: Path, environ: dict[str, str]) -> None:
    """The diff without secrets, and nothing is changed."""
    before = tree(source)
    done = init(source, environ, "--from=v2", "--dry-run").succeeded()
    assert tree(source) == before
    assert f"{S2I}deploy: would be written\n" in done.out
    assert "+# s2itasks: nothing is to be killed" in done.out
    assert SECRET not in done.out
    assert "Left to you:\n" in done.out


@pytest.mark.slow
def test_what_git_does_not_have(tmp_path: Path, environ: dict[str, str]) -> None:
    """It is counted before it is changed; what is committed can be had back."""
    hooks = {f"{S2I}{name}": f"#!/bin/bash\npowershift image {name}\n" for name in ("setup", "migrate", "ready")}
    conversions.write(tmp_path, hooks)
    git(tmp_path, environ, "init", "-q")
    git(tmp_path, environ, "add", ".")
    git(tmp_path, environ, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    conversions.write(tmp_path, {f"{S2I}ready": "#!/bin/bash\npowershift image ready # mine\n"})
    assert "warning" not in init(tmp_path, environ, "--from", "powershift", "--dry-run").succeeded().err
    done = init(tmp_path, environ, "--from", "powershift").succeeded()
    assert done.err.startswith("s2itasks: warning: 1 file is changed here as no commit has it")
    assert "warning" not in init(tmp_path, environ, "--from", "powershift").succeeded().err
    shutil.rmtree(tmp_path / ".git")
    conversions.write(tmp_path, hooks)
    assert "3 files are changed here" in init(tmp_path, environ, "--from", "powershift").succeeded().err


@pytest.mark.slow
def test_a_change_behind_a_secret(tmp_path: Path, environ: dict[str, str]) -> None:
    """The diff shows it: the secret ends where its value does."""
    hook = f"#!/bin/bash\nADMIN_PASSWORD={SECRET} powershift image setup\n"
    hook += f"X_TOKEN={SECRET}\\ {SECRET} powershift image env\n"
    conversions.write(tmp_path, {f"{S2I}deploy": hook})
    done = init(tmp_path, environ, "--from", "powershift", "--dry-run").succeeded()
    assert "\n-ADMIN_PASSWORD=*** powershift image setup\n" in done.out
    assert "\n+ADMIN_PASSWORD=*** s2itasks setup\n" in done.out
    assert SECRET not in done.out


@pytest.mark.slow
@pytest.mark.parametrize("example", ["examples/v2-django", "examples/warpdrive", "tests/conversion/powershift"])
def test_twice(example: str, tmp_path: Path, environ: dict[str, str]) -> None:
    """A second conversion changes nothing, and neither does a dry run say that it would."""
    origin = {"examples/v2-django": "v2", "examples/warpdrive": "warpdrive"}.get(example, "powershift")
    source = tmp_path / "source"
    shutil.copytree(ROOT / example, source, ignore=shutil.ignore_patterns("__pycache__"))
    git(source, environ, "init", "-q")
    git(source, environ, "add", ".")
    init(source, environ, "--from", origin).succeeded()
    before, index = tree(source), git(source, environ, "ls-files", "--stage")
    done = init(source, environ, "--from", origin).succeeded()
    assert (tree(source), git(source, environ, "ls-files", "--stage")) == (before, index)
    assert "written\n" not in done.out
    assert "converted\n" not in done.out
    dry = init(source, environ, "--from", origin, "--dry-run").succeeded()
    assert "\n+++ " not in dry.out


@pytest.mark.slow
def test_what_is_there(source: Path, environ: dict[str, str]) -> None:
    """A hook of s2itasks stays, unless --force is given."""
    conversions.write(source, {f"{S2I}deploy": "#!/bin/bash\nset -e\nmine\n"})
    done = init(source, environ, "--from", "v2").succeeded()
    assert f"{S2I}deploy: left as it is; --force replaces all of it\n" in done.out
    assert f"    {S2I}deploy: it was there, and stays: see what of the conversion is missing in it" in done.out
    shown = init(source, environ, "--from", "v2", "--dry-run", "--force").succeeded()
    assert "\n-mine\n" in shown.out
    assert "it was there, and stays" not in shown.out
    init(source, environ, "--from", "v2", "--force").succeeded()
    assert "mine" not in (source / S2I / "deploy").read_text()


@pytest.mark.slow
def test_an_entry_point_with_lines_of_its_own(tmp_path: Path, environ: dict[str, str]) -> None:
    """Once it is converted, nobody is told how to lose them."""
    path = ".s2i/bin/assemble"
    lines = "#!/bin/bash\nulimit -n 100\n"
    conversions.write(tmp_path, {path: f"{lines}exec powershift image assemble\n"})
    init(tmp_path, environ, "--from", "powershift", "--install", "pip").succeeded()
    done = init(tmp_path, environ, "--from", "powershift", "--install", "pip").succeeded()
    assert f"{path}: left as it is: it calls s2itasks in a way of its own\n" in done.out
    assert (tmp_path / path).read_text() == f"{lines}exec s2itasks assemble\n"


@pytest.mark.parametrize(
    ("files", "origin"),
    [
        ({f"{V2}deploy": HOOK}, Origin.V2),
        ({".openshift/cron/daily/x": HOOK}, Origin.V2),
        ({f"{V2}deploy": HOOK, f"{S2I}deploy": HOOK}, None),
        ({".warpdrive/deploy_mode": "auto"}, Origin.WARPDRIVE),
        ({".s2i/bin/run": POWERSHIFT}, Origin.POWERSHIFT),
        ({f"{S2I}deploy": "#!/bin/bash\npowershift image migrate\n"}, Origin.POWERSHIFT),
        ({".s2i/bin/assemble": "#!/bin/bash\n$PWD/.s2i/action_hooks/build\n"}, Origin.POWERSHIFT),
        ({".s2i/bin/run": "#!/bin/bash\nexec s2itasks run\n"}, None),
        ({f"{S2I}deploy": "#!/bin/bash\n# powershift image migrate\n"}, None),
        ({"README": "powershift image"}, None),
    ],
)
def test_detection(tmp_path: Path, files: dict[str, str], origin: Origin | None) -> None:
    """By what runs; what is converted already is nothing to convert."""
    assert detected(conversions.write(tmp_path, files)) is origin


@pytest.mark.slow
def test_without_from(source: Path, environ: dict[str, str]) -> None:
    """It does what it always did, and names the command; with a report it finds out what to convert."""
    done = init(source, environ, "--install=pip").succeeded()
    assert done.out.splitlines()[-1] == "There are hooks for OpenShift V2 here: init --from v2 converts them."
    assert not (source / S2I).exists()
    init(source, environ, "--install=pip", "--report", "x.md").succeeded()
    assert (source / S2I / "deploy").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "powershft"], "init has no --from 'powershft'; did you mean 'powershift'?"),
        (["--from", "warpdrive"], "there is no .warpdrive in .; give the directory of the repository that has it"),
        (
            ["--from", "v2", "--report", "x.txt"],
            "a report is Markdown or JSON, and x.txt says neither; name a file that",
        ),
        (
            ["--from", "v2", "--report", "none/x.md"],
            "nothing can be written into none; name a file in another directory",
        ),
        (["--from", "v2", "--upgrade"], f"--upgrade replaces {ONE_FILE} and nothing else; leave out the other options"),
        (["--from", "v2", "--install", "x"], "init has no --install 'x'; choose one of: pyz, pip, wheel"),
    ],
)
def test_mistakes(source: Path, environ: dict[str, str], words: list[str], said: str) -> None:
    """Each is a line, and nothing is written."""
    before = tree(source)
    done = init(source, environ, *words)
    assert (done.status, done.out) == (2, "")
    assert done.error.startswith(said)
    assert tree(source) == before


def test_nothing_of_a_line_means_anything_to_markdown() -> None:
    """Nor to a terminal: control characters are spelled out, and secrets masked."""
    made = Conversion(Origin.V2)
    made.say("a`b", Fate.LEFT, "*x* <b>", 3, "```\n\x1b[31m", "")
    text = report.markdown(made, None)
    assert "\\*x\\* \\<b>" in text
    assert "`` a`b:3 ``" in text
    assert "````diff\n  - ```\n  - \\x1b[31m\n  ````" in text
    made.say("x", Fate.CHANGED, "y", 1, f"export DB_PASSWORD={SECRET}")
    assert SECRET not in report.markdown(made, None) + report.as_json(made, None)
    assert json.loads(report.as_json(made, None))["check"] is None


def test_sentences_are_whole() -> None:
    """What somebody has to do may take several; of a line of a file, its beginning will do."""
    made = Conversion(Origin.WARPDRIVE)
    why = "do this and that; " * 40 + "and that is the end"
    made.say("x", Fate.LEFT, why, 1, "y" * 4000)
    for text in (report.markdown(made, None), report.as_json(made, None)):
        assert why in text
        assert "y" * 300 in text
        assert "y" * 301 not in text


def test_a_report_says_nothing_twice() -> None:
    """Neither what is left, nor for each line what is left of many, nor for each file what became of many."""
    made = Conversion(Origin.V2)
    for name in ("a", "b"):
        made.say(f"{name}/.gitignore", Fate.DROPPED, "nothing reads it")
    for line in (3, 5):
        made.say("deploy", Fate.LEFT, "see to it", line, f"x {line}")
    made.say("deploy", Fate.COMMENTED, "not needed", 7, "y", "# y")
    made.say("deploy", Fate.CHANGED, "it has a new name", 9, "old", "new")
    text = report.markdown(made, None)
    assert "- `a/.gitignore`, `b/.gitignore`: dropped: nothing reads it\n" in text
    assert "- `deploy:3, 5`: see to it\n  ```diff\n  - x 3\n  - x 5\n  ```\n" in text
    assert "- `deploy:7`: kept as a comment: not needed\n" in text
    assert [text.count(why) for why in ("nothing reads it", "see to it", "not needed", "it has a new name")] == [1] * 4
    assert re.findall(r"^### (.*)$", text, re.MULTILINE) == ["`deploy`", "Whole files"]


MAY_GO_ON = [
    *("(a b c)", 'a"b c" d', "$'a b' c", '"a', r"a\ b c"),
    *("$(x a b) c", "`x a b` c", "a'b c'd e", "a b", "${A- b} c"),
]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("PASSWORD=a powershift image setup", "PASSWORD=*** powershift image setup"),
        ("  DB_PASS='a b' /opt/app-root/bin/s2itasks setup", "  DB_PASS='***' /opt/app-root/bin/s2itasks setup"),
        ('TOKEN="a b" s2itasks setup # x', 'TOKEN="***" s2itasks setup # x'),
        ("A=1 PASSWORD=a warpdrive setup", "A=1 PASSWORD=*** warpdrive setup"),
        ("PASSWORD=a s2itasks x; TOKEN=(b c)", "PASSWORD=*** s2itasks x; TOKEN=***"),
        *((f"PASSWORD={value}", 'PASSWORD="***' if value == '"a' else "PASSWORD=***") for value in MAY_GO_ON),
        *((f"PASSWORD={value} s2itasks setup", "PASSWORD=***") for value in MAY_GO_ON if value != '"a'),
    ],
)
def test_what_is_shown_behind_a_secret(line: str, shown: str) -> None:
    """The call that is converted, where the value certainly ends before it; else nothing."""
    assert fixing.shown_in_script(line) == shown
