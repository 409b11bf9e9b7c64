"""init --from v2: the environment that hooks had, and that they gave to others."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest
from conversions import S2I, V2

from s2itasks.convert.conversion import Conversion


def converted(root: Path, **hooks: str) -> Conversion:
    """Convert a repository with some hooks, in the names of which ``_27`` stands for a cartridge's version."""
    files = {f"{V2}{name.replace('_27', '-2.7')}": f"#!/bin/bash\n{body}\n" for name, body in hooks.items()}
    return conversions.converted(conversions.write(root, files), "v2")


def code(made: Conversion, name: str) -> list[str]:
    """Return the lines of a hook or an env script that are more than comments."""
    lines = conversions.text(made, f"{S2I}{name}").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_what_is_sourced_before_a_start(tmp_path: Path) -> None:
    """The application gets it; what was all that there was leaves no hook behind."""
    body = "export SHOP_MODE=production; export TZ=Europe/Berlin\nA=1\nexport B=$A:$PATH\nulimit -n 512"
    made = converted(tmp_path, pre_start_python_27=body)
    expected = ["export SHOP_MODE=production; export TZ=Europe/Berlin", "A=1", "export B=$A:$PATH"]
    assert code(made, "deploy_env") == [*expected, "ulimit -n 512 || true"]
    assert sorted(made.files) == [f"{S2I}deploy_env"]
    assert conversions.left(made, f"{V2}pre_start_python-2.7") == []


def test_what_it_reads(tmp_path: Path) -> None:
    """The env script sets it first."""
    made = converted(tmp_path, pre_start_python_27="export MEDIA=${OPENSHIFT_DATA_DIR}media")
    assert code(made, "deploy_env") == [
        "OPENSHIFT_DATA_DIR=${OPENSHIFT_DATA_DIR:-$S2I_APPLICATION_PATH/data/}",
        "export MEDIA=${OPENSHIFT_DATA_DIR}media",
    ]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("if [ -f x ]; then\n    export A=1\nfi", 1),
        ("export A=$(cat x)", 1),
        ("read A <x\nexport B=$A", 1),
        ("[ -f x ] || exit 1\nexport A=1", 1),
        ("export OPENSHIFT_TMP_DIR=/x", 1),
        ("export A=$PWD", 1),
        (". ./x", 1),
        ("export() { :; }\nexport A=1", 1),
        ("echo x; true", 0),
        ("A=1", 0),
    ],
)
def test_what_may_be_something_else_there(tmp_path: Path, body: str, left: int) -> None:
    """It stays in the hook, and is named."""
    made = converted(tmp_path, pre_start_python_27=body)
    said = conversions.left(made, f"{V2}pre_start_python-2.7")
    assert sum("put it into deploy_env" in why for why in said) == left
    assert body == "A=1" or "export A=1" not in code(made, "deploy_env")
    assert body == "A=1" or code(made, "deploy")[-1] == body.rsplit("\n", maxsplit=1)[-1]


def test_what_is_sourced_before_a_build(tmp_path: Path) -> None:
    """It stays as well: what build_env sets, pre_build has not."""
    made = converted(tmp_path, pre_build_python_27="export A=1\nls $A")
    assert code(made, "build_env") == ["export A=1"]
    assert code(made, "pre_build") == ["export A=1", "ls $A"]


def test_before_the_build(tmp_path: Path) -> None:
    """The repository is in the upload, but for .s2i, and build_env has not been evaluated."""
    body = """sed -i s/a/b/ $OPENSHIFT_REPO_DIR/requirements.txt
cd ~/app-root/repo
cd $OPENSHIFT_REPO_DIR
ls "$OPENSHIFT_TMP_DIR"x
bash "$OPENSHIFT_REPO_DIR".openshift/action_hooks/a
bash .openshift/action_hooks/b"""
    made = converted(tmp_path, pre_build=body)
    assert code(made, "pre_build") == [
        "export OPENSHIFT_REPO_DIR=$S2I_UPLOAD_PATH/",
        "export OPENSHIFT_TMP_DIR=${TMPDIR:-/tmp}/",
        "sed -i s/a/b/ $OPENSHIFT_REPO_DIR/requirements.txt",
        "cd $S2I_UPLOAD_PATH",
        "cd $OPENSHIFT_REPO_DIR",
        'ls "$OPENSHIFT_TMP_DIR"x',
        'bash "$S2I_SOURCE_PATH"/.s2i/action_hooks/a',
        "bash .openshift/action_hooks/b",
    ]
    (why,) = conversions.left(made, f"{V2}pre_build")
    assert "$S2I_SOURCE_PATH/.s2i" in why


def test_what_is_said_of_variables(tmp_path: Path) -> None:
    """Whether something reads them, or only sets them; nothing of those that a template gives."""
    template = "env:\n- name: OPENSHIFT_POSTGRESQL_DB_URL\n  value: x\n"
    conversions.write(tmp_path, {
        "deploy.yaml": template, "a.py": "os.environ['OPENSHIFT_POSTGRESQL_DB_URL']\n",
        "b.py": "os.environ['OPENSHIFT_GEAR_NAME'] = 'x'\n",
    })  # fmt: skip
    made = converted(
        tmp_path,
        pre_build_python_27="export OPENSHIFT_PYTHON_REQUIREMENTS_PATH=x",
        deploy="# $OPENSHIFT_NAMESPACE\necho $OPENSHIFT_APP_NAME",
    )
    said = {why.partition(":")[0] for why in conversions.left(made, "")}
    assert said == {
        "OPENSHIFT_APP_NAME, which something reads",
        "OPENSHIFT_GEAR_NAME, which something here sets",
        "OPENSHIFT_PYTHON_REQUIREMENTS_PATH, which something here sets",
    }
    assert conversions.left(made, f"{V2}pre_build_python-2.7") == []
