"""convert: what looks like something that can be converted, and would mean something else then."""

from __future__ import annotations

from pathlib import Path

import conversions
import pytest
from conversions import S2I, V2

MANAGE = "python manage.py"
ACTIVATE = "$OPENSHIFT_HOMEDIR/python/virtenv/bin/activate"
# A line of V2's deploy hook, and what it becomes, without comments.
DEPLOY = [
    (f"run() {{ $*; }}\nrun {MANAGE} migrate", f"run() {{ $*; }}\nrun {MANAGE} migrate"),
    (f"python() {{ :; }}\n{MANAGE} migrate", f"python() {{ :; }}\n{MANAGE} migrate"),
    (f"alias python=python3\n{MANAGE} migrate", f"alias python=python3\n{MANAGE} migrate"),
    (f"S2I_X=1\n{MANAGE} migrate $S2I_X", f"S2I_X=1\n{MANAGE} migrate $S2I_X"),
    (f"{MANAGE} migrate --list", f"{MANAGE} migrate --list"),
    (f"echo now {MANAGE} migrate", f"echo now {MANAGE} migrate"),
    (f"{MANAGE} \\\n    syncdb", "s2itasks migrate"),
    (f". {ACTIVATE} && {MANAGE} x", f": && {MANAGE} x"),
    (f'source "{ACTIVATE}" || exit 1', ": || exit 1"),
    (f"f() {{ . {ACTIVATE}; }}", "f() { :; }"),
    (". ./x\ncd $OPENSHIFT_REPO_DIR", ". ./x\ncd $OPENSHIFT_REPO_DIR"),
    ("builtin cd /\ncd $OPENSHIFT_REPO_DIR", "builtin cd /\ncd $OPENSHIFT_REPO_DIR"),
    ("cd $OPENSHIFT_REPO_DIR\ncd wsgi\ncd -", "cd $OPENSHIFT_REPO_DIR\ncd wsgi\ncd -"),
    ("npm ci & pip list &\nwait", "npm ci & pip list &\nwait"),
    (f"kill 1 && {MANAGE} x", f"kill 1 && {MANAGE} x"),
    (f"{MANAGE} x || kill 1", f"{MANAGE} x || kill 1"),
    ("[ -f pid ] && kill $(cat pid)", ""),
    ("yes | python secure_db.py", ""),
    ("cd x && python y &", ""),
    ("rsync h:app-root/data/x h:~/app-root/repo", "rsync h:app-root/data/x h:~/app-root/repo"),
    ("PATH=$PATH:~/app-root/repo", "PATH=$PATH:$S2I_SOURCE_PATH"),
    ("OPENSHIFT_DATA_DIR=/x\nls ~/app-root/data/y", "OPENSHIFT_DATA_DIR=/x\nls ~/app-root/data/y"),
    ("unset OPENSHIFT_DATA_DIR\nls ~/app-root/data/y", "unset OPENSHIFT_DATA_DIR\nls ~/app-root/data/y"),
    (
        "python - <<'E'\nenviron['OPENSHIFT_DATA_DIR']\nE\nls ~/app-root/data/y",
        "python - <<'E'\nenviron['OPENSHIFT_DATA_DIR']\nE\nls ${OPENSHIFT_DATA_DIR}y",
    ),
    ("x=$(cd y; pwd)\ncd $OPENSHIFT_REPO_DIR", "x=$(cd y; pwd)"),
    (f"(\ncd y\n{MANAGE} migrate\n)", f"(\ncd y\n{MANAGE} migrate\n)"),
    (": ${S2I_SOURCE_PATH:=/x}\nls ~/app-root/repo", ": ${S2I_SOURCE_PATH:=/x}\nls ~/app-root/repo"),
]  # fmt: skip


def code(text: str) -> str:
    """Return the lines of a hook that are more than comments."""
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


@pytest.mark.many_cases
@pytest.mark.parametrize(("body", "becomes"), DEPLOY, ids=[body for body, _ in DEPLOY])
def test_deploy(tmp_path: Path, body: str, becomes: str) -> None:
    """Nothing is done that depends on what a function, an alias or another directory makes of it."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}deploy": f"#!/bin/bash\n{body}\n"}), "v2")
    assert code(conversions.text(made, f"{S2I}deploy")) == becomes


@pytest.mark.parametrize(
    ("line", "added"),
    [
        (f"{MANAGE} migrate --list", None),
        (f"if {MANAGE} migrate --check; then true; fi", None),
        (f"echo {MANAGE} collectstatic", None),
        (f"{MANAGE} collectstatic --dry-run", None),
        (f"run {MANAGE} migrate", ["DISABLE_MIGRATE=1"]),
    ],
)
def test_what_the_builder_is_told(tmp_path: Path, line: str, added: list[str] | None) -> None:
    """What changes nothing keeps it from nothing."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}deploy": f"#!/bin/bash\n{line}\n"}), "v2")
    assert made.added.get(".s2i/environment") == added


@pytest.mark.parametrize(
    "body",
    [
        "cd wsgi\nln -s ${OPENSHIFT_DATA_DIR}x static",
        "OPENSHIFT_DATA_DIR=/x/\nln -s ${OPENSHIFT_DATA_DIR}x static",
        "ln -s ${OPENSHIFT_DATA_DIR}x static && ls",
        "f() {\n    ln -s ${OPENSHIFT_DATA_DIR}x static\n}\nf",
    ],
)
def test_links_that_cannot_move(tmp_path: Path, body: str) -> None:
    """They stay in build, where they are relative to another directory or have another name."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}build": f"#!/bin/bash\n{body}\n"}), "v2")
    assert code(conversions.text(made, f"{S2I}build")).endswith(body)
    assert f"{S2I}deploy" not in made.files
    assert ["move it to deploy" in why for why in conversions.left(made, f"{V2}build")] == [True]


@pytest.mark.parametrize(
    ("deploy", "part", "becomes"),
    [
        ("echo a", "echo b", "echo a\necho b"),
        ("cd wsgi", "cd $OPENSHIFT_REPO_DIR\nls", 'cd wsgi\n(\ncd "$S2I_SOURCE_PATH"\nls\n)'),
        ("echo a", "cd wsgi", "echo a\n(\ncd wsgi\n)"),
        ("exit 0", "cd wsgi", "(\ncd wsgi\n)\nexit 0"),
        ("OPENSHIFT_TMP_DIR=/x", "ls $OPENSHIFT_TMP_DIR", "(\nls $OPENSHIFT_TMP_DIR\n)\nOPENSHIFT_TMP_DIR=/x"),
        ("echo a", "exit 1", "echo a\n(\nexit 1\n)"),
        ("echo a", "echo 'never closed", "echo a"),
        ("echo 'never closed", "echo a", "echo a\necho 'never closed"),
    ],
)  # fmt: skip
def test_what_is_joined(tmp_path: Path, deploy: str, part: str, becomes: str) -> None:
    """V2 ran a hook and what it sourced in two processes; neither changes where or how the other runs."""
    files = {f"{V2}deploy": f"#!/bin/bash\n{deploy}\n", f"{V2}pre_start_python-2.7": f"{part}\n"}
    made = conversions.converted(conversions.write(tmp_path, files), "v2")
    assert code(conversions.text(made, f"{S2I}deploy")) == becomes
    left = conversions.left(made, f"{V2}pre_start_python-2.7")
    assert any("cannot be read as shell" in why for why in left) == ("never" in part)


def test_a_return_in_what_was_sourced(tmp_path: Path) -> None:
    """Nothing can be said for it in a script."""
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}post_start_x": "[ -f x ] || return\nls\n"}), "v2")
    assert any("put what follows into an if" in why for why in conversions.left(made, f"{V2}post_start_x"))


def test_notes_stand_at_their_lines(tmp_path: Path) -> None:
    """Also the second one, when the first has moved all lines below it."""
    body = "#!/bin/bash\nif kill 1; then\n    true\nfi\nif nohup x; then\n    true\nfi\nls a; gear stop\n"
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}deploy": body}), "v2")
    lines = conversions.text(made, f"{S2I}deploy").split("\n")
    below = [line for above, line in zip(lines, lines[1:]) if "# s2itasks:" in above]
    assert below == ["if kill 1; then", "if nohup x; then", "ls a; gear stop"]
    build = f"#!/bin/bash\n{MANAGE} migrate a; true\nls\n{MANAGE} migrate b; true\n"
    made = conversions.converted(conversions.write(tmp_path, {f"{V2}build": build}), "v2")
    assert [entry.line for entry in made.entries if entry.path == f"{V2}build" and entry.left] == [2, 4]


def test_a_helper(tmp_path: Path) -> None:
    """It may be called from any directory, needs variables, too, and is a script also without a shebang."""
    helper = "cd $OPENSHIFT_REPO_DIR\nls .openshift/action_hooks/x $OPENSHIFT_TMP_DIR\n"
    made = conversions.converted(
        conversions.write(
            tmp_path,
            {f"{V2}a.sh": helper, f"{V2}b": f"#!/bin/bash\n{helper}", f"{V2}c.csv 644": "a\r\n", f"{V2}d.jar": b"\0"},
        ),
        "v2",
    )
    changed = helper.replace(".openshift", ".s2i")
    assert conversions.text(made, f"{S2I}a.sh") == changed
    assert conversions.text(made, f"{S2I}b") == f"#!/bin/bash\n{changed}"
    assert conversions.text(made, f"{S2I}c.csv") == "a\r\n"
    assert conversions.left(made, f"{V2}d.jar") == ["it is no text; copy it by hand, if a hook needs it"]
    env = conversions.text(made, f"{S2I}deploy_env")
    assert "OPENSHIFT_TMP_DIR=" in env
    assert "OPENSHIFT_REPO_DIR=" in env


# A line of a hook for powershift-image, and what it becomes.
POWERSHIFT = [
    ("powershift \\\n    image \\\n    migrate", "s2itasks \\\n    migrate"),
    ("powershift image \\\n    migrate x", "s2itasks \\\n    migrate x"),
    ("powershift image {{ .Values.x }}", "s2itasks {{ .Values.x }}"),
    ("S2I_SOURCE_PATH=/x\nls /opt/app-root/src", "S2I_SOURCE_PATH=/x\nls /opt/app-root/src"),
    ("ls ${S2I_UPLOAD_PATH:=/x} /tmp/src", "ls ${S2I_UPLOAD_PATH:=/x} /tmp/src"),
]


@pytest.mark.parametrize(("body", "becomes"), POWERSHIFT)
def test_powershift(tmp_path: Path, body: str, becomes: str) -> None:
    """Also a call of several lines; no path of which a script has its own idea."""
    made = conversions.converted(conversions.write(tmp_path, {f"{S2I}deploy": f"#!/bin/bash\n{body}\n"}), "powershift")
    text = conversions.text(made, f"{S2I}deploy") or (tmp_path / S2I / "deploy").read_text()
    assert code(text) == becomes
    assert conversions.left(made, f"{S2I}deploy") == []


def test_other_scripts_of_s2i(tmp_path: Path) -> None:
    """S2I itself runs them: there are no variables of s2itasks."""
    files = {".s2i/bin/save-artifacts": "#!/bin/bash\ntar cf - -C /opt/app-root/src x\n"}
    assert conversions.converted(conversions.write(tmp_path, files), "powershift").files == {}


def test_what_stands_beside_a_template(tmp_path: Path) -> None:
    """In a line of the bash that was handed round: it is kept as a comment."""
    lines = [
        "if [ -x .s2i/action_hooks/build ]; then rm -r x; fi", "echo $(rm x)", "echo x > y", "fix-permissions /x; make",
        "mv /tmp/src/.s2i /opt && make", "S2I_MARKERS_X=1; make", ". .s2i/action_hooks/build_env; make",
    ]  # fmt: skip
    known = ["if [ -x .s2i/action_hooks/build ]; then", "echo x", "fix-permissions /x", ".s2i/action_hooks/build"]
    script = "\n".join(["#!/bin/bash", *known, *lines, "exec /usr/libexec/s2i/assemble", ""])
    made = conversions.converted(conversions.write(tmp_path, {".s2i/bin/assemble": script}), "powershift")
    comments = [line for line in conversions.text(made, ".s2i/bin/assemble").splitlines()[2:] if line[0] == "#"]
    assert comments == [f"# {line}" for line in lines]


def test_an_installation_in_a_list(tmp_path: Path) -> None:
    """It stays, and is named."""
    script = "#!/bin/bash\npip install powershift-cli[image] && echo ok\npowershift image assemble\n"
    made = conversions.converted(conversions.write(tmp_path, {".s2i/bin/assemble": script}), "powershift")
    assert ["is not needed any more" in why for why in conversions.left(made, ".s2i/bin/assemble")] == [True]
