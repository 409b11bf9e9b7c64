"""What is only looked at may be anybody's: nothing of it is executed, nothing outside of it is read or waited for."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import forked
import pytest
from application import S2ITASKS, Application

from s2itasks.check.file import LIMIT
from s2itasks.process.reading import MOST

ELSEWHERE = "content of somebody else's file"
# Everything that is read of a source, and what stands there usually.
FILES = {
    ".s2i/tasks.py": "from invoke import task\n@task\ndef own(c): ...\n",
    ".s2i/environment": "A=1\n",
    ".s2i/action_hooks/ready": "#!/bin/bash\ntrue\n",
    ".s2i/action_hooks/deploy_env": "A=1\n",
    ".s2i/bin/assemble": "#!/bin/bash\npip install s2itasks; exec s2itasks assemble\n",
    ".s2i/bin/run": "#!/bin/bash\nexec s2itasks run\n",
    ".s2i/jobs/hourly/clean": "#!/bin/bash\ntrue\n",
    ".s2iignore": "*.pyc\n",
    "Dockerfile": "RUN true\n",
    "requirements.txt": "django\n",
    "setup.py": "django\n",
    "manage.py": "import django\n",
}
LOOKING = (
    "--list", "--list -F nested", "--list -F json", "--help ready", "--help app.own", "--dry jobs", "--dry env", "jobs",
    "--complete -- s2itasks jobs ", "--complete -- s2itasks app.", "check", "check --format json",
    "check --format github", "check --format gitlab", "check --format sarif", "check --strict", "check --diff",
    "check --fix",
)  # fmt: skip
WAITING = (  # for what never ends
    *("--list", "--help app.own", "jobs", "--dry env", "--complete -- s2itasks app.", "check", "check --fix"),
)
LONGEST = 100  # seconds
OUTSIDE = "a link that leads out of the source"


class Foreign:
    """A checkout on a laptop or in a CI, where there is no application root."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.top = application.root / "checkout"
        for path, text in FILES.items():
            application.write(self.top / path, text, 0o755 if text.startswith("#!") else 0o644)

    def look(self, line: str) -> tuple[int, str]:
        """Ask for something, and return its status and all that it says; one that waits for ever does not pass."""
        done = subprocess.run(
            [S2ITASKS, *line.split(" ")],
            env=self.environ(),
            cwd=self.top,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "surrogateescape")

    def each(self, *lines: str) -> Iterator[tuple[str, str]]:
        """Ask for several things, and yield each with all that it says, likewise."""
        words = [line.split(" ") for line in lines]
        for line, done in zip(lines, forked.run(words, environ=self.environ(), cwd=self.top, seconds=LONGEST)):
            yield line, os.fsdecode(done.stdout + done.stderr)

    def environ(self) -> dict[str, str]:
        """Return the process environment of a laptop."""
        unset = ("S2I_SOURCE_PATH", "S2I_UPLOAD_PATH")
        environ = {name: value for name, value in self.application.environ().items() if name not in unset}
        return {**environ, "S2I_APPLICATION_PATH": str(self.application.root / "nowhere")}

    def git(self, *words: str, top: Path | None = None) -> None:
        """Do something with its repository."""
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *identity, *words], cwd=top or self.top, check=True)

    def staged(self, path: str) -> tuple[str, str]:
        """Return the mode and the content that the index has of a file."""

        def said(*words: str) -> str:
            return subprocess.run(["git", *words], cwd=self.top, capture_output=True, check=True, text=True).stdout

        mode, blob = said("ls-files", "-s", path).split()[:2]
        return mode, said("cat-file", "blob", blob)


@pytest.fixture
def foreign(application: Application) -> Foreign:
    """Return a checkout."""
    return Foreign(application)


@pytest.mark.many_cases
@pytest.mark.parametrize("line", LOOKING)
def test_what_there_is_usually(foreign: Foreign, line: str) -> None:
    """The checkout has nothing odd in it, so what follows is about what is odd."""
    status, said = foreign.look(line)
    assert (status, "Traceback" in said) == (0, False), said


def _leak(foreign: Foreign, *paths: str) -> None:
    outside = foreign.application.root / "outside"
    text = f"# {ELSEWHERE}\n{ELSEWHERE.upper()}={ELSEWHERE}\ndef {ELSEWHERE}: '{ELSEWHERE}'\n"
    foreign.application.write(outside, text, 0o755)
    for path in paths:
        (foreign.top / path).unlink()
        (foreign.top / path).symlink_to(outside)


def _assert_nothing_leaks(foreign: Foreign, *lines: str) -> None:
    for line, said in foreign.each(*lines):
        assert ELSEWHERE not in said.lower(), line
        assert "Traceback" not in said, line
    assert ELSEWHERE in (foreign.application.root / "outside").read_text()


@pytest.mark.slow
def test_links_that_lead_out(foreign: Foreign) -> None:
    """Nothing that they lead to is printed; check finds each that S2I would upload."""
    _leak(foreign, *FILES)
    _assert_nothing_leaks(foreign, *LOOKING)
    _, said = foreign.look("check")
    for path in FILES:
        if path.startswith(".s2i"):
            assert f"{path}:1: error S2I211: there is {OUTSIDE}" in said


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES)
def test_a_link_that_leads_out(foreign: Foreign, path: str) -> None:
    """Nor where it is the only one, so that nothing ends before it is read."""
    _leak(foreign, path)
    _assert_nothing_leaks(foreign, *LOOKING)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [
        *(".s2i", ".s2i/jobs"),
        *(pytest.param(path, marks=pytest.mark.slow) for path in (".s2i/jobs/hourly", ".s2i/action_hooks", ".s2i/bin")),
    ],
)
def test_directories_that_lead_out(foreign: Foreign, path: str) -> None:
    """Nor are the names there."""
    outside = foreign.application.root / "outside"
    (foreign.top / path).rename(outside)
    for name in ("hourly", "secret_category"):
        foreign.application.write(outside / name / "secret_name", f"#!/bin/bash\n{ELSEWHERE}\n", 0o755)
    foreign.application.write(outside / "secret_name", "#!/bin/bash\ntrue\n", 0o755)
    (foreign.top / path).symlink_to(outside)
    for line, said in foreign.each(*WAITING, "--list -F json"):
        assert ELSEWHERE not in said, line
        assert "secret_" not in said, line
        assert "Traceback" not in said, line
    assert "leads out of" in foreign.look("check")[1]


@contextlib.contextmanager
def _socket(path: Path) -> Iterator[None]:
    directory = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"/proc/self/fd/{directory}/{path.name}")  # a socket's path may not be long
        os.close(directory)
        yield


@contextlib.contextmanager
def _device(path: Path) -> Iterator[None]:
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this user cannot make a device")
    yield


@contextlib.contextmanager
def _fifo(path: Path) -> Iterator[None]:
    os.mkfifo(path, 0o755)
    yield


@contextlib.contextmanager
def _large(path: Path) -> Iterator[None]:
    path.touch(0o755)
    os.truncate(path, 1 << 30)
    yield


KINDS = {"FIFO": _fifo, "socket": _socket, "/dev/zero": _device, "1 GB": _large}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_of_a_repository(foreign: Foreign, kind: str) -> None:
    """Nobody waits for it, nobody reads it all, and check finds it where S2I would look."""
    with contextlib.ExitStack() as stack:
        for path in FILES:
            (foreign.top / path).unlink()
            stack.enter_context(KINDS[kind](foreign.top / path))
        for line, said in foreign.each(*WAITING):
            assert "Traceback" not in said, line
        _, said = foreign.look("check")
        for path in FILES if kind != "1 GB" else ():
            if path.startswith(".s2i"):
                assert f"{path}:1: error S2I211: there is a FIFO, a socket or a device" in said


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", FILES)
def test_a_single_one(foreign: Foreign, path: str, kind: str) -> None:
    """So that nothing ends before it is read."""
    (foreign.top / path).unlink()
    with KINDS[kind](foreign.top / path):
        for line, said in foreign.each(*WAITING):
            assert "Traceback" not in said, line


@pytest.mark.many_cases
@pytest.mark.parametrize("path", [".s2i/environment", ".s2i/tasks.py", ".s2i/action_hooks/deploy_env"])
def test_a_fifo_is_not_waited_for_in_a_container(application: Application, path: str) -> None:
    """The phase that needs it says what it is."""
    application.hook("ready", "true")
    (application.source / path).unlink(missing_ok=True)
    os.mkfifo(application.source / path)
    done = application.s2itasks("jobs" if path.endswith("tasks.py") else "exec", "true", timeout=30)
    done = application.s2itasks("alive", timeout=30) if path.endswith("tasks.py") else done
    assert done.status in (2, 126)
    assert path in done.error


def _evil(foreign: Foreign, name: str) -> tuple[Path, str]:
    marker = foreign.application.root / "executed"
    return marker, str(foreign.application.write(foreign.top / name, f"#!/bin/sh\necho $0 $* >>{marker}\ncat\n", 0o755))


@pytest.mark.many_cases
@pytest.mark.parametrize("line", ["check --fix", "check", "--list", "check --format github"])
def test_programs_that_a_repository_names(foreign: Foreign, line: str) -> None:
    """In .git/config of an unpacked archive, for whatever git starts one for."""
    marker, program = _evil(foreign, "program")
    foreign.git("init", "-q")
    (foreign.top / ".gitattributes").write_text("* filter=evil diff=evil\n")
    foreign.git("add", "-A")
    foreign.git("update-index", "--chmod=-x", ".s2i/action_hooks/ready")
    for key in (
        *("core.fsmonitor", "core.pager", "pager.ls-files", "pager.config", "diff.external", "diff.evil.command"),
        *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.sshCommand", "core.editor"),
        *("core.gitProxy", "credential.helper", "alias.ls-files", "core.alternateRefsCommand", "gpg.program"),
    ):
        foreign.git("config", key, program)
    hooks = foreign.top / ".git/hooks"
    for name in ("post-index-change", "fsmonitor-watchman", "pre-commit", "post-checkout"):
        foreign.application.write(hooks / name, f"#!/bin/sh\necho $0 $* >>{marker}\n", 0o755)
    marker.unlink(missing_ok=True)  # by our own git
    (foreign.top / ".s2i/action_hooks/ready").chmod(0o644)
    foreign.look(line)
    assert not marker.exists(), marker.read_text()
    if line == "check --fix":
        assert foreign.staged(".s2i/action_hooks/ready")[0] == "100755"


@pytest.mark.many_cases
@pytest.mark.parametrize("line", ["check sub", "check sub --fix", "check"])
def test_a_bare_repository_in_disguise(foreign: Foreign, line: str) -> None:
    """Everything of it can be committed, so a clone is enough."""
    marker, program = _evil(foreign, "program")
    foreign.git("init", "-q")
    for directory in ("sub", ""):
        sub = foreign.top / directory
        foreign.application.write(sub / "HEAD", "ref: refs/heads/main\n")
        config = f"[core]\nrepositoryformatversion = 0\nbare = false\nworktree = {sub}\nfsmonitor = {program}\n"
        foreign.application.write(sub / "config", config)
        foreign.application.write(sub / "objects/.keep", "")
        foreign.application.write(sub / "refs/.keep", "")
    for path, text in FILES.items():
        foreign.application.write(foreign.top / "sub" / path, text, 0o644)
    foreign.git("add", "-A")
    marker.unlink(missing_ok=True)
    foreign.look(line)
    assert not marker.exists(), marker.read_text()


def test_a_source_below_the_top_of_a_repository(foreign: Foreign) -> None:
    """The run bit is set where the index has the file, and the index keeps what it says of the content."""
    foreign.git("init", "-q", top=foreign.application.root)
    foreign.git("add", "checkout", top=foreign.application.root)
    ready = foreign.top / ".s2i/action_hooks/ready"
    foreign.git("update-index", "--chmod=-x", ".s2i/action_hooks/ready")
    ready.write_text("#!/bin/bash\nfalse # not added\n")
    foreign.look("check --fix")
    assert foreign.staged(".s2i/action_hooks/ready") == ("100755", FILES[".s2i/action_hooks/ready"])


NAMES = ("a\nb", "c\x1b[31md", "e\u202ef", "::error::g", "h##[error]i", "%0A::error::j", "k\r\nl", "m\u2028n")


@pytest.mark.slow
def test_names_that_would_be_commands(foreign: Foreign) -> None:
    """In every format: a line of ours stays one line, and none is an order to a CI but those that we mean."""
    for name in NAMES:
        for directory in (".s2i/action_hooks", ".s2i/jobs/hourly", f".s2i/jobs/{name}", ".s2i/bin"):
            text = f"#!/bin/bash\r\nset -x '{name}'\r\ncd /nowhere\r\n"
            foreign.application.write(foreign.top / directory / name, text, 0o644)
        with (foreign.top / ".s2i/environment").open("a") as opened:
            opened.write(f"export {name}='{name}'\n{name}\nPASSWORD{name[:2]}=x\n")
    for line, said in foreign.each(*LOOKING):
        if "json" in line:
            json.loads(said.partition("\ns2itasks: ")[0])
            continue
        lines = said.splitlines(keepends=True)
        assert all(each.endswith("\n") and each[:-1].isprintable() for each in lines), line
        commands = [each for each in lines if each.lstrip().startswith("::") or "##[" in each]
        if "github" in line:
            allowed = ("::error file=", "::warning file=", "::notice file=")
            commands = [each for each in commands if not each.startswith(allowed) or "\n" in each[:-1]]
        assert commands == [], line


LONG = (
    *("a;", "((", "$((", "$(", "`a` ", "{ ", "if ", "case a in ", "a|", "a&&", "'", '"', "<<A\n", "a=(", "[[ a == ("),
    *("\\", "${a:-", "$'\\x", "f() {", "for a in b; do ", "# s2itasks: ignore=S2I503\n", "A=1\n", "\r\n"),
    *("export A=1 ", "a \\\n", "s2itasks ", "x-", "\t", "\0", "\xff", "!" * 7, "?*", "@(a|"),
    *("cat <<'E'\nE\n", "coproc ", "time "),
)


@pytest.mark.slow
@pytest.mark.parametrize("unit", LONG)
def test_long_scripts(foreign: Foreign, unit: str) -> None:
    """As long as check reads them, made to take long."""
    (foreign.top / ".s2i/action_hooks/ready").write_text(unit * (LIMIT // len(unit.encode())))
    assert "Traceback" not in foreign.look("check")[1]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["(", "[", "{1:", "lambda:", "-", "a.", "if 1:\n ", "\\\n", "@a\n", "not ", "a<"])
def test_long_task_files(foreign: Foreign, unit: str) -> None:
    """Nor is there a traceback, or a crash of Python's own parser."""
    (foreign.top / ".s2i/tasks.py").write_text(unit * (MOST // len(unit)))
    for line in ("check", "--list"):
        status, said = foreign.look(line)
        assert (status in (0, 1, 2), "Traceback" in said) == (True, False)


def test_a_script_that_is_too_long(foreign: Foreign) -> None:
    """It is not read, and that is said."""
    foreign.application.write(foreign.top / ".s2i/action_hooks/ready", "#!/bin/bash\n" + "a;" * LIMIT, 0o755)
    status, said = foreign.look("check")
    assert "warning S2I217: it is larger than 128 KiB, so check does not look at what is in it" in said
    assert status == 0


@pytest.mark.slow
@pytest.mark.parametrize("line", ["check --fix", "check --diff"])
def test_a_link_to_itself(foreign: Foreign, line: str) -> None:
    """It is a finding, and keeps nothing else from being mended."""
    (foreign.top / ".s2i/action_hooks/alive").symlink_to("alive")
    (foreign.top / ".s2i/action_hooks/ready").chmod(0)
    _, said = foreign.look(line)
    assert "Traceback" not in said
    assert ".s2i/action_hooks/ready" in said
    if line == "check --fix":
        assert (foreign.top / ".s2i/action_hooks/ready").stat().st_mode & 0o100


@pytest.mark.slow
def test_a_repository_that_git_waits_for(foreign: Foreign) -> None:
    """It is given up, and said; the other findings are there."""
    foreign.git("init", "-q")
    foreign.git("add", "-A")
    (foreign.top / ".git/index").unlink()
    os.mkfifo(foreign.top / ".git/index")
    (foreign.top / ".s2i/action_hooks/ready").chmod(0o644)
    status, said = foreign.look("check")
    assert "git does not tell its index (it did not come to an end), so run bits are those of the working tree" in said
    assert (status, "S2I201" in said) == (1, True)


def test_one_category_that_leads_out(foreign: Foreign) -> None:
    """The others are listed all the same."""
    (foreign.top / ".s2i/jobs/etc").symlink_to("/etc")
    for line in ("jobs", "--list"):
        status, said = foreign.look(line)
        assert (status, ".s2i/jobs/hourly/clean" in said or "jobs hourly" in said) == (0, True)
        assert "passwd" not in said
