"""init --from: the examples, converted, rehearsed, used, restarted, with their data still there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.parse
from pathlib import Path

import postgresql
import pytest
import random_user
from application import S2ITASKS
from checked import git
from test_django_example import ACCOUNT, PIP_CACHE, PYTHON, Pod

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
ENVIRON = {**os.environ, "PIP_CACHE_DIR": PIP_CACHE}


def repository(example: Path, tmp_path: Path) -> Path:
    """Return a repository with a copy of an example."""
    source = shutil.copytree(example, tmp_path / "source", ignore=shutil.ignore_patterns("__pycache__"))
    git(source, ENVIRON, "init", "-q")
    git(source, ENVIRON, "add", ".")
    git(source, ENVIRON, "commit", "-qm", "before")
    return source


def s2itasks(source: Path, *words: str, python: bool = False) -> str:
    """Call it in a repository, under a random UID where that can be had and is asked for; return what it says."""
    command = random_user.command(PYTHON) if python and PYTHON else [S2ITASKS]
    done = subprocess.run(
        [*command, *words],
        cwd=source,
        env=ENVIRON,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def rehearsed(source: Path, tmp_path: Path) -> Pod:
    """Rehearse a repository, and return a pod of it, with an empty volume for its data."""
    root = tmp_path / "root"
    root.mkdir()
    random_user.open_to(tmp_path)
    random_user.open_to(root)
    s2itasks(source, "rehearse", ".", "--root", str(root), "--check", "--no-namespace", python=True)
    data = root / "app-root/data"
    shutil.rmtree(data)
    data.mkdir()
    data.chmod(0o777)
    return Pod(root, {"PORT": str(postgresql.free_port())})


def test_openshift_v2(tmp_path: Path) -> None:
    """Converted and renamed as the report says, somebody logs in, and a restart keeps notes, session and key."""
    source = repository(ROOT / "examples/v2-django", tmp_path)
    s2itasks(source, "init", "--from", "v2", "--hooks", "ready", "--report", str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())
    (renaming,) = [each["why"] for each in report["entries"] if each["path"] == "libs/secrets.py"]
    move, old, new, users = re.findall(r"git mv \S+ [^\s,]+|'import \w+(?: as \w+)?'|wsgi/\S+(?=, and)", renaming)
    (old, new) = (new.strip("'"), old.strip("'"))
    git(source, ENVIRON, *move.split()[1:])
    for path in (users, ".s2i/action_hooks/deploy"):
        text = (source / path).read_text()
        (source / path).write_text(text.replace(old, new).replace("libs/secrets.py", "libs/app_secrets.py"))
    assert [each["rule"] for each in report["check"]] == ["S2I514", "S2I507"]

    pod = rehearsed(source, tmp_path)
    manage = ("exec", "--", "python", "wsgi/board/manage.py")
    with pod.running() as site:
        assert pod.s2itasks(*manage, "createsuperuser", "--noinput", **ACCOUNT).returncode == 0
        browser = site.browser()
        page = browser.open(site.url("/admin/login/")).read().decode()
        token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
        given = {"username": "admin", "password": ACCOUNT["DJANGO_SUPERUSER_PASSWORD"], "csrfmiddlewaretoken": token}
        browser.addheaders = [("Referer", site.url("/admin/login/"))]
        answer = browser.open(site.url("/admin/login/?next=/admin/"), urllib.parse.urlencode(given).encode())
        page = answer.read().decode()
        assert 'action="/admin/logout/"' in page
        (style, *_) = re.findall(r'href="(/static/admin/css/base\.css)"', page)
        assert "{" in browser.open(site.url(style)).read().decode()
        (pod.root / "app-root/data/media/late.txt").write_text("uploaded later")
        assert browser.open(site.url("/static/media/late.txt")).read() == b"uploaded later"
        (pod.root / "app-root/data/media/late.txt").write_text("changed")
        assert browser.open(site.url("/static/media/late.txt")).read() == b"changed"
        assert "sans-serif" in browser.open(site.url("/static/board.css")).read().decode()
        add = "from notes.models import Note; Note.objects.create(text='still there')"
        assert pod.s2itasks(*manage, "shell", "-c", add).returncode == 0
        assert pod.s2itasks("jobs", "hourly").returncode == 0
    key = (pod.root / "app-root/data/secrets.json").read_bytes()
    with pod.running() as site:
        assert "<li>still there</li>" in browser.open(site.url("/")).read().decode()
        assert 'action="/admin/logout/"' in browser.open(site.url("/admin/")).read().decode()
    assert (pod.root / "app-root/data/secrets.json").read_bytes() == key


def test_powershift(tmp_path: Path) -> None:
    """Converted in place, with its manifest and its job; a restart migrates what setup has made."""
    source = repository(ROOT / "tests/conversion/powershift", tmp_path)
    said = s2itasks(source, "init", "--from", "powershift", "--write-manifests", "--hooks", "ready")
    assert "S2I5" not in said.replace("S2I507", "").replace("S2I514", "").replace("S2I503", "")
    assert "powershift" not in (source / "cronjob.yaml").read_text() + (source / "app.py").read_text()
    tracked = git(source, ENVIRON, "ls-files", "--stage", ".s2i").splitlines()
    assert [line[:6] for line in tracked if line.endswith(".s2i/cron_jobs/hourly/note")] == ["100755"]
    pod = rehearsed(source, tmp_path)
    for expected in (b"setup\n", b"setup\nmigrated\n"):
        with pod.running() as site:
            assert site.browser().open(site.url("/")).read() == expected
    assert pod.s2itasks("jobs", "hourly").returncode == 0
    assert (pod.root / "app-root/data/entries").read_bytes() == b"setup\nmigrated\njob in src\n"


def test_warpdrive(tmp_path: Path) -> None:
    """The server that warpdrive started serves, and setup has been done once."""
    source = repository(ROOT / "examples/warpdrive", tmp_path)
    s2itasks(source, "init", "--from", "warpdrive", "--report", str(tmp_path / "report.md"))
    pod = rehearsed(source, tmp_path)
    for visitor in (1, 2):
        with pod.running() as site:
            assert site.browser().open(site.url("/")).read() == f"Version 1.0, visitor {visitor}\n".encode()
