"""The Django example, built and deployed with the embedded builder: as root builds it, and as a random user runs it."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import postgresql
import pytest
import random_user
from application import S2ITASKS
from signals import is_alive

from s2itasks.onefile import archive

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parent.parent / "examples" / "django"
PYTHON = random_user.interpreter()  # None where no random user can be had: then everything runs as ourselves
ACCOUNT = {
    "DJANGO_SUPERUSER_USERNAME": "admin",
    "DJANGO_SUPERUSER_EMAIL": "admin@example.com",
    "DJANGO_SUPERUSER_PASSWORD": "correct horse",
}


@dataclass(frozen=True)
class Pod:
    """The built application, called as ``oc rsh POD s2itasks`` would."""

    root: Path
    variables: dict[str, str]

    def argv(self, *words: str) -> list[str]:
        """Return the command line that calls s2itasks in it; everything runs under a random UID if possible."""
        given = [f"{name}={value}" for name, value in self.variables.items()]
        variables = (self.root / "environment").read_text().replace("export PORT=", "true PORT=")
        application = self.root / "app-root"
        script = f'{variables}cd {application}/src && exec {application}/bin/s2itasks "$@"'
        return [*(random_user.prefix() if PYTHON else []), "env", *given, "sh", "-c", script, "s2itasks", *words]

    def s2itasks(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        environ = {**os.environ, **variables}
        return subprocess.run(
            self.argv(*words), env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    @contextmanager
    def running(self) -> Iterator[Site]:
        """Run the application until it is ready, and stop it as a pod is stopped."""
        with (self.root / "pod.log").open("wb") as log:
            process = subprocess.Popen(self.argv("run"), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                until = time.monotonic() + 60
                while (ready := self.s2itasks("ready")).returncode and time.monotonic() < until:
                    assert process.poll() is None, (self.root / "pod.log").read_text()
                assert ready.returncode == 0, ready.stderr + (self.root / "pod.log").read_text()
                yield Site(int(self.variables["PORT"]), process)
            finally:
                process.terminate()
                process.wait(timeout=30)


@dataclass(frozen=True)
class Site:
    """The running application, seen by a browser."""

    port: int
    process: subprocess.Popen[bytes]

    def browser(self) -> urllib.request.OpenerDirector:
        """Return a browser without cookies."""
        return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


PIP_CACHE = os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip"))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, rehearsed once: built, verified, run until ready, stopped."""
    directory = tmp_path_factory.mktemp("django")
    random_user.open_to(directory)
    done = subprocess.run(
        [
            *(random_user.command(PYTHON) if PYTHON else [S2ITASKS]),
            "rehearse",
            str(EXAMPLE),
            "--root",
            str(directory),
            "--check",
            "--no-namespace",  # the script of a rehearsal is not used here, but a random user
        ],
        env={**os.environ, "PIP_CACHE_DIR": PIP_CACHE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"ready: http://127.0.0.1:\d+/ answers 200", done.stderr), done.stderr
    assert "System check identified no issues" in done.stdout
    return directory


@pytest.fixture(params=["sqlite", "postgresql"])
def pod(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Iterator[Pod]:
    """A pod of the built image, with an empty database of either kind."""
    data = tmp_path / "data"
    data.mkdir()
    random_user.open_to(tmp_path)
    data.chmod(0o777)
    variables = {"PORT": str(postgresql.free_port()), "DATA_DIR": str(data)}
    if request.param == "sqlite":
        yield Pod(root, variables)
        return
    with postgresql.server(tmp_path / "postgresql") as url:
        yield Pod(root, {**variables, "DATABASE_URL": url})


def test_the_life_of_a_pod(pod: Pod) -> None:
    """Deploy migrates, pages are served with their styles, entries are kept, and everything beside it works."""
    assert pod.s2itasks("alive").returncode == 1
    with pod.running() as site:
        page = site.browser().open(site.url("/")).read().decode()
        style = re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)[0]
        assert "{" in site.browser().open(site.url(style)).read().decode()
        assert pod.s2itasks("alive").returncode == 0

        count = "from django.contrib.auth.models import User; print(User.objects.count())"
        done = pod.s2itasks("exec", "--", "python", "manage.py", "shell", "-c", count)
        assert done.stdout.split()[-1] == "0", done.stderr
        assert pod.s2itasks("setup").returncode == 1  # neither variables nor a terminal
        assert pod.s2itasks("setup", **ACCOUNT).returncode == 0
        assert pod.s2itasks("setup", **ACCOUNT).returncode == 0
        done = pod.s2itasks("exec", "python", "manage.py", "shell", "-c", count)
        assert done.stdout.split()[-1] == "1", done.stderr

        exported = pod.s2itasks("app.export", "--newest", "5")
        assert exported.stdout.startswith("created,name,message"), exported.stderr
        jobs = pod.s2itasks("jobs", "hourly")
        assert jobs.returncode == 0, jobs.stderr
        assert ".s2i/jobs/hourly/clearsessions ended with status 0" in jobs.stderr
        assert pod.s2itasks("migrate").returncode == 0
        assert pod.s2itasks("verify").returncode == 0

        asked = subprocess.run(
            pod.argv("shell"), input="echo $DJANGO_SETTINGS_MODULE\n", capture_output=True, text=True, check=True
        )
        assert asked.stdout == "website.settings\n"
        with pytest.raises(urllib.error.HTTPError):
            site.browser().open(site.url("/nothing"))
        pid = site.process.pid
    assert not is_alive(pid)
    assert site.process.returncode == 0
    assert pod.s2itasks("ready").returncode == 1


def test_a_copy_that_brings_s2itasks_along(tmp_path: Path) -> None:
    """By the commands of its README, as they stand there; the file of the release is written by the test."""
    section = (EXAMPLE / "README.md").read_text().partition("\n## With s2itasks in the repository\n")[2]
    release, *commands = section.partition("```bash\n")[2].partition("```")[0].splitlines()
    assert re.match(r"\./inv release +# makes dist/s2itasks\.pyz$", release)
    project, copy, home = (tmp_path / name for name in ("project", "guestbook", "home"))
    not_cloned = shutil.ignore_patterns("__pycache__", "db.sqlite3", "staticfiles")
    example = shutil.copytree(EXAMPLE, project / "examples/django", ignore=not_cloned)
    for directory in (project / "dist", home):
        directory.mkdir()
    archive.write(project / "dist/s2itasks.pyz")
    environ = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PIP_CACHE_DIR": PIP_CACHE}
    said = ""
    for command in commands:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=project,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        said += f"$ {command}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, said
    assert "\nAll checks passed!\n" in said
    assert re.search(r"ready: http://127.0.0.1:\d+/ answers 200", said), said

    tracked = subprocess.run(["git", "ls-files"], cwd=copy, capture_output=True, text=True, check=True).stdout.split()
    changed = [name for name in tracked if content(copy / name) != content(example / name)]
    assert changed == [".s2i/bin/assemble", ".s2i/s2itasks.pyz"]
    assert content(copy / ".s2i/s2itasks.pyz") == content(project / "dist/s2itasks.pyz")
    assert os.access(copy / ".s2i/bin/assemble", os.X_OK)


def content(path: Path) -> bytes | None:
    """Return what is in a file, if there is one."""
    return path.read_bytes() if path.exists() else None
