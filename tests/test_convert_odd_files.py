"""convert: files that are none, are no text or lie elsewhere; and files that a conversion must leave alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import conversions
import pytest
from checked import tools
from conversions import S2I, V2, WARPDRIVE
from test_init import init

from s2itasks.convert import report
from s2itasks.convert.conversion import Conversion, Origin
from s2itasks.convert.entry import Fate

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter2hunter2\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(("origin", "hooks"), [("v2", V2), ("warpdrive", WARPDRIVE), ("powershift", S2I)])
def test_what_is_no_file_of_the_source(tmp_path: Path, origin: str, hooks: str) -> None:
    """It is named, and nothing is made of it."""
    (tmp_path / "elsewhere").write_text("#!/bin/bash\npowershift image run\n")
    source = conversions.write(tmp_path / "source", {f"{hooks}deploy": "#!/bin/bash\ntrue\n", "other/build": ""})
    os.mkfifo(source / hooks / "fifo")
    (source / hooks / "out").symlink_to(tmp_path / "elsewhere")
    (source / hooks / "nothing").symlink_to("nowhere")
    (source / hooks / "directory").symlink_to(source / "other")
    (source / hooks / "inside").symlink_to("deploy")
    made = conversions.converted(source, origin)
    said = {
        name: conversions.left(made, f"{hooks}{name}") for name in ("fifo", "out", "nothing", "directory", "inside")
    }
    assert {name: [why.partition(";")[0] for why in whys] for name, whys in said.items()} == {
        "fifo": ["it is a FIFO"],
        "out": ["it is a link that leads out of the source"],
        "nothing": ["it is a link to nothing"],
        "directory": ["it is a link to a directory: put that in its place, and run this again"],
        "inside": [],
    }


def test_a_directory_of_hooks_that_is_a_link(tmp_path: Path) -> None:
    """Its hooks would be lost, if that was not said."""
    source = conversions.write(tmp_path, {".openshift/x": "", "hooks/deploy 755": "#!/bin/bash\ntrue\n"})
    (source / ".openshift/action_hooks").symlink_to("../hooks")
    assert len(conversions.left(conversions.converted(source, "v2"), ".openshift/action_hooks")) == 1


def test_what_is_linked_stays_a_link(tmp_path: Path) -> None:
    """Of a link within .s2i, the file that it leads to is converted."""
    source = conversions.write(tmp_path, {f"{S2I}deploy": "#!/bin/bash\npowershift image migrate\n"})
    (source / S2I / "setup").symlink_to("deploy")
    assert [*conversions.converted(source, "powershift").files] == [f"{S2I}deploy"]


@pytest.mark.parametrize(
    "content", ["#!/bin/bash\ntrue\n".encode("utf-16"), b"\x7fELF\0\r\n"], ids=["UTF-16", "binary"]
)
def test_hooks_that_are_no_text(tmp_path: Path, content: bytes) -> None:
    """They are named; a job is copied as it is, to the byte."""
    names = ("deploy", "start", "pre_start_python", "helper")
    files = {f"{V2}{name}": content for name in names} | {".openshift/cron/daily/x": content}
    made = conversions.converted(conversions.write(tmp_path, files), "v2")
    assert {path: file.content for path, file in made.files.items()} == {".s2i/jobs/daily/x": content}
    assert ["it is no text" in why for name in names for why in conversions.left(made, f"{V2}{name}")] == [True] * 4
    conversions.write(tmp_path, {f"{WARPDRIVE}deploy": content, ".warpdrive/util_scripts/x": content})
    made = conversions.converted(tmp_path, "warpdrive")
    assert {path: file.content for path, file in made.files.items()} == {".s2i/util_scripts/x": content}
    assert len(conversions.left(made, f"{WARPDRIVE}deploy")) == 1


def test_what_lies_beside_the_categories(tmp_path: Path) -> None:
    """V2 did not run it, and it is named; a category with blanks can be copied from the report."""
    conversions.write(
        tmp_path, {".openshift/cron/x": "#!/bin/bash\ntrue\n", ".openshift/cron/y/z": "#!/bin/bash\ntrue\n"}
    )
    (tmp_path / ".openshift/cron/y").rename(tmp_path / ".openshift/cron/at night")
    made = conversions.converted(tmp_path, "v2")
    assert len(conversions.left(made, ".openshift/cron/x")) == 1
    assert ["s2itasks jobs 'at night' " in why for why in conversions.left(made, ".openshift/cron/at night")] == [True]


def test_python_keeps_its_line_endings(tmp_path: Path) -> None:
    """Nothing changes but the calls."""
    code = b"\xef\xbb\xbfrun('powershift image migrate')\r\nx = 1\r\n"
    made = conversions.converted(conversions.write(tmp_path, {"x.py": code, ".s2i/y.py": b"z = 1\r\n"}), "powershift")
    assert {path: file.content for path, file in made.files.items()} == {
        "x.py": code.replace(b"powershift image", b"s2itasks")
    }


def test_private_keys() -> None:
    """Each line of one is masked, and what is around it is not."""
    made = Conversion(Origin.V2)
    made.say("x", Fate.LEFT, f"why\n{KEY}", 1, f"cat <<END\n{KEY}\nEND")
    texts = [report.markdown(made, None), report.as_json(made, None), *report.summary(made)]
    assert ["hunter2" in text for text in texts] == [False] * 3
    assert "cat <<END" in texts[0]
    lines = ["a", *KEY.split("\n"), "b"]
    assert [*report.without_keys(lines)] == ["a", lines[1], "***", lines[3], "b"]


def test_a_name_with_a_line_break() -> None:
    """It does not begin a line of the report."""
    made = Conversion(Origin.V2)
    made.say("a\n# b", Fate.LEFT, "copied to a\n# b")
    assert "\n# b" not in report.markdown(made, None)


@pytest.mark.slow
def test_where_the_report_goes(tmp_path: Path) -> None:
    """It takes the place of another report, and of nothing else; neither is read as a manifest later."""
    environ = tools(tmp_path / "tools", "bash", "git")
    source = conversions.write(tmp_path / "source", {
        f"{S2I}deploy": "#!/bin/bash\npowershift image migrate\n", "README.md": "mine\n", "app.json": "{}\n",
        "t.json": '["powershift", "image", "run"]\n',
    })  # fmt: skip
    (source / "directory.md").mkdir()
    (source / "link.md").symlink_to("README.md")
    for name in ("README.md", "app.json", "directory.md", "link.md"):
        done = init(source, environ, "--from", "powershift", "--report", name)
        assert (done.status, done.out) == (2, "")
        assert done.error == f"{name} is there already, and is no report; name a file that is not there yet"
    assert (source / "README.md").read_text() == "mine\n"
    words = ("--from", "powershift", "--report", "report.json")
    init(source, environ, *words).succeeded()
    first = json.loads((source / "report.json").read_text())
    assert {entry["path"] for entry in first["entries"]} == {f"{S2I}deploy", "t.json"}
    init(source, environ, *words, "--write-manifests").succeeded()
    second = json.loads((source / "report.json").read_text())
    assert second["written"] == ["t.json"]
    assert not any(each["path"] == "report.json" for each in second["check"])


@pytest.mark.slow
def test_a_key_in_the_diff(tmp_path: Path) -> None:
    """What --dry-run shows has none of it."""
    environ = tools(tmp_path / "tools", "bash", "git")
    hook = f"#!/bin/bash\ncat >key <<END\n{KEY}\nEND\n"
    done = init(conversions.write(tmp_path / "source", {f"{V2}deploy": hook}), environ, "--from", "v2", "--dry-run")
    assert "hunter2" not in done.succeeded().out
    assert "+cat >key <<END\n" in done.out
