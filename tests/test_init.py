"""init: a repository that is ready afterwards, in which nothing of anybody's is lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from application import S2ITASKS, Application, Result
from checked import BASH, found, git, tools, write
from shapes import DJANGO

from s2itasks.init import starters
from s2itasks.rehearse import started
from s2itasks.rehearse.uploaded import Uploaded

ONE_FILE = ".s2i/s2itasks.pyz"
REQUIREMENTS = {"django": "Django>=4.2\n", "flask": "flask\n", "fastapi": "fastapi[standard]\n", "any": "bottle\n"}
STARTERS = sorted(path.name for path in (starters.HOOKS / "any").iterdir())


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment with bash and git, and without shellcheck, wherever the tests run."""
    return tools(tmp_path / "tools", "bash", "git")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a directory with an application in it, in no repository yet."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source/requirements.txt").write_text("flask\n")
    return tmp_path / "source"


def init(source: Path, environ: dict[str, str], *words: str) -> Result:
    """Run the command in a source."""
    done = subprocess.run([S2ITASKS, "init", *words], cwd=source, env=environ, capture_output=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def tree(source: Path) -> dict[str, tuple[int, bytes]]:
    """Return mode and content of what is in a source, without git's own."""
    files = (path for path in sorted(source.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {
        path.relative_to(source).as_posix(): (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) for path in files
    }


def test_a_repository(source: Path, environ: dict[str, str]) -> None:
    """Three files, run bits also in git's index, and the next two commands, which work."""
    git(source, environ, "init", "-q")
    done = init(source, environ).succeeded()
    assert done.out.splitlines() == [
        ".s2i/bin/assemble: written",
        ".s2i/bin/run: written",
        f"{ONE_FILE}: written",
        "Commit .s2i. Next:",
        f"    python3 {ONE_FILE} check .",
        f"    python3 {ONE_FILE} rehearse .",
    ]
    staged = git(source, environ, "ls-files", "--stage").splitlines()
    assert [(line[:6], line.partition("\t")[2]) for line in staged] == [
        ("100755", ".s2i/bin/assemble"),
        ("100755", ".s2i/bin/run"),
        ("100644", ONE_FILE),
    ]
    assert found(source, environ) == []
    checked = subprocess.run(
        ["python3", ONE_FILE, "check", "."], cwd=source, capture_output=True, text=True, check=True
    )
    assert checked.stdout == "All checks passed!\n"
    git(source, environ, "commit", "-qm", "ready")
    (source / ".gitattributes").write_text(".s2i/** text=auto eol=lf\n")  # what check advises against CRLF
    git(source, environ, "add", ".gitattributes")
    git(source, environ, "commit", "-qm", "attributes")
    git(source.parent, environ, "clone", "-q", "source", "clone")
    assert os.access(source.parent / "clone/.s2i/bin/assemble", os.X_OK)
    assert (source.parent / "clone" / ONE_FILE).read_bytes() == (source / ONE_FILE).read_bytes()
    assert found(source.parent / "clone", environ) == []


@pytest.mark.slow
def test_twice(source: Path, environ: dict[str, str]) -> None:
    """Changes nothing; it sets a run bit that is gone, and no more."""
    words = ("--hooks", "build,ready")
    init(source, environ, *words).succeeded()
    before = tree(source)
    assert "written" not in init(source, environ, *words).succeeded().out
    assert tree(source) == before
    (source / ".s2i/bin/run").chmod(0o644)
    assert ".s2i/bin/run: given its run bit\n" in init(source, environ).succeeded().out
    assert tree(source) == before


@pytest.mark.slow
def test_what_is_somebodys(source: Path, environ: dict[str, str]) -> None:
    """It stays as it is, unless --force is given; the mode of what is replaced stays, too."""
    (source / ".s2i/bin").mkdir(parents=True)
    (source / ".s2i/bin/assemble").write_text("#!/bin/bash\nexec make\n")
    (source / ".s2i/bin/assemble").chmod(0o750)
    (source / ONE_FILE).write_bytes(b"mine")
    done = init(source, environ).succeeded()
    assert ".s2i/bin/assemble: left as it is; --force replaces all of it\n" in done.out
    assert f"{ONE_FILE}: left as it is; --upgrade replaces it\n" in done.out
    assert tree(source)[".s2i/bin/assemble"] == (0o750, b"#!/bin/bash\nexec make\n")
    assert ".s2i/bin/assemble: replaced\n" in init(source, environ, "--force").succeeded().out
    assert b"s2itasks.pyz" in (source / ".s2i/bin/assemble").read_bytes()
    assert tree(source)[".s2i/bin/assemble"][0] == 0o751 | 0o010


@pytest.mark.slow
def test_a_dry_run(source: Path, environ: dict[str, str]) -> None:
    """A diff, and nothing is changed; that of the environment adds a line to it."""
    (source / "requirements.txt").write_text("django\n")
    (source / ".s2i").mkdir()
    (source / ".s2i/environment").write_text("DB_PASSWORD=hunter2\nWEB_CONCURRENCY=2")
    before = tree(source)
    done = init(source, environ, "--dry-run", "--hooks=migrate").succeeded()
    assert tree(source) == before
    assert "+++ b/.s2i/bin/run\n@@ -0,0 +1,2 @@\n+#!/bin/bash\n+exec s2itasks run\n" in done.out
    assert f"{ONE_FILE}: would be written\nBinary files /dev/null and b/{ONE_FILE} differ\n" in done.out
    assert ".s2i/environment: would be extended by DISABLE_MIGRATE\n" in done.out
    assert " DB_PASSWORD=***\n WEB_CONCURRENCY=2\n+DISABLE_MIGRATE=1\n" in done.out


@pytest.mark.slow
@pytest.mark.parametrize("hook", STARTERS)
@pytest.mark.parametrize("made_with", REQUIREMENTS)
def test_starter_hooks(source: Path, environ: dict[str, str], made_with: str, hook: str) -> None:
    """Each has no flaw that check could find, in any application."""
    (source / "requirements.txt").write_text(REQUIREMENTS[made_with])
    (source / "manage.py").write_text("")
    assert starters.framework(source) == made_with
    init(source, environ, "--hooks", hook, "--install=pip").succeeded()
    assert found(source, environ) == []
    mode, _ = tree(source)[f".s2i/action_hooks/{hook}"]
    assert bool(mode & 0o100) is not hook.endswith("_env")


STARTPROJECT = {path: DJANGO[path] for path in ("requirements.txt", "manage.py", "project/wsgi.py")}
HOOK = ".s2i/action_hooks/"


@pytest.mark.slow
def test_what_startproject_makes_is_served_by_gunicorn(source: Path, environ: dict[str, str]) -> None:
    """The builder finds no module one directory down, and would run Django's development server."""
    write(source, {**STARTPROJECT, ".s2i/environment": "WEB_CONCURRENCY=2\n"})
    done = init(source, environ, "--install=pip").succeeded()
    assert ".s2i/environment: extended by APP_MODULE\n" in done.out
    assert (source / ".s2i/environment").read_text() == "WEB_CONCURRENCY=2\nAPP_MODULE=project.wsgi\n"
    assert found(source, environ) == []
    before = tree(source)
    init(source, environ, "--install=pip").succeeded()
    assert tree(source) == before
    start = started.foreseen(Uploaded(source, {"APP_MODULE": "project.wsgi", "DISABLE_MIGRATE": "1"}))
    assert start == ("gunicorn project.wsgi", [], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        {".s2i/environment": "APP_MODULE=other:app\n"},
        {".s2i/environment": "APP_FILE=serve.py\n"},
        {".s2i/environment": "APP_SCRIPT=serve.sh\n"},
        {".s2i/environment": "APP_HOME=site\n"},
        {".s2i/environment": f"APP_HOME={'x' * 300}\n"},
        {"app.py": ""},
        {"app.sh": ""},
        {"wsgi.py": ""},
        {"setup.py": ""},
        {"gunicorn.conf.py": 'wsgi_app = "project.wsgi"\n'},
        {"other/wsgi.py": "application = None\n"},
        {"project/wsgi.py": "app = None\n"},
        {f"{HOOK}run": f"{BASH}exec gunicorn project.asgi\n"},
        {f"{HOOK}deploy_env": "export APP_MODULE=project.wsgi\n"},
        {".s2i/tasks.py": "from invoke import task\n@task\ndef run(c):\n    pass\n"},
        {".s2i/tasks.py": "def (\n"},
        {".s2i/bin/run": "#!/bin/bash\nexec python -m project\n"},
    ],
)
def test_what_the_builder_starts_by_itself(source: Path, environ: dict[str, str], more: dict[str, str]) -> None:
    """It is somebody's choice already, or nobody can tell which it is; so no module is named."""
    write(source, {**STARTPROJECT, **more})
    environment = source / ".s2i/environment"
    before = environment.read_text() if environment.exists() else None
    init(source, environ, "--install=pip").succeeded()
    assert (environment.read_text() if environment.exists() else None) == before


@pytest.mark.slow
def test_a_run_hook_that_is_asked_for(source: Path, environ: dict[str, str]) -> None:
    """It starts the application, whatever there is to serve."""
    write(source, STARTPROJECT)
    init(source, environ, "--install=pip", "--hooks=run").succeeded()
    assert not (source / ".s2i/environment").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("given", "used"), [({}, "only-for-this-build"), ({"SECRET_KEY": "real"}, "real")])
@pytest.mark.parametrize("hook", ["build", "verify"])
def test_settings_that_want_a_secret_key(
    source: Path, environ: dict[str, str], hook: str, given: dict[str, str], used: str
) -> None:
    """A build and its postCommit have none of the deployment's variables; one that they do have is used."""
    (source / "requirements.txt").write_text("Django>=4.2\n")
    (source / "manage.py").write_text('import os, sys\nprint(os.environ["SECRET_KEY"], *sys.argv[1:])\n')
    init(source, environ, "--hooks", hook, "--install=pip").succeeded()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    called = [source / ".s2i/action_hooks" / hook]
    done = subprocess.run(called, cwd=source, env={"PATH": path, **given}, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].partition(" ")[0] == used


@pytest.mark.slow
def test_the_probes_work(application: Application, environ: dict[str, str]) -> None:
    """Against a server that answers, one that fails, and none."""
    init(application.source, environ, "--install=pip", "--hooks=ready,alive").succeeded()
    server = (
        "import http.server, sys\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(int(sys.argv[1])); self.end_headers()\n"
        "served = http.server.HTTPServer(('127.0.0.1', 0), Handler)\n"
        "print(served.server_port, flush=True)\n"
        "served.serve_forever()\n"
    )
    for status, expected in ((204, (0, 0)), (302, (0, 0)), (500, (1, 0))):
        process = subprocess.Popen(
            ["python3", "-c", server, str(status)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout
        port = {"PORT": process.stdout.readline().strip()}
        done = tuple(application.s2itasks(probe, "--timeout", "20", env=port).status for probe in ("ready", "alive"))
        process.kill()
        process.communicate()
        assert done == expected
    assert application.s2itasks("alive", "--timeout", "20", env=port).status == 1


@pytest.mark.slow
@pytest.mark.parametrize("install", ["pip", "wheel"])
def test_other_ways(source: Path, environ: dict[str, str], install: str) -> None:
    """They write no file of ours, and their scripts are as sound."""
    done = init(source, environ, f"--install={install}").succeeded()
    assert not (source / ONE_FILE).exists()
    assert found(source, environ) == []
    assert ("Put the wheels" in done.out) is (install == "wheel")


@pytest.mark.slow
def test_an_upgrade(source: Path, environ: dict[str, str]) -> None:
    """The file and nothing else is replaced, with a line that says by what; there has to be one."""
    assert init(source, environ, "--upgrade").error.startswith(f"there is no {ONE_FILE}")
    init(source, environ).succeeded()
    (source / ".s2i/bin/run").write_text("#!/bin/bash\nexec s2itasks run # mine\n")
    whole = (source / ONE_FILE).read_bytes()
    assert f"{ONE_FILE}: as it is to be\n" in init(source, environ, "--upgrade").succeeded().out
    (source / ONE_FILE).write_bytes(b"PK older")
    done = init(source, environ, "--upgrade").succeeded()
    assert f"{ONE_FILE}: replaced something else by s2itasks " in done.out
    assert (source / ONE_FILE).read_bytes() == whole
    assert (source / ".s2i/bin/run").read_text().endswith("# mine\n")


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--install=conda",), "init has no --install 'conda'; choose one of: pyz, pip, wheel"),
        (("--hooks=biuld",), "there is no starter hook 'biuld'; did you mean 'build'?"),
        (("--hooks=../any/build",), "there is no starter hook '../any/build'; choose of: "),
        (("--upgrade", "--force"), f"--upgrade replaces {ONE_FILE} and nothing else; leave out the other options"),
        (("nowhere",), "nowhere is no directory; give the directory of the application's repository"),
        (("",), "init needs the name of a directory, and not an empty one; give it one, or leave it out"),
    ],
)
def test_mistakes(source: Path, environ: dict[str, str], words: tuple[str, ...], said: str) -> None:
    """Nothing is written."""
    done = init(source, environ, *words)
    assert done.status == 2
    assert done.error.startswith(said)
    assert not (source / ".s2i").exists()


@pytest.mark.slow
def test_what_is_no_directory_of_its_own(source: Path, environ: dict[str, str], tmp_path: Path) -> None:
    """S2I would move a link, and what it leads to is another's."""
    (tmp_path / "elsewhere").mkdir()
    (source / ".s2i").symlink_to(tmp_path / "elsewhere")
    assert ".s2i is a link that leads out of" in init(source, environ).error
    (source / ".s2i").unlink()
    (source / "other").mkdir()
    (source / ".s2i").symlink_to("other")
    assert ".s2i is a link; put the directory itself there" in init(source, environ).error
    (source / ".s2i").unlink()
    (source / ".s2i").write_text("")
    assert ".s2i is no directory; move it away" in init(source, environ).error
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.slow
def test_links_in_the_place_of_files(source: Path, environ: dict[str, str], tmp_path: Path) -> None:
    """Nothing is read or written through one that leads out, whatever name it has."""
    victim = tmp_path / "victim"
    victim.write_text("PASSWORD=hunter2\n")
    (source / ".s2i/bin").mkdir(parents=True)
    for name in (".run.new", ".assemble.new"):
        (source / ".s2i/bin" / name).symlink_to(victim)
    init(source, environ, "--install=pip").succeeded()
    (source / "requirements.txt").write_text("django\n")
    (source / ".s2i/environment").symlink_to(victim)
    for words in (("--hooks=migrate",), ("--hooks=migrate", "--dry-run")):
        done = init(source, environ, "--install=pip", *words)
        assert "is a link that leads out of" in done.error
        assert "hunter2" not in done.out
    assert victim.read_text() == "PASSWORD=hunter2\n"


@pytest.mark.slow
def test_a_hook_of_somebodys_own(source: Path, environ: dict[str, str]) -> None:
    """The builder goes on with what it does, for nobody knows whether that hook does it."""
    (source / "requirements.txt").write_text("django\n")
    (source / ".s2i/action_hooks").mkdir(parents=True)
    (source / ".s2i/action_hooks/build").write_text("#!/bin/bash\nexec python manage.py compilemessages\n")
    init(source, environ, "--install=pip", "--hooks=build,migrate").succeeded()
    assert (source / ".s2i/environment").read_text() == "DISABLE_MIGRATE=1\n"


def test_a_locked_index(source: Path, environ: dict[str, str]) -> None:
    """Said with what to do, and done then."""
    git(source, environ, "init", "-q")
    (source / ".git/index.lock").touch()
    done = init(source, environ, "--install=pip")
    assert done.status == 1
    assert done.error.endswith("; correct that, and run init again")
    (source / ".git/index.lock").unlink()
    init(source, environ, "--install=pip").succeeded()
    staged = git(source, environ, "ls-files", "--stage").splitlines()
    assert [line[:6] for line in staged] == ["100755", "100755"]


@pytest.mark.slow
def test_a_file_that_git_does_not_have(source: Path, environ: dict[str, str]) -> None:
    """Check says so, and of one that has been changed."""
    git(source, environ, "init", "-q")
    init(source, environ).succeeded()
    git(source, environ, "rm", "-q", "--cached", ONE_FILE)
    assert found(source, environ) == ["S2I112 .s2i/bin/assemble:2"]
    git(source, environ, "add", "-A")
    assert found(source, environ) == []
    content = bytearray((source / ONE_FILE).read_bytes())
    content[len(content) // 2] ^= 0xFF
    (source / ONE_FILE).write_bytes(content)
    assert found(source, environ) == ["S2I112 .s2i/bin/assemble:2"]


@pytest.mark.slow
def test_a_nested_and_dirty_repository(source: Path, environ: dict[str, str]) -> None:
    """The paths in its index are those from its top; what else is changed there stays as it is."""
    git(source.parent, environ, "init", "-q")
    (source / "new.txt").write_text("not added\n")
    init(source, environ, "--install=pip").succeeded()
    assert git(source.parent, environ, "ls-files").split() == ["source/.s2i/bin/assemble", "source/.s2i/bin/run"]
