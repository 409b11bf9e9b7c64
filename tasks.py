"""The project's own tasks; ./inv --list shows them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import sys
from pathlib import Path

from invoke.context import Context
from invoke.tasks import task

signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if our parent ignored it, the tools below would leave no status
BEFORE_CONVERSION = ("examples/v2-django/", "examples/warpdrive/", "tests/conversion/")  # as they were written once
ONLY = {"k": "only the tests whose names match, as pytest's -k"}
SUPPORTED = ("3.9", "3.10", "3.11", "3.12", "3.13")


def sh(c: Context, *command: str) -> None:
    """Run a tool, showing what is run; it gets no stdin, so that it behaves the same in CI."""
    c.run(shlex.join(command), echo=True, in_stream=False)


def pytest(c: Context, python: str, *chosen: str) -> None:
    """Run tests side by side; in CI, those that fail are run once more, alone, and are named where they pass then.

    They start many thousand processes and signal them while the machine is full, as CPython's own suite does, whose CI
    does the same. What fails because of the code fails twice.
    """
    workers = str((os.cpu_count() or 1) + 1)  # they mostly wait for processes of their own
    command = [python, "-m", "pytest", "-n", workers, "--dist", "worksteal", *chosen]
    if "CI" not in os.environ:
        sh(c, *command)
        return
    done = c.run(shlex.join(command), echo=True, in_stream=False, warn=True)  # tests that fail are run again below
    if done is None or done.exited not in (0, 1):  # none could be run
        sys.exit(done.exited if done else 1)
    if done.exited == 0:
        return
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    sh(c, python, "-m", "pytest", "--last-failed", "--last-failed-no-failures", "none", *chosen)
    print("These failed beside others, and passed alone:", *failed, sep="\n")


@task(name="try", help={"stay": "leave the application running until Ctrl-C"})
def try_(c: Context, stay: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag of the command line
    """Build and run the Django example with the embedded builder, until it answers."""
    rehearse = ["s2itasks", "rehearse", "examples/django"]
    if stay:
        os.execvp(rehearse[0], rehearse)  # noqa: S606 - Ctrl-C is for it alone
    sh(c, *rehearse, "--check")


@task(help=ONLY)
def test(c: Context, k: str = "") -> None:
    """Run the everyday tests (under two minutes)."""
    pytest(c, sys.executable, *(["-k", k] if k else []))


@task(help=ONLY)
def conformance(c: Context, k: str = "") -> None:
    """Run the tests of what pods do in the forms that the everyday run leaves out, see tests/forms.py."""
    for form in ("launcher", "console"):
        os.environ["S2ITASKS_TEST_FORM"] = form
        pytest(c, sys.executable, "-m", "every_form and not slow and not e2e", *(["-k", k] if k else []))
    del os.environ["S2ITASKS_TEST_FORM"]


@task(help=ONLY)
def properties(c: Context, k: str = "") -> None:
    """Run the tests that make up their own examples with a thousand of them each."""
    os.environ["S2ITASKS_TEST_EXAMPLES"] = "1000"
    limit = ("--timeout", "1200")  # seconds for all examples of a test
    pytest(c, sys.executable, "-m", "hypothesis", *limit, *(["-k", k] if k else []))
    del os.environ["S2ITASKS_TEST_EXAMPLES"]


@task(help=ONLY)
def slow(c: Context, k: str = "") -> None:
    """Run the tests that install from an index, start servers or take their time."""
    limit = ("--timeout", "600")  # seconds for a test; they install packages
    pytest(c, sys.executable, "-m", "slow", *limit, *(["-k", k] if k else []))


@task
def e2e(c: Context) -> None:
    """Build images and run them in real containers; needs root, and installs what it lacks on Debian."""
    limit = ("--timeout", "600")  # seconds for a test; the first one makes a root filesystem and two images
    sh(c, sys.executable, "-m", "pytest", "tests/containers", "-m", "e2e", *limit)


@task
def versions(c: Context) -> None:
    """Run the everyday tests on every other supported Python that this machine has."""
    others = [version for version in SUPPORTED if version != f"{sys.version_info.major}.{sys.version_info.minor}"]
    found = {version: python for version in others if (python := _python(version))}
    print(f"Pythons: {', '.join(found)}; not on this machine: {', '.join(set(others) - set(found)) or 'none'}")
    for version, python in found.items():
        venv = Path(".venvs") / version
        if not (venv / "bin" / "s2itasks").exists():
            sh(c, python, "-m", "venv", str(venv))
            sh(c, f"{venv}/bin/python", "-m", "pip", "install", "--quiet", "--editable", ".[dev]")
        pytest(c, f"{venv}/bin/python")


@task(help={"json": "write all numbers there, too", "rounds": "interleaved rounds", "only": "one section alone"})
def bench(c: Context, json: str = "", rounds: int = 20, only: str = "") -> None:
    """Measure s2itasks beside bash, plain invoke and powershift-image; prints Markdown tables."""
    given = [*(["--json", json] if json else []), *(["--only", only] if only else [])]
    sh(c, sys.executable, "-m", "benchmarks", "--rounds", str(rounds), *given)


@task(help={"only": "those whose file or description matches this pattern", "shares": "try one of so many shares"})
def mutants(c: Context, only: str = "", shares: int = 1) -> None:
    """Put a fault into s2itasks, one at a time; the everyday tests have to catch each. CI tries a third of them."""
    given = [*(["--only", only] if only else []), "--shares", str(shares)]
    sh(c, sys.executable, "-m", "mutants", *given)


@task(help={"check": "build it twice, and check all of it, with every supported Python of this machine"})
def release(c: Context, check: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag of the command line
    """Build sdist, wheel, the one file, its SBOM and checksums into dist, with tools in an environment of their own."""
    pythons = [f"--python={python}" for version in SUPPORTED if (python := _python(version))]
    sh(c, str(_tools(c, "release") / "python"), "-m", "releasing", *(["--check", *pythons] if check else []))


@task
def docs(c: Context) -> None:
    """Make what of the documentation comes from the code, and the site of it all, in site/; warnings are errors."""
    sh(c, sys.executable, "-m", "documentation")
    os.environ["NO_MKDOCS_2_WARNING"] = "1"  # of Material, about its successor; it is no warning of ours
    sh(c, str(_tools(c, "docs") / "mkdocs"), "build", "--strict")


@task
def screens(c: Context) -> None:
    """Write what people see into tests/screens and tests/manifests anew; git diff shows what has changed."""
    os.environ["S2ITASKS_TEST_SCREENS"] = "write"
    sh(c, sys.executable, "-m", "pytest", "-q", "-m", "", "tests/test_screens.py", "tests/test_manifests.py")
    del os.environ["S2ITASKS_TEST_SCREENS"]


@task(help={"fix": "mend what can be mended"})
def lint(c: Context, fix: bool = False) -> None:  # noqa: FBT001, FBT002 - a flag of the command line
    """Check style: ruff for Python, import-linter for its layers, shellcheck and shfmt for every shell script."""
    sh(c, "ruff", "check", ".", *(["--fix"] if fix else []))
    sh(c, "ruff", "format", ".", *([] if fix else ["--check"]))
    sh(c, "lint-imports", "--no-logo")
    scripts = _shell_scripts()
    sh(c, "shellcheck", *scripts)
    sh(c, "shfmt", "-i", "4", "-ci", "-w" if fix else "-d", *scripts)


@task
def types(c: Context) -> None:
    """Check types: mypy --strict."""
    sh(c, "mypy")


def _tools(c: Context, extra: str) -> Path:
    """Return the programs of an extra of pyproject.toml, in an environment of their own; the first time it is made."""
    venv = Path(".venvs") / extra
    ready = venv / ".ready"
    if not ready.exists() or ready.stat().st_mtime < Path("pyproject.toml").stat().st_mtime:
        sh(c, sys.executable, "-m", "venv", "--clear", str(venv))
        sh(c, f"{venv}/bin/python", "-m", "pip", "install", "--quiet", "--editable", f".[{extra}]")
        ready.touch()
    return venv / "bin"


def _python(version: str) -> str | None:
    """Find an interpreter: on PATH, or where pyenv keeps it."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for candidate in sorted(pyenv.glob(f"versions/{version}.*/bin/python")):
        return str(candidate)
    return shutil.which(f"python{version}")


def _shell_scripts() -> list[str]:
    """Find the shell scripts that git knows or could know, by their first line."""
    listed = os.popen("git ls-files --cached --others --exclude-standard").read().splitlines()  # noqa: S605
    ours = (name for name in listed if not name.startswith(BEFORE_CONVERSION))
    return [name for name in ours if Path(name).is_file() and _is_shell(Path(name))]


def _is_shell(path: Path) -> bool:
    with path.open("rb") as opened:
        return bool(re.match(rb"#!.*\b(ba)?sh\b|# shellcheck shell=bash", opened.readline()))
