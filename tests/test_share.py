"""What the wheel installs below share: a man page, and completions that shells load by themselves."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import debian
import pexpect
import pytest
from application import S2ITASKS, Application

from documentation.made import MAN_PAGE
from s2itasks.cli.completion import SHELLS
from s2itasks.phases import graph

ROOT = Path(__file__).parent.parent
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
# zsh's own half: the directory is found by compinit, and what is offered is shown instead of completed.
ZSH = """
fpath=("$1" $fpath)
autoload -Uz compinit
compinit -D -u
print $_comps[s2itasks]
compadd() { print -r -- "${candidates[*]}" }
words=(s2itasks jobs "")
CURRENT=3
_s2itasks  # as at the first Tab, and at the next
_s2itasks
"""


def shared() -> dict[str, Path]:
    """Return the files below share, by where the wheel puts them."""
    _, _, table = (ROOT / "pyproject.toml").read_text().partition("[tool.hatch.build.targets.wheel.shared-data]\n")
    lines = re.findall(r'^"(.+)" = "(.+)"$', table.partition("\n\n")[0], re.MULTILINE)
    return {target: ROOT / source for source, target in lines}


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """Return a directory with all of it."""
    for target, source in shared().items():
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, tmp_path / target)
    return tmp_path / "share"


@pytest.fixture
def completing(application: Application) -> Application:
    """Return an application with a category of jobs, and s2itasks on PATH."""
    application.job("hourly", "a", "true")
    application.variables["PATH"] = f"{Path(S2ITASKS).parent}:/usr/local/bin:/usr/bin:/bin"
    return application


def require(package: str, program: str) -> None:
    """Have a program, installing Debian's package where it is not; skip where it cannot be had."""
    if not (shutil.which(program) or Path(program).is_file()):
        debian.install(package)
    if not (shutil.which(program) or Path(program).is_file()):
        pytest.skip(f"no {package} here, and none can be installed")


def test_what_there_is() -> None:
    """A completion for each shell that s2itasks prints one for, and the page."""
    files = shared()
    assert {path.name for path in files.values()} == {*SHELLS, "s2itasks.1"}
    assert all(path.is_file() for path in files.values())


def test_the_page_has_it_all() -> None:
    """Every phase with its options."""
    page = MAN_PAGE.read_text().replace(r"\-", "-")
    for phase in graph:
        assert rf"\fB{'app.NAME' if phase.name == 'app' else phase.name}\fR" in page
        assert not [flag for flag in phase.flags if rf"\fB{flag}" not in page]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "command"),
    [
        ("mandoc", ["mandoc", "-Tlint", "-W", "warning"]),
        ("man-db", ["man", "--warnings=w", "--encoding=UTF-8", "--local-file"]),
    ],
)
def test_the_page_is_a_good_one(package: str, command: list[str]) -> None:
    """Neither of the two programs that show it has anything against it."""
    require(package, command[0])
    environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"}
    done = subprocess.run([*command, MAN_PAGE], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert package != "mandoc" or done.stdout == ""


@pytest.mark.slow
def test_bash_loads_it(completing: Application, share: Path) -> None:
    """At the first Tab, as bash-completion finds it in an environment's share."""
    require("bash-completion", BASH_COMPLETION)
    environ = {**completing.environ(), "XDG_DATA_DIRS": str(share), "PS1": "ready> ", "TERM": "dumb"}
    bash = pexpect.spawn("bash", ["--norc", "-i"], env=environ, encoding="utf-8", timeout=60, dimensions=(24, 100))
    bash.expect_exact("ready> ")
    bash.sendline(f"source {BASH_COMPLETION}")
    bash.expect_exact("ready> ")
    bash.send("s2itasks mig\t")
    bash.expect_exact("s2itasks migrate ")
    bash.send("\x15s2itasks jobs \t")
    bash.expect_exact("s2itasks jobs hourly ")
    bash.close(force=True)


@pytest.mark.slow
def test_zsh_loads_it(completing: Application, share: Path) -> None:
    """At the first Tab, from a directory of its fpath."""
    require("zsh", "zsh")
    command = ["zsh", "-f", "-c", ZSH, "zsh", str(share / "zsh/site-functions")]
    done = subprocess.run(command, env=completing.environ(), capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["_s2itasks", "hourly", "hourly"], "")


@pytest.mark.slow
def test_fish_loads_it(completing: Application, share: Path) -> None:
    """As a vendor's, in one of the directories of XDG_DATA_DIRS."""
    require("fish", "fish")
    environ = {**completing.environ(), "XDG_DATA_DIRS": f"{share}:/usr/share", "HOME": str(share.parent)}
    command = ["fish", "-c", "complete -C 's2itasks jobs '"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["hourly"], "")
