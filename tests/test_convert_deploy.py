"""init --from v2: what V2 ran once for each push, what is written anew, and that the report has it."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest
from conversions import S2I, V2

from s2itasks.convert.entry import Fate

MANAGE = "python manage.py"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"pip install x\n{MANAGE} loaddata a", ["pip install (line 2), loaddata (line 3)"]),
        (f"{MANAGE} make_admin", ["make_admin (line 2)"]),
        (f". ~/python/virtenv/bin/activate && {MANAGE} make_admin", ["make_admin (line 2)"]),
        (f"[ -f x ] || {MANAGE} make_admin", []),
        (f"if [ ! -f x ]; then\n    {MANAGE} createsuperuser\nfi", []),
        (f"{MANAGE} migrate\n{MANAGE} collectstatic\necho pip install", []),
    ],
)
def test_what_ran_once(tmp_path: Path, body: str, said: list[str]) -> None:
    """One item has all of it; what is guarded needs none."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}deploy": f"#!/bin/bash\n{body}\n"}), "v2")
    found = [why for why in conversions.left(made, f"{V2}deploy") if "whenever a container starts" in why]
    assert [why.partition("starts: ")[2].partition(";")[0] for why in found] == said


def test_what_ran_at_each_start(tmp_path: Path) -> None:
    """It still does."""
    files = {f"{V2}pre_start_python": f"{MANAGE} make_admin\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "v2")
    assert conversions.text(made, f"{S2I}deploy").endswith(f"\n{MANAGE} make_admin\n")
    assert conversions.left(made, f"{V2}pre_start_python") == []


@pytest.mark.parametrize("part", [f"{MANAGE} migrate", f"cd x && {MANAGE} migrate"])
def test_migrate_all_or_none(tmp_path: Path, part: str) -> None:
    """There is no hook beside a command that stays."""
    files = {f"{V2}deploy": f"#!/bin/bash\necho x\n{MANAGE} migrate\n", f"{V2}pre_start_x": f"true\n{part}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "v2")
    called = "s2itasks migrate" in conversions.text(made, f"{S2I}deploy")
    assert called == (f"{S2I}migrate" in made.files)
    assert not (called and MANAGE in conversions.text(made, f"{S2I}deploy"))


@pytest.mark.parametrize("command", ["collectstatic", "migrate"])
def test_after_the_start(tmp_path: Path, command: str) -> None:
    """Nothing calls post_deploy, and the builder is told to leave it."""
    files = {f"{V2}post_deploy": f"#!/bin/bash\n{MANAGE} {command}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "v2")
    assert any("move it to" in why for why in conversions.left(made, f"{V2}post_deploy"))


def test_what_is_new(tmp_path: Path) -> None:
    """The report names each file that is written, and what stands in it that was in no hook."""
    deploy = f"#!/bin/bash\nls $OPENSHIFT_DATA_DIR\n{MANAGE} migrate\n"
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}deploy": deploy}), "v2")
    written = {each.path for each in made.entries if each.fate is Fate.WRITTEN and each.path.startswith(".s2i")}
    assert written == {f"{S2I}{name}" for name in ("build", "build_env", "deploy_env", "migrate")}
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}build": "#!/bin/bash\nmake\n"}), "v2")
    assert any("mkdir -p" in each.after for each in made.entries if each.path == f"{V2}build")
