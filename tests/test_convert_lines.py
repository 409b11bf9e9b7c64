"""convert: no live line of a hook is ever lost, whatever hook it is, and a second conversion changes nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import conversions
import hypothesis
import pytest
from conversions import S2I, V2, WARPDRIVE
from hypothesis import strategies as st

from s2itasks.convert.conversion import Conversion, Origin
from s2itasks.convert.draft import MARK

EXAMPLES = int(os.environ.get("S2ITASKS_TEST_EXAMPLES", "12"))  # each reads its hook many times
# Statements as real hooks have them, and worse.
UPLOAD = "/tmp/src"  # noqa: S108 - where S2I uploads to
PLACES = ["$OPENSHIFT_REPO_DIR", '"$OPENSHIFT_REPO_DIR"', "${OPENSHIFT_DATA_DIR}", UPLOAD, "/opt/app-root/src",
          "$WARPDRIVE_SRC_ROOT", f"'{UPLOAD}'", "~/app-root/repo", "${OPENSHIFT_HOMEDIR}app-root/runtime/repo",
          "/opt/app-root", "$OPENSHIFT_HAPROXY_DIR", '"${WARPDRIVE_APP_ROOT}"', "\\$OPENSHIFT_REPO_DIR"]  # fmt: skip
COMMANDS = [
    "source {}/python/virtenv/bin/activate", "cd {}", "python {}wsgi/manage.py syncdb --noinput", "ls -R {}",
    "python {}/manage.py migrate", "python {}wsgi/manage.py collectstatic --noinput", "ln -s {}media {}static",
    "mkdir -p {}logs", "python {}.openshift/action_hooks/secure_db.py", "kill $(cat {}pid)", "nohup python {}x.py &",
    "python {}x.py >/dev/null 2>&1 &", "powershift image migrate", "exec powershift image ready", "warpdrive setup",
    "echo 'powershift image' {}", "gear restart", "export A={}", "B=$(ls {} | head -1)",
    "pip install powershift-cli[image]", "wait", "cd -", "unset S2I_SOURCE_PATH", "OPENSHIFT_DATA_DIR={}",
    ". {}/python/virtenv/bin/activate || exit 1", "python {}/manage.py \\\n    syncdb", "kill 1 && python {}x.py",
    "powershift \\\n    image \\\n    run", "warpdrive \\\n    migrate", "return", "ln -s {}x y && ls {}",
    "tee {}log <<<x", ": {}", 'eval "$(warpdrive env)"', "cp {}a \\\n    {}b", 'python -c "\nimport x # {}\n"',
    "cat <<END\n{} powershift image run\nEND", "cat <<'END'\n{}\ncd {}\nkill 1\nEND", "set -e", "exit 0",
]  # fmt: skip
BROKEN = [
    "if true; then",
    "fi",
    "echo 'never closed",
    "((",
    "done",
    "echo \\",
    "case x in",
    "\x0b\x01",
    "\u00e4\u2028x",
]


OTHERS = ("build", "pre_start_python-2.7", "start")


@st.composite
def statements(draw: st.DrawFn, depth: int = 0) -> str:
    """Make up a statement, with others in it sometimes."""
    kind = draw(st.sampled_from(["command"] * 6 + (["if", "for", "function", "case", "list"] if depth < 2 else [])))
    if kind == "command":
        command = draw(st.sampled_from(COMMANDS))
        return command.format(*(draw(st.sampled_from(PLACES)) for _ in range(command.count("{}"))))
    body = "\n".join("    " + draw(statements(depth + 1)) for _ in range(draw(st.integers(1, 2))))
    return {
        "if": f"if [ ! -f {draw(st.sampled_from(PLACES))}db ]; then\n{body}\nelse\n    true\nfi",
        "for": f"for x in 1 2\ndo\n{body}\ndone",
        "function": f"prepare() {{\n{body}\n}}",
        "case": f"case $1 in\n    a)\n{body}\n        ;;\nesac",
        "list": f"true && {draw(st.sampled_from(COMMANDS)).format(*PLACES)}",
    }[kind]


@st.composite
def hooks(draw: st.DrawFn) -> str:
    """Make up a hook: statements, comments, and now and then something that is no shell."""
    line = st.one_of(statements(), statements(), st.sampled_from(["", "# a comment", f"{MARK} x"]))
    lines = [draw(line) for _ in range(draw(st.integers(1, 6)))]
    if draw(st.integers(0, 9)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(BROKEN)))
    shebang = draw(st.sampled_from(["#!/bin/bash", "#!/bin/bash -e", "", "\n#!/bin/sh"]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return "\n".join([shebang, *lines, ""]).replace("\n", end)


def lost(original: str, path: str, made: Conversion) -> list[str]:
    """Return the live lines of a hook that nothing accounts for.

    One is as it was somewhere, or a comment below one of ours, or the report has what has become of it.
    """
    stays = made.origin is Origin.POWERSHIFT and path not in made.files  # .s2i itself is converted, where it is
    texts = [*(conversions.text(made, each) for each in made.files), *([original] if stays else [])]
    lines = [line.strip() for each in texts for line in each.split("\n")]
    whole = [entry for entry in made.entries if entry.path == path and not entry.line and entry.left]
    told = {
        entry.line + offset: entry
        for entry in made.entries
        if entry.path == path and entry.line
        for offset in range(max(1, entry.before.count("\n") + 1))
    }
    missing = []
    for number, line in enumerate(original.replace("\r\n", "\n").split("\n"), start=1):
        text = line.strip()
        if not text or text.startswith("#") or text in lines or number in told:
            continue
        commented = f"# {text}" in lines and any(MARK in each for each in texts)
        if not commented and not whole:
            missing.append(f"{number}: {line}")
    return missing


def convert_and_compare(files: dict[str, str], origin: str, path: str) -> None:
    """Convert twice: nothing is lost, and what was written is as it is to be."""
    root = Path(tempfile.mkdtemp(prefix="s2itasks-test-"))
    try:
        conversions.write(root, files)
        made = conversions.converted(root, origin, environ={"PATH": ""})
        assert lost(files[path], path, made) == []
        for each, file in made.files.items():
            (root / each).parent.mkdir(parents=True, exist_ok=True)
            (root / each).write_bytes(file.content)
            (root / each).chmod(0o755 if file.executable else 0o644)
        again = conversions.converted(root, origin, environ={"PATH": ""})
        assert {
            each: file.content for each, file in again.files.items() if (root / each).read_bytes() != file.content
        } == {}
    finally:
        shutil.rmtree(root)


@pytest.mark.parametrize("name", ["deploy", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(hook=hooks())
def test_hooks_of_v2(name: str, hook: str) -> None:
    """Those that have kept their names, that were sourced, and that have no successor."""
    other = "deploy" if name != "deploy" else "post_deploy"  # that a part is joined to
    convert_and_compare({f"{V2}{other}": "#!/bin/bash\ncd x\n", f"{V2}{name}": hook}, "v2", f"{V2}{name}")


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(hook=hooks())
def test_hooks_of_powershift(hook: str) -> None:
    """They are changed where they are."""
    convert_and_compare({f"{S2I}deploy": hook}, "powershift", f"{S2I}deploy")


@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(hook=hooks())
def test_entry_points_of_powershift(hook: str) -> None:
    """Their calls are replaced; what a script does by itself that s2itasks does, too, is said."""
    convert_and_compare({".s2i/bin/assemble": hook}, "powershift", ".s2i/bin/assemble")


@pytest.mark.parametrize(
    "name", ["setup", *(pytest.param(name, marks=pytest.mark.slow) for name in ("deploy-cfg", "pre-build"))]
)
@hypothesis.settings(max_examples=EXAMPLES, deadline=None)
@hypothesis.given(hook=hooks())
def test_hooks_of_warpdrive(name: str, hook: str) -> None:
    """One that is called by others now, one that begins in another place, and one that may have a marker."""
    files = {f"{WARPDRIVE}{name}": hook, f"{WARPDRIVE}deploy": "#!/bin/bash\nset -e\nwarpdrive setup\n"}
    convert_and_compare(files, "warpdrive", f"{WARPDRIVE}{name}")
