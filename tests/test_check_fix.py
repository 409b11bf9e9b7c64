"""check --fix: what it mends, what it leaves alone, and what it says about it."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS
from checked import BASH, found, git, lint, tools, write

from s2itasks.check import RULES, fixing

HOOKS = ".s2i/action_hooks"
EXAMPLE = Path(__file__).parent.parent / "examples" / "django"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path / "tools", "bash", "git")


def outline(out: str, source: Path) -> list[str]:
    """Return what was mended, and the findings without their messages."""
    lines = out.replace(f"{source}/", "").splitlines()
    return [line if ": fixed " in line or line.endswith(".") else ": ".join(line.split(": ")[:2]) for line in lines]


def test_what_calls_itself_fixable() -> None:
    """Is what is mended, and nothing else is."""
    mended = {fixing.PREDECESSOR, *fixing.RUN_BIT, *fixing.MENDS, *(rule for rule, _ in fixing.SPELLINGS.values())}
    assert mended == {rule.id for rule in RULES.values() if rule.fixable}


@pytest.mark.slow
def test_a_checkout_from_windows(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """CRLF and no run bit, neither in the tree nor in git: afterwards it passes, and so does a clone of it."""
    source = tmp_path / "source"
    shutil.copytree(EXAMPLE, source)
    monkeypatch.chdir(source)
    for path in (source / ".s2i").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
            path.chmod(0o644)
    git(source, environ, "init", "-q")
    git(source, environ, "add", ".")
    assert len(found(source, environ)) > 15
    done = lint(".", environ, strict=True, fix=True)
    assert (done.status, done.err) == (0, "")
    assert f"{HOOKS}/build: fixed S2I202: line endings converted to LF\n" in done.out
    assert f"{HOOKS}/build: fixed S2I201: run bit set, also in git's index\n" in done.out
    assert ".s2i/jobs/hourly/clearsessions: fixed S2I601: run bit set, also in git's index\n" in done.out
    assert lint(".", environ, strict=True).status == 0
    git(source, environ, "commit", "-qam", "as mended")
    git(tmp_path, environ, "clone", "-q", "source", "clone")
    assert lint(tmp_path / "clone", environ, strict=True).status == 0
    for original in (*(EXAMPLE / HOOKS).iterdir(), EXAMPLE / ".s2i/probe", EXAMPLE / ".s2i/jobs/hourly/clearsessions"):
        cloned = tmp_path / "clone" / original.relative_to(EXAMPLE)
        assert cloned.read_bytes() == original.read_bytes()
        assert cloned.stat().st_mode & 0o100 == original.stat().st_mode & 0o100


def test_what_it_says(tmp_path: Path, environ: dict[str, str]) -> None:
    """A line for each change and the line that it changed, secrets masked; then what is left."""
    lines = [
        "  # A=0",
        "  # one",
        "export A=1",
        'B="two three"',
        "API_TOKEN='abc' # of mine",
        'C="x\\ny"',
        "D=4 # four",
    ]
    files = {".s2i/environment": "\n".join(lines), f"{HOOKS}/build": "\ufeff\n\n#!/bin/bash\nmake\n"}
    source = write(tmp_path / "source", files)
    done = lint(source, environ, fix=True, ignore=["S2I409"])
    assert (source / HOOKS / "build").read_text() == "#!/bin/bash\nmake\n"
    assert (source / ".s2i/environment").read_text().splitlines() == [
        "# A=0", "  # one", "A=1", "B=two three", "# of mine", "API_TOKEN=abc", 'C="x\\ny"', "# four", "D=4",
    ]  # fmt: skip
    said = done.out.replace(f"{source}/", "").splitlines()
    file = ".s2i/environment: fixed"
    assert said[:-2] == [
        f"{HOOKS}/build: fixed S2I203: byte-order mark removed",
        f"{HOOKS}/build: fixed S2I205: blank lines before the shebang removed",
        f"{file} S2I403: the comment begins in the first column", "    -   # A=0", "    + # A=0",
        f"{file} S2I402: 'export' removed", "    - export A=1", "    + A=1",
        f"{file} S2I401: quotes removed", '    - B="two three"', "    + B=two three",
        f"{file} S2I401: quotes removed", "    - API_TOKEN='***", "    + # of mine", "    + API_TOKEN=***",
        f"{file} S2I403: the comment begins in the first column", "    - D=4 # four", "    + # four", "    + D=4",
    ]  # fmt: skip
    assert said[-2].startswith(".s2i/environment:7: error S2I401: ")
    assert said[-1] == "Found 1 error."
    assert done.status == 1


def test_a_second_time_there_is_nothing_to_mend(tmp_path: Path, environ: dict[str, str]) -> None:
    """And what cannot be mended stays as it is."""
    source = write(tmp_path / "source", {".s2i/environment": "A='1'\nB=\"2\nC\n", f"{HOOKS}/build 640": "#!/bin/sh\n"})
    lint(source, environ, fix=True)
    before = (source / ".s2i/environment").read_bytes()
    assert stat.S_IMODE((source / HOOKS / "build").stat().st_mode) == 0o750
    again = lint(source, environ, fix=True)
    assert "fixed" not in again.out
    assert (source / ".s2i/environment").read_bytes() == before


def test_modes_stay(tmp_path: Path, environ: dict[str, str]) -> None:
    """Text is replaced at once; nothing is left beside it."""
    source = write(tmp_path / "source", {f"{HOOKS}/build 750": "\n#!/bin/bash\nmake\n"})
    lint(source, environ, fix=True)
    assert stat.S_IMODE((source / HOOKS / "build").stat().st_mode) == 0o750
    assert [path.name for path in (source / HOOKS).iterdir()] == ["build"]


def test_what_is_ignored_is_left_alone(tmp_path: Path, environ: dict[str, str]) -> None:
    """By comment or by option."""
    written = {".s2i/environment": "# A\n\n#s2itasks: ignore=S2I401\nA='1'\n", f"{HOOKS}/build 644": BASH}
    source = write(tmp_path / "source", written)
    done = lint(source, environ, fix=True, ignore=["S2I201"])
    assert (done.status, done.out) == (0, "All checks passed!\n")


def test_links(tmp_path: Path, environ: dict[str, str]) -> None:
    """What a link leads to is mended inside of the source and left alone outside of it; links stay links."""
    outside = write(tmp_path / "elsewhere", {f"{HOOKS}/deploy 644": "#!/bin/bash\r\n"}) / HOOKS / "deploy"
    source = write(tmp_path / "source", {"scripts/build": "\n#!/bin/bash\nmake\n", f"{HOOKS}/build": None})
    (source / HOOKS).mkdir()
    (source / HOOKS / "build").symlink_to("../../scripts/build")
    (source / HOOKS / "deploy").symlink_to(outside)
    done = lint(source, environ, fix=True)
    assert done.status == 1
    assert (source / "scripts/build").read_text() == "#!/bin/bash\nmake\n"
    assert stat.S_IMODE((source / "scripts/build").stat().st_mode) == 0o755
    assert (source / HOOKS / "build").is_symlink()
    assert outside.read_bytes() == b"#!/bin/bash\r\n"
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert found(source, environ) == [f"S2I211 {HOOKS}/deploy:1"]


def test_a_locked_index(tmp_path: Path, environ: dict[str, str]) -> None:
    """What has been mended by then and what is left; then what git says, in one line."""
    files = {f"{HOOKS}/build 644": "#!/bin/bash\r\nmake\r\n", f"{HOOKS}/ready 644": BASH}
    source = write(tmp_path / "source", files)
    git(source, environ, "init", "-q")
    git(source, environ, "add", ".")
    (source / ".git" / "index.lock").touch()
    done = lint(source, environ, fix=True)
    assert done.status == 1
    assert done.error.startswith("git update-index failed: fatal: Unable to create")
    assert outline(done.out, source) == [
        f"{HOOKS}/build: fixed S2I202: line endings converted to LF",
        f"{HOOKS}/build: fixed S2I201: run bit set, not yet in git's index",
        f"{HOOKS}/build:1: error S2I201",
        f"{HOOKS}/ready:1: error S2I201",
        "Found 2 errors.",
    ]
    (source / ".git" / "index.lock").unlink()
    done = lint(source, environ, fix=True)
    assert (done.status, done.out.count("run bit set, also in git's index")) == (0, 2)


def test_a_file_that_does_not_fit(tmp_path: Path, environ: dict[str, str]) -> None:
    """It is not among what was mended; a limit for files is as good as a full disk."""
    large = f"\n#!/bin/bash\n{'# long' * 500}\n"
    source = write(tmp_path / "source", {f"{HOOKS}/build": "\n#!/bin/bash\nmake\n", f"{HOOKS}/ready": large})
    script = f"ulimit -f 1; exec {S2ITASKS} check --fix {source}"
    done = subprocess.run(["/bin/bash", "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert outline(done.stdout, source) == [
        f"{HOOKS}/build: fixed S2I205: blank lines before the shebang removed",
        f"{HOOKS}/ready:2: warning S2I205",
        "Found 1 warning.",
    ]
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "File too large" in done.stderr
    assert (source / HOOKS / "ready").read_text() == large


def test_calls_to_powershift_image(tmp_path: Path, environ: dict[str, str]) -> None:
    """In scripts, manifests and code, whichever way the words are written; not in comments, nor what installs it."""
    files = {
        f"{HOOKS}/setup": f"{BASH}# powershift image setup\n/opt/bin/powershift image migrate --token=hunter2\n",
        "deploy/app.yaml": "command:\n  - powershift\n  - image\n  - ready\n"
        "# powershift image\nother: [powershift, image, alive]\n",
        "deploy/app.json": '{"command": ["powershift", "image", "jobs"]}\n',
        "app/cron.py": "RUN = ['powershift', 'image', 'jobs']\nNAME = 'pip install powershift-image'\n",
        "requirements.txt": "powershift-cli[image]\n",
    }
    source = write(tmp_path / "source", files)
    done = lint(source, environ, fix=True, select=["S2I510", "S2I518"])
    assert (source / HOOKS / "setup").read_text() == (
        f"{BASH}# powershift image setup\n/opt/bin/s2itasks migrate --token=hunter2\n"
    )
    assert (source / "deploy/app.yaml").read_text() == (
        "command:\n  - s2itasks\n  - ready\n# powershift image\nother: [s2itasks, alive]\n"
    )
    assert (source / "deploy/app.json").read_text() == '{"command": ["s2itasks", "jobs"]}\n'
    assert (source / "app/cron.py").read_text() == "RUN = ['s2itasks', 'jobs']\nNAME = 'pip install powershift-image'\n"
    assert outline(done.out, source)[-3:] == [
        "app/cron.py:2: error S2I518",
        "requirements.txt:1: error S2I518",
        "Found 2 errors.",
    ]
    assert "    - powershift\n    - - image\n    + s2itasks\n" in done.out
    assert "hunter2" not in done.out
    assert lint(source, environ, fix=True, select=["S2I510", "S2I518"]).out.count(": fixed ") == 0


def test_the_applications_script(tmp_path: Path, environ: dict[str, str]) -> None:
    """Its run bit is set like a hook's, also in git's index."""
    source = write(tmp_path / "source", {"app.sh": f"{BASH}exec gunicorn wsgi\n"})
    git(source, environ, "init", "-q")
    git(source, environ, "add", ".")
    done = lint(source, environ, fix=True)
    assert outline(done.out, source) == [
        "app.sh: fixed S2I219: run bit set, also in git's index",
        "All checks passed!",
    ]
    assert git(source, environ, "ls-files", "--stage", "app.sh").startswith("100755 ")


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("['powershift', image, alive]", "['s2itasks', alive]"),
        ('[powershift, "image", alive]', "[s2itasks, alive]"),
        ('- "powershift"\n- image\n- alive', '- "s2itasks"\n- alive'),
        ("- powershift  # old\n\n  - 'image'\n  - alive", "- s2itasks  # old\n  - alive"),
        ('- "powershift"\r\n- "image"\r\n- alive', '- "s2itasks"\r\n- alive'),
        ('["powershift",\n "image",\n "alive"]', '["s2itasks",\n "alive"]'),
        ("powershift \\\n  image run", "s2itasks run"),
        ("text: the powershift image commands", "text: the powershift image commands"),
        ("RUN x powershift image $PHASE", "RUN x s2itasks $PHASE"),
    ],
)
def test_spellings_of_powershift_image(tmp_path: Path, environ: dict[str, str], written: str, mended: str) -> None:
    """Each is one that a manifest or a Dockerfile may have, and stays the YAML or JSON that it is."""
    source = write(tmp_path / "source", {"deploy/app.yaml": f"{written}\n# powershift\n".encode()})
    done = lint(source, environ, fix=True, select=["S2I510"])
    assert (source / "deploy/app.yaml").read_bytes().decode() == f"{mended}\n# powershift\n"
    assert done.status == 0


def test_what_stands_beside_a_call(tmp_path: Path, environ: dict[str, str]) -> None:
    """A template may be one line, with secrets in it."""
    template = '{"name": "DB_PASSWORD", "value": "hunter2", "command": ["powershift", "image", "alive"]}\n'
    source = write(tmp_path / "source", {"template.json": template})
    assert lint(source, environ, diff=True).out.splitlines()[-2:] == ['-"powershift", "image"', '+"s2itasks"']
    assert "hunter2" not in lint(source, environ, fix=True).out
