"""check --diff: what --fix would change, as git shows it, and nothing is changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS
from checked import BASH, git, lint, tools, write

HOOKS = ".s2i/action_hooks"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path / "tools", "bash", "git")


def contents(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return the bytes and the mode of each file of a source."""
    return {str(path): (path.read_bytes(), path.stat().st_mode) for path in root.rglob("*") if path.is_file()}


def test_text(tmp_path: Path, environ: dict[str, str]) -> None:
    """A unified diff on stdout, secrets masked, what cannot be seen spelled out; the status says that there is one."""
    environment = "A=1\nexport B=2\nURL=postgres://me:hunter2@db/app\nAPI_TOKEN='abc'\nC=https://x/?a=b # c"
    files = {".s2i/environment": environment, f"{HOOKS}/build": "\ufeff#!/bin/bash\nmake\n\tPASSWORD=x\tmake\n"}
    source = write(tmp_path / "source", files)
    before = contents(source)
    done = lint(source, environ, diff=True)
    assert done.out.splitlines() == [
        f"diff --git a/{HOOKS}/build b/{HOOKS}/build",
        f"--- a/{HOOKS}/build",
        f"+++ b/{HOOKS}/build",
        "@@ -1,3 +1,3 @@",
        "-\\ufeff#!/bin/bash",
        "+#!/bin/bash",
        " make",
        " \tPASSWORD=***",
        "diff --git a/.s2i/environment b/.s2i/environment",
        "--- a/.s2i/environment",
        "+++ b/.s2i/environment",
        "@@ -1,5 +1,6 @@",
        " A=1",
        "-export B=2",
        "+B=2",
        " URL=postgres://me:***@db/app",
        "-API_TOKEN='***'",
        "-C=https://x/?a=b # c",
        "\\ No newline at end of file",
        "+API_TOKEN=***",
        "+# c",
        "+C=https://x/?a=b",
        "\\ No newline at end of file",
    ]
    assert (done.status, done.error) == (
        1,
        f"--fix would change 2 files in {source}; run check --fix to have that done",
    )
    assert contents(source) == before


def test_run_bits(tmp_path: Path, environ: dict[str, str]) -> None:
    """As git shows them; one that is missing only in its index is changed, too."""
    source = write(tmp_path / "source", {f"{HOOKS}/build 644": "#!/bin/bash\r\nmake\n", f"{HOOKS}/ready": BASH})
    git(source, environ, "init", "-q")
    git(source, environ, "add", ".")
    git(source, environ, "update-index", "--chmod=-x", f"{HOOKS}/ready")
    done = lint(source, environ, diff=True)
    assert done.out.splitlines() == [
        f"diff --git a/{HOOKS}/build b/{HOOKS}/build",
        "old mode 100644",
        "new mode 100755",
        f"--- a/{HOOKS}/build",
        f"+++ b/{HOOKS}/build",
        "@@ -1,2 +1,2 @@",
        "-#!/bin/bash\\r",
        "+#!/bin/bash",
        " make",
        f"diff --git a/{HOOKS}/ready b/{HOOKS}/ready",
        "old mode 100644",
        "new mode 100755",
    ]
    assert git(source, environ, "ls-files", "--stage", f"{HOOKS}/ready").startswith("100644 ")


def test_git_makes_of_it_what_fix_does(tmp_path: Path, environ: dict[str, str]) -> None:
    """Where nothing is masked and nothing spelled out."""
    files = {
        ".s2i/environment": "A=1\n\nexport B=2\nC='3'",
        f"{HOOKS}/build 644": "\n\n#!/bin/bash\n\tmake\n",
        f"{HOOKS}/setup": "\n#!/bin/bash\n" + "make\n" * 1200,  # too long to be compared line by line
    }
    source = write(tmp_path / "source", files)
    patched = Path(shutil.copytree(source, tmp_path / "patched"))
    patch = lint(source, environ, diff=True).out
    apply = ["git", "apply", "-"]
    subprocess.run(apply, cwd=patched, env=environ, input=patch, text=True, check=True)
    lint(source, environ, fix=True)
    fixed = {path.replace(f"{source}/", f"{patched}/"): file for path, file in contents(source).items()}
    assert contents(patched) == fixed


def test_nothing_to_mend(tmp_path: Path, environ: dict[str, str]) -> None:
    """No difference and no failure, whatever else is found; what is ignored is not mended."""
    source = write(tmp_path / "source", {f"{HOOKS}/build 644": BASH, f"{HOOKS}/run": "#!/bin/sh\ntrue\n"})
    done = subprocess.run(
        [S2ITASKS, "check", "--diff", "--ignore=S2I2"], cwd=source, env=environ, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"diff": True, "fix": True}, "--diff or --fix"),
        ({"diff": True, "statistics": True}, "--diff or --statistics"),
        ({"diff": True, "format": "json"}, "--diff or --format json"),
        ({"statistics": True, "format": "github"}, "--statistics or --format github"),
    ],
)
def test_what_does_not_go_together(environ: dict[str, str], options: dict[str, object], said: str) -> None:
    """One message."""
    done = lint(".", environ, **options)
    assert (done.status, done.error) == (2, f"check takes {said}, and not both; leave one of them out")


@pytest.mark.slow
def test_files_that_are_long(tmp_path: Path, environ: dict[str, str]) -> None:
    """One hunk from the first difference to the last; lines that somebody has chosen to take long do not."""
    lines = [f"A{number % 150}=1" if number % 2 else f"B{number % 190}=1" for number in range(10_000)]
    lines[4] = "export C=1"
    lines[9000] = "export D=1"
    source = write(tmp_path / "source", {".s2i/environment": "\n".join(lines) + "\n"})
    out = lint(source, environ, diff=True, ignore=["S2I406"]).out.splitlines()
    assert out[3] == "@@ -2,9003 +2,9003 @@"
    assert out[4:8] == [f" {lines[1]}", f" {lines[2]}", f" {lines[3]}", "-export C=1"]
    assert out[-4:] == ["+D=1", f" {lines[9001]}", f" {lines[9002]}", f" {lines[9003]}"]
    assert len(out) == 4 + 3 + 2 * 8997 + 3


def test_a_comment_that_is_a_part_of_a_secret(tmp_path: Path, environ: dict[str, str]) -> None:
    """To S2I, what stands behind a value without quotes belongs to it."""
    hook = f"{BASH}curl -u me:pw x\n"
    environment = "API_TOKEN=abc #hunter2\nA=1 # plain\n"
    source = write(tmp_path / "source", {".s2i/environment": environment, f"{HOOKS}/build 644": hook})
    for options in ({"diff": True}, {"fix": True}):
        done = lint(source, environ, **options)
        assert "hunter2" not in done.out + done.err
        assert "me:pw" not in done.out + done.err
        assert "# plain" in done.out
