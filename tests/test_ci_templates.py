"""The GitHub Action and the template for GitLab: their steps, run as the two run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from checked import BASH, write

from s2itasks import __version__
from s2itasks.check import reports
from s2itasks.onefile import archive

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
(JOB,) = yaml.safe_load((ROOT / "gitlab" / "check.yml").read_text()).values()
FLAWED = {".s2i/action_hooks/deploy 644": f"{BASH}true\n"}
DOUBTFUL = {".s2i/action_hooks/deploy": f"{BASH}env\n"}
INJECTION = '$(touch INJECTED) `touch INJECTED`"; touch INJECTED; "'
ANNOTATION = (
    "::error file={}.s2i/action_hooks/deploy,line=1,title=S2I201 A hook is not executable::"
    "deploy has no run bit, so its phase ends with status 126; chmod +x .s2i/action_hooks/deploy"
)


class Ended(NamedTuple):
    """A step that is over."""

    status: int
    lines: list[str]


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that tests share, because none of them changes it."""
    target = tmp_path_factory.mktemp("one file") / "s2itasks.pyz"
    archive.write(target)
    return target


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a directory for a repository in which nothing may be imported."""
    (tmp_path / "repository").mkdir()
    for module in ("venv", "pip", "s2itasks", "json", "sitecustomize"):
        (tmp_path / "repository" / f"{module}.py").write_text("open('INJECTED', 'w')\n")
    return tmp_path / "repository"


def environ(repository: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a job, which knows where packages come from."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    (repository.parent / "temp").mkdir(exist_ok=True)
    home = {"HOME": str(repository.parent), "TMPDIR": str(repository.parent / "temp")}
    return {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **home, **settings, **given}


def ended(repository: Path, command: list[str], given: Mapping[str, str]) -> Ended:
    """Run a script as a step; what is checked has had no say in it."""
    done = subprocess.run(
        command,
        cwd=repository,
        env=environ(repository, given),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert not list(repository.parent.rglob("INJECTED")), done.stdout
    return Ended(done.returncode, done.stdout.splitlines())


def action(repository: Path, **inputs: str) -> Ended:
    """Run the steps of the action as GitHub does, with inputs and their defaults."""
    values = {name: declared["default"] for name, declared in ACTION["inputs"].items()}
    assert not set(inputs) - set(values)
    (step,) = ACTION["runs"]["steps"]
    given = {
        variable: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: {**values, **inputs}[found[1]], expression)
        for variable, expression in step["env"].items()
    }
    given.update(GITHUB_ACTION_PATH=str(ROOT), RUNNER_TEMP=str(repository.parent))
    script = repository.parent / "step.sh"
    script.write_text(step["run"])
    return ended(repository, ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], given)


def job(repository: Path, shell: str = "bash", **variables: str) -> Ended:
    """Run the script of the template as GitLab does."""
    options = ["-eo", "pipefail"] if shell == "bash" else ["-e"]
    return ended(repository, [shell, *options, "-c", "\n".join(JOB["script"])], variables)


def test_no_input_is_pasted_into_a_script() -> None:
    """Or whoever names a branch or a directory could run what they like."""
    (step,) = ACTION["runs"]["steps"]
    assert (ACTION["runs"]["using"], step["shell"]) == ("composite", "bash")
    assert "${{" not in step["run"]
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} == set(step["env"].values())
    assert "$[[" not in (ROOT / "gitlab/check.yml").read_text()
    assert ACTION["inputs"]["format"]["default"] in reports.FORMATS


@pytest.mark.parametrize(("shell", "script"), [("bash", ACTION["runs"]["steps"][0]["run"]), ("sh", JOB["script"][0])])
def test_shellcheck_has_nothing_against_them(shell: str, script: str) -> None:
    """The scripts in YAML are no files that ./inv lint finds."""
    words = [str(Path(sys.executable).with_name("shellcheck")), f"--shell={shell}", "-"]
    done = subprocess.run(words, input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_the_action(repository: Path, one_file: Path) -> None:
    """It says which version looks, and annotates what that finds; its status is that of check."""
    version = f"s2itasks {__version__}"
    write(repository, {})
    assert action(repository, file=str(one_file)) == Ended(0, [version])
    write(repository, FLAWED)
    status, lines = action(repository, file=str(one_file))
    assert (status, lines[:2]) == (1, [version, ANNOTATION.format("")])
    assert lines[2].startswith("s2itasks: error: 1 error in .s2i; ")
    assert action(repository, file=str(one_file), format="text").lines[-2] == (
        "Found 1 error; 1 can be mended with --fix."
    )


@pytest.mark.slow
def test_the_action_counts_warnings_where_that_is_asked_for(repository: Path, one_file: Path) -> None:
    """And takes no third answer to the question."""
    write(repository, DOUBTFUL)
    assert action(repository, file=str(one_file)).status == 0
    assert action(repository, file=str(one_file), strict="true").status == 1
    assert action(repository, strict="yes") == Ended(
        2, ["::error title=s2itasks check::strict is neither true nor false; set it to one of them"]
    )
    assert action(repository, version="1.0.0", file="a") == Ended(
        2, ["::error title=s2itasks check::file and version are both set; leave one of them out"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a directory", INJECTION, "--fix", "-h"])
def test_inputs_are_taken_by_their_letter(repository: Path, one_file: Path, name: str) -> None:
    """A name of a directory is nothing else."""
    write(repository / name, FLAWED)
    status, lines = action(repository, file=str(one_file), source=name)
    assert status == 1
    assert lines[1] == ANNOTATION.format(f"{name}/")
    status, lines = job(repository, S2ITASKS_CHECK_FILE=str(one_file), S2ITASKS_CHECK_SOURCE=name)
    assert status == 1
    assert lines[1].startswith(f"{name}/.s2i/action_hooks/deploy:1: error S2I201: ")


@pytest.mark.slow
@pytest.mark.parametrize("named", ["format", "version", "file", "strict"])
def test_no_input_is_run(repository: Path, one_file: Path, named: str) -> None:
    """What looks like code ends it with a message, as anything else that it cannot use."""
    write(repository, {})
    given = {"file": str(one_file)} if named in ("format", "strict") else {}
    status, lines = action(repository, **{**given, named: INJECTION})
    assert status != 0
    assert named in ("strict", "version") or INJECTION in lines[-1]


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_the_template(repository: Path, one_file: Path, shell: str) -> None:
    """Its log is for readers, its report for GitLab; the job fails where check does."""
    version, file = f"s2itasks {__version__}", {"S2ITASKS_CHECK_FILE": str(one_file)}
    report = repository / JOB["artifacts"]["reports"]["codequality"]
    write(repository, {})
    assert job(repository, shell, **file) == Ended(0, [version, "All checks passed!"])
    assert json.loads(report.read_text()) == []
    write(repository, FLAWED)
    status, lines = job(repository, shell, **file)
    assert (status, lines[0], lines[2]) == (1, version, "Found 1 error; 1 can be mended with --fix.")
    (issue,) = json.loads(report.read_text())
    assert issue["location"] == {"path": ".s2i/action_hooks/deploy", "lines": {"begin": 1}}
    write(repository, DOUBTFUL)
    assert job(repository, shell, **file).status == 0
    assert job(repository, shell, **file, S2ITASKS_CHECK_STRICT="true").status == 1
    assert job(repository, shell, **file, S2ITASKS_CHECK_STRICT="yes").status == 2


@pytest.mark.slow
def test_installed_ones(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The action installs itself, or a version from an index; the template the newest one or a version."""
    write(repository, FLAWED)
    assert action(repository).lines[:2] == [f"s2itasks {__version__}", ANNOTATION.format("")]
    make = [sys.executable, "-m", "pip", "wheel", "--quiet", f"--wheel-dir={tmp_path}/index", str(ROOT)]
    subprocess.run(make, check=True)
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "index")}
    assert job(repository, **index).status == 1
    status, lines = job(repository, **index, S2ITASKS_CHECK_VERSION="0.0.1")
    assert (status, lines[-1]) == (1, "ERROR: No matching distribution found for s2itasks==0.0.1")
    for name, value in index.items():
        monkeypatch.setenv(name, value)
    assert action(repository, version=__version__).lines[1] == ANNOTATION.format("")
