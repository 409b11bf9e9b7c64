"""What people see on a terminal: it fits, nothing wraps, and colours are there where they are wanted."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import terminal_screen
from application import S2ITASKS, Application
from terminal_screen import Screen

pytestmark = pytest.mark.slow  # they draw every screen at several widths

SIZES = ((80, 24), (160, 50))
TASKS = '''\
from invoke import task

@task
def collect(c):
    """Collect static files."""

@task(pre=[collect])
def build(c):
    """Build the front end."""

@task(pre=[collect])
def report(c):
    """Write the report of the day, and send it to everybody who has asked for it in the last week."""
'''
DEPLOY_ENV = """\
ALLOWED_HOSTS=www.example.org,shop.example.org,api.example.org,static.example.org,media.example.org,cdn.example.org
BANNER=$'\\033[31mred\\n'
DB_PASSWORD=hunter2
A_NAME_AS_KUBERNETES_MAKES_THEM_FOR_EACH_PORT_OF_A_SERVICE_PORT_8080_TCP_ADDR=10.0.0.1
unset GONE
umask 0027
"""


@contextmanager
def in_short_path() -> Iterator[Application]:
    """Give an application below a path of always the same length, in an environment that is the same everywhere."""
    root = Path(tempfile.mkdtemp(prefix="s2itasks-", dir="/tmp"))  # that of the machine may be any
    application = Application(root)
    application.variables.update(PATH="/usr/bin:/bin", HOME="/home/user", LOG="/dev/null")
    try:
        yield application
    finally:
        shutil.rmtree(root)


@pytest.fixture(scope="module")
def shop() -> Iterator[Application]:
    """Give an application with one of everything that a hook can be."""
    with in_short_path() as application:
        fill(application)
        yield application


def fill(application: Application) -> None:
    """Write its files."""
    application.write(application.source / ".s2i/tasks.py", TASKS)
    application.write(application.source / ".s2i/environment", "WEB_CONCURRENCY=2\n")
    application.env_script("build_env", "")
    application.env_script("deploy_env", DEPLOY_ENV)
    application.hook("deploy", "true")
    application.hook("ready", "true", mode=0o644)
    application.hook("migrate", "if\n")
    (application.source / ".s2i/action_hooks/alive").mkdir()
    application.job("hourly", "clear", "true")
    application.job("hourly", "mail", "true", mode=0o644)
    application.job("every-morning-before-anybody-is-awake", "report", "true")
    application.variables["GONE"] = "gone"


def masked(text: str) -> str:
    """Return a screen without what differs each time: the directory's name, durations and their bars."""
    text = re.sub(r"(/tmp/s2itasks-)(\w+)", lambda found: found[1] + "x" * len(found[2]), text)
    text = re.sub(r"in \d+\.\d+ s", "in 0.00 s", text)
    text = re.sub(r" *\d+\.\d+ s", lambda found: f"{'0.00 s':>{len(found[0])}}", text)
    return re.sub(r"  (\{cyan\})?█+(\{\})?$", "", text, flags=re.MULTILINE)


def on_terminal(application: Application, words: str, size: tuple[int, int], *, colours: bool) -> Screen:
    """Run a command line on a terminal, and compare what it shows with the file."""
    screen = terminal_screen.shown(
        [S2ITASKS, *words.split()], size, application.environ(), cwd=application.source, colours=colours
    )
    name = "-".join([*words.replace("-", "").split(), f"{size[0]}x{size[1]}", *(["colour"] if colours else [])])
    terminal_screen.compare(screen, name, masked(screen.text))
    return screen


@pytest.mark.many_cases
@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("words", ["--list", "--list -F nested", "env"])
def test_what_there_is(shop: Application, words: str, size: tuple[int, int], *, colours: bool) -> None:
    """Cut to the width, with states in colour."""
    screen = on_terminal(shop, words, size, colours=colours)
    assert screen.status == 0
    assert "{" not in "".join(screen.lines) or colours


@pytest.mark.many_cases
@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("words", ["check", "check --statistics"])
def test_a_check(words: str, size: tuple[int, int], *, colours: bool) -> None:
    """A finding is a line, which a terminal may wrap: an editor and a CI have to find the place in it."""
    with in_short_path() as application:
        application.variables["PATH"] = str(application.root / "bin")  # neither shellcheck nor git, which differ
        application.write(application.source / "app.sh", "#!/bin/bash\n")
        application.write(application.source / ".s2i/environment", 'TITLE="My site"\nPASSWORD=hunter2\n')
        application.write(application.source / ".s2i/bin/assemble", "#!/bin/bash\nexec s2itasks asemble\n", 0o755)
        application.hook("build", "env\nls /opt/app-root/src\nmake")
        screen = on_terminal(application, words, size, colours=colours)
    assert screen.status == 1
    assert "hunter2" not in screen.text


@pytest.mark.many_cases
@pytest.mark.parametrize("colours", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_a_build(size: tuple[int, int], *, colours: bool) -> None:
    """Events and the summary, whose longest bar has thirty blocks."""
    with in_short_path() as application:
        application.builder("assemble", "echo 'what the builder says'")
        application.hook("build", "echo 'what the hook says'", uploaded=True)
        screen = on_terminal(application, "assemble", size, colours=colours)
    assert screen.status == 0
    bars = [line for line in screen.lines if line.endswith(f"{'█' * 30}{{}}" if colours else "█" * 30)]
    assert len(bars) == 1
    assert ("{cyan}" in bars[0]) is colours


@pytest.mark.many_cases
@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "0"}, {"TERM": "dumb"}])
def test_a_start(environ: dict[str, str]) -> None:
    """The compiled program shows what Python does."""
    with in_short_path() as application:
        application.env_script("deploy_env", "A=1")
        application.builder("run", "echo started")
        application.pin()
        argv = ["env", *(f"{name}={value}" for name, value in environ.items())]
        screens = [
            terminal_screen.shown([*argv, str(program), "run"], SIZES[1], application.environ(), cwd=application.source)
            for program in application.pin().values()
        ]
    launcher, runtime = (masked(screen.text) for screen in screens)
    assert launcher == runtime
    assert ("{bold}---> run:{} becoming" in launcher) is not bool(environ)


@pytest.mark.parametrize("colours", [False, True])
def test_a_failure(shop: Application, *, colours: bool) -> None:
    """A message is never cut, because its end says what to do."""
    argv = [S2ITASKS, "jobs", "nothing"]
    screen = terminal_screen.shown(argv, SIZES[0], shop.environ(), cwd=shop.source, colours=colours)
    said = "{red}s2itasks: error:{}" if colours else "s2itasks: error:"
    assert (screen.status, screen.lines[0].partition(" there is")[0], screen.wraps) == (2, said, True)


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, ()),
        ({"FORCE_COLOR": "1"}, ("out", "err")),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, ()),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, ("out", "err")),
        ({"FORCE_COLOR": "0"}, ()),
        ({"FORCE_COLOR": ""}, ()),
    ],
)
def test_colours_without_a_terminal(
    application: Application, variables: dict[str, str], coloured: tuple[str, ...]
) -> None:
    """Only where they are asked for."""
    application.write(application.source / ".s2i/tasks.py", "def x(:\n")
    done = application.s2itasks("--list", env=variables)
    assert [name for name in ("out", "err") if "\033[" in getattr(done, name)] == list(coloured)
    assert "…" not in done.out


def test_each_stream_decides_for_itself(application: Application, tmp_path: Path) -> None:
    """One may be a terminal, and the other a file."""
    application.write(application.source / ".s2i/tasks.py", "def x(:\n")
    for redirected, shown in ((">", "s2itasks: error:"), ("2>", "Build:")):
        command = f"{S2ITASKS} --list {redirected}{tmp_path}/file"
        screen = terminal_screen.shown(["bash", "-c", command], SIZES[0], application.environ(), cwd=tmp_path)
        assert "{" in screen.lines[0]
        assert shown in screen.lines[0]
        assert "\033" not in (tmp_path / "file").read_text()


def test_a_dumb_terminal(application: Application) -> None:
    """It gets no colours, and lines that fit."""
    command = f"TERM=dumb {S2ITASKS} --list"
    screen = terminal_screen.shown(["bash", "-c", command], SIZES[0], application.environ(), cwd=application.source)
    assert ("{" in screen.text, "…" in screen.text, screen.wraps) == (False, True, False)


@pytest.mark.slow
def test_what_a_ci_would_obey(application: Application) -> None:
    """Colours join nothing that means something together, and a name in another script takes its columns."""
    for name in ("::error::g", "##vso[task]j", "\x1b[31m", "夜間バッチ処理で毎晩実行されるもの", "e\u0301" * 30):
        application.job(name, "job", "true", mode=0o644)
    for words in (["--list"], ["--list", "-F", "nested"]):
        forced = application.s2itasks(*words, env={"FORCE_COLOR": "1"}).succeeded().out
        assert not [
            line for line in re.sub("\033\\[[0-9]*m", "", forced).splitlines() if line.lstrip().startswith("::")
        ]
        assert "##" not in re.sub("\033\\[[0-9]*m", "", forced)
        assert "\033[31m\033" not in forced
        screen = terminal_screen.shown([S2ITASKS, *words], SIZES[0], application.environ(), cwd=application.source)
        assert not screen.wraps


@pytest.mark.many_cases
@pytest.mark.parametrize("words", ["--help", "help run", "--help env", "check --help"])
def test_help(shop: Application, words: str) -> None:
    """It is wrapped between words, and nothing is missing."""
    screen = terminal_screen.shown([S2ITASKS, *words.split()], SIZES[0], shop.environ(), cwd=shop.source)
    assert (screen.status, screen.wraps) == (0, False)
    assert "…" not in screen.text or words == "--help"


@pytest.mark.many_cases
@pytest.mark.parametrize("columns", [1, 10, 40])
@pytest.mark.parametrize("words", ["--list", "--list -F nested", "env", "env --diff other", "env --diff-build"])
def test_a_terminal_too_narrow_for_anything(shop: Application, words: str, columns: int) -> None:
    """It shows what there is room for."""
    shop.write(shop.source / "other", "GONE=1\n")
    screen = terminal_screen.shown([S2ITASKS, *words.split()], (columns, 24), shop.environ(), cwd=shop.source)
    assert (screen.status, screen.wraps) == (0, False)


@pytest.mark.many_cases
@pytest.mark.parametrize("words", ["env --wide", "env ALLOWED_HOSTS", "env ALLOWED_HOSTS DB_PASSWORD"])
def test_a_value_as_a_whole(shop: Application, words: str) -> None:
    """Where it is asked for."""
    screen = terminal_screen.shown([S2ITASKS, *words.split()], SIZES[0], shop.environ(), cwd=shop.source)
    assert (screen.wraps, "…" in screen.text) == (True, False)
    assert "cdn.example.org" in screen.text.replace("\n", "")
