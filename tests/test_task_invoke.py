"""Which invoke a hook in Python gets: the application's where that works and is as new as ours, else ours."""

from __future__ import annotations

import shutil
import sys
import venv
from importlib import metadata
from pathlib import Path

import invoke
import pytest
from application import Application

OURS = metadata.version("invoke")
TASKS = """\
import sys
from invoke import task

@task
def which(c):
    import invoke
    print(invoke.__version__, invoke.__file__)

@task
def importing(c, name):
    try:
        print(__import__(name).__name__)
    except ImportError as problem:
        print(problem)
"""


@pytest.fixture
def own(application: Application) -> Application:
    """Return an application with a virtual environment of its own, in which there is nothing yet."""
    venv.create(application.path, symlinks=True)
    application.variables["PATH"] = f"{application.path}/bin:{application.environ()['PATH']}"
    application.write(application.source / ".s2i/tasks.py", TASKS)
    return application


def packages(application: Application) -> Path:
    """Return the directory of its packages."""
    return application.path / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"


def installed(application: Application, version: str, text: str = "", *, directory: Path | None = None) -> Path:
    """Install an invoke: a working one of this version, or one that is this text."""
    directory = directory or packages(application)
    if text:
        application.write(directory / "invoke" / "__init__.py", text)
    else:
        shutil.copytree(Path(invoke.__file__).parent, directory / "invoke")
    described = f"Metadata-Version: 2.1\nName: invoke\nVersion: {version}\n"
    application.write(directory / f"invoke-{version}.dist-info" / "METADATA", described)
    return directory / "invoke"


def gets(application: Application) -> tuple[str, bool]:
    """Run a task; return the version of its invoke, and whether that is of the application's packages."""
    version, file = application.s2itasks("app.which").succeeded().out.split()
    return version, Path(file).is_relative_to(application.path / "lib") or Path(file).is_relative_to(application.source)


def explained(application: Application) -> str:
    """Return what --help says of it."""
    out = application.s2itasks("--help", "app.which").succeeded().out
    return next(line for line in out.splitlines() if "nvoke: " in line).strip()


@pytest.mark.slow
def test_none(own: Application) -> None:
    """It gets ours, and nothing else of us."""
    assert gets(own) == (OURS, False)
    assert explained(own) == f"Its invoke: {OURS}, that of s2itasks"
    for name in ("dotenv", "s2itasks"):
        assert own.s2itasks("app.importing", name).succeeded().out == f"No module named '{name}'\n"


@pytest.mark.slow
def test_one_that_is_as_new_as_ours(own: Application) -> None:
    """The application has chosen it."""
    installed(own, "99.1")
    assert gets(own) == ("99.1", True)
    assert explained(own) == "Its invoke: 99.1, the application's"


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("version", "text", "reason"),
    [
        ("1.7.3", "raise RuntimeError('was imported')\n", "is older"),
        ("99.1", "import no_such\n", "cannot be imported: ModuleNotFoundError: No module named 'no_such'"),
        ("99.1", "__version__ = 'x'\n", "cannot be imported: ModuleNotFoundError: No module named 'invoke.program'"),
        ("99.1", "raise SystemExit('two\\nlines')\n", "cannot be imported: SystemExit: two"),
    ],
)
def test_one_that_would_not_do(own: Application, version: str, text: str, reason: str) -> None:
    """It gets ours, and the application's other packages."""
    installed(own, version, text)
    own.write(packages(own) / "fabric.py", "")
    assert gets(own) == (OURS, False)
    assert explained(own) == f"Its invoke: {OURS}, that of s2itasks; the application's {version} {reason}"
    assert own.s2itasks("app.importing", "fabric").succeeded().out == "fabric\n"


@pytest.mark.slow
@pytest.mark.many_cases
@pytest.mark.parametrize("name", ["invoke.py", "invoke/__init__.py", "copy.py"])
def test_a_module_of_the_source_directory_in_its_place(own: Application, name: str) -> None:
    """Neither it nor one with a name of the standard library is in invoke's way."""
    own.write(own.source / name, "raise RuntimeError('was imported')\n")
    assert gets(own) == (OURS, False)
    own.write(own.source / "models.py", "")
    assert own.s2itasks("app.importing", "models").succeeded().out == "models\n"


def test_what_pythonpath_has_is_not_in_its_way(own: Application) -> None:
    """A module with a name of the standard library, which invoke needs."""
    own.form = "runtime"  # the console script is not isolated
    own.write(own.root / "modules" / "getpass.py", "raise RuntimeError('was imported')\n")
    own.variables["PYTHONPATH"] = str(own.root / "modules")
    assert gets(own) == (OURS, False)


@pytest.mark.slow
def test_packages_on_pythonpath_are_the_applications(own: Application) -> None:
    """A directory of packages counts wherever it is, a module that lies about does not."""
    own.form = "runtime"  # the console script is not isolated
    vendored = own.source / "vendor"
    own.variables["PYTHONPATH"] = f"{own.source}:{vendored}"
    own.write(own.source / "invoke.py", "raise RuntimeError('was imported')\n")
    installed(own, "99.2", directory=vendored)
    assert gets(own) == ("99.2", True)
    assert explained(own) == "Its invoke: 99.2, the application's"


@pytest.mark.slow
def test_the_pinned_runtime_says_and_does_the_same(own: Application) -> None:
    """With the invoke that was set aside."""
    own.form = "launcher"
    own.hook("build", "true")
    installed(own, "1.7.3", "raise RuntimeError('was imported')\n")
    assert gets(own) == (OURS, False)
    assert explained(own) == f"Its invoke: {OURS}, that of s2itasks; the application's 1.7.3 is older"
    assert own.s2itasks("app.importing", "dotenv").succeeded().out == "No module named 'dotenv'\n"


def test_help_starts_nothing_where_there_is_no_application_root(own: Application, tmp_path: Path) -> None:
    """Which packages an image will have, a laptop does not know; what it has itself may be anybody's."""
    checkout = tmp_path / "checkout"
    own.write(checkout / ".s2i/tasks.py", TASKS)
    spoiling = own.write(tmp_path / "bin" / "python", "#!/bin/sh\ntouch $LOG\n", 0o755)
    environ = {"S2I_APPLICATION_PATH": str(tmp_path / "nowhere"), "PATH": f"{spoiling.parent}:/usr/bin:/bin"}
    done = own.s2itasks("--help", "app.which", env=environ, cwd=checkout).succeeded()
    assert "invoke: " not in done.out
    assert not own.log.exists()


def test_help_without_an_interpreter(own: Application) -> None:
    """It says what it knows."""
    (own.path / "bin" / "python").unlink()
    (own.path / "bin" / "python3").unlink()
    done = own.s2itasks("--help", "app.which", env={"PATH": "/nowhere"}).succeeded()
    assert "Task: .s2i/tasks.py:5 (present)\n" in done.out
    assert "invoke: " not in done.out
