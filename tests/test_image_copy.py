"""The copy of s2itasks in an image: what it holds, how large it is, and that nothing is missing in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from application import S2ITASKS, Application, Result
from installation import uploaded

LARGEST = 2_300_000  # bytes, byte code included
PACKAGES = {
    "build",
    "cli",
    "deployment",
    "doctor",
    "environment",
    "hooks",
    "inspection",
    "launcher",
    "masking",
    "process",
}
# Imports every module in the directory, but for programs, which begin to run when they are imported.
IMPORT = """
import pathlib, sys
from importlib import import_module
sys.path.insert(0, sys.argv[1])
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    name = ".".join(file.relative_to(sys.argv[1]).with_suffix("").parts)
    if file.stem not in ("start", "task_program"):
        import_module(name.removesuffix(".__init__"))
        assert sys.modules[name.removesuffix(".__init__")].__file__.startswith(sys.argv[1]), name
"""


def build(application: Application) -> Path:
    """Build an application, and return the copy in its image."""
    application.s2itasks("assemble").succeeded()
    return (application.path / "libexec" / "s2itasks").resolve()


def in_image(application: Application, *words: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> Result:
    """Run the s2itasks that is on PATH in the image."""
    program = application.path / "bin" / "s2itasks"
    return application.run(program, *words, environ=application.environ(env), stdin=stdin)


def with_another_builder(root: Path) -> Application:
    """Build an application of everything there is, in an image with another builder than ours."""
    application = Application(root)
    uploaded(application)
    application.write(application.upload / ".s2i/environment", "B=2\n")
    application.write(
        application.upload / ".s2i/tasks.py", "from invoke import task\n@task\ndef report(c): print('report')\n"
    )
    build(application)
    return application


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An image that tests share, because none of them changes it."""
    return with_another_builder(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module", params=["another builder", "ours"])
def copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy of s2itasks in an image that has another builder, or none: then ours is in the copy, too."""
    application = Application(tmp_path_factory.mktemp("image"))
    if request.param == "ours":
        application.variables.update({"S2I_SCRIPTS_PATH": "", "STI_SCRIPTS_PATH": "/nowhere"})
    else:
        application.builder("assemble", "true")
    return build(application)


@pytest.fixture
def with_our_builder(application: Application) -> Application:
    """An application that brings no builder, in an image that has none."""
    application.variables.update({"S2I_SCRIPTS_PATH": "", "STI_SCRIPTS_PATH": "/nowhere"})
    application.write(application.upload / "app.sh", "#!/bin/sh\necho started\n", 0o755)
    return application


def test_what_it_holds(built: Application) -> None:
    """What pods use: a package more is a decision to be made here, and in `launcher.packages`."""
    copy = (built.path / "libexec" / "s2itasks").resolve()
    ours = copy / "s2itasks"
    assert {each.name for each in ours.iterdir() if each.is_dir()} == {"__pycache__", *PACKAGES}
    assert [path.name for path in (copy / "invoke/vendor/yaml").iterdir() if path.is_file()] == ["__init__.py"]
    assert not [*copy.rglob("completion*/*.completion"), *copy.rglob("completion_scripts"), *copy.rglob("py.typed")]
    assert sorted(path.name for path in (copy / "dotenv").glob("*.py")) == [
        "__init__.py",
        "main.py",
        "parser.py",
        "variables.py",
        "version.py",
    ]


@pytest.mark.slow
def test_its_size(copy: Path) -> None:
    """Of files with byte code, all of which this interpreter can use; with the embedded builder, too."""
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LARGEST
    tag = f".{sys.implementation.cache_tag}.pyc"
    compiled = {path for path in files if path.parent.name == "__pycache__"}
    assert compiled == {path.parent / "__pycache__" / f"{path.stem}{tag}" for path in files if path.suffix == ".py"}


@pytest.mark.slow
def test_every_module_can_be_imported(copy: Path) -> None:
    """Nothing that is there needs what was left out."""
    python = [os.path.realpath(sys.executable), "-I", "-S", "-B"]  # writing no byte code, which another test looks at
    done = subprocess.run([*python, "-c", IMPORT, copy], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_what_pods_use(built: Application) -> None:
    """Each phase and command of a deployment, and what shows them."""
    for command in ("verify", "ready", "alive", "setup", "migrate"):
        assert in_image(built, command).succeeded().out == f"{command} 1\n"
        assert in_image(built, command, "--timeout=50").succeeded().out == f"{command} 1\n"
    assert in_image(built, "ready", "--log").succeeded().out == "ready 1\n"
    assert in_image(built, "exec", "printenv", "A").succeeded().out == "1\n"
    assert in_image(built, "shell", stdin=b"echo $A\n").succeeded().out == "1\n"
    assert in_image(built, "jobs").succeeded().out.startswith("hourly\n")
    assert in_image(built, "jobs", "hourly").succeeded().out == "job 1\n"
    assert in_image(built, "app.report").succeeded().out == "report\n"
    assert in_image(built, "deploy-env", "deploy").succeeded().out == "deploy 1\n"
    assert in_image(built, "run").succeeded().out == "deploy 1\nrun 1\n"
    for form in ("table", "json", "dotenv", "export"):
        assert "A" in in_image(built, "env", "A", "--format", form).succeeded().out
    assert in_image(built, "env", "--build").succeeded()
    for form in ("flat", "nested", "json"):
        assert "rehearse" in in_image(built, "--list", "-F", form).succeeded().out
    assert "echo ready" in in_image(built, "--show", "ready").succeeded().out
    other = built.write(built.root / "other", "GONE=1\n")
    assert "added" in in_image(built, "env", "--diff", str(other)).succeeded().out
    for words in (["--help"], ["help", "check"], ["--help", "ready"], ["--version"], ["--dry", "run"]):
        assert in_image(built, *words).succeeded().out
    assert in_image(built, "--dry", "assemble").succeeded()


@pytest.mark.many_cases
@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["check"], "check"),
        (["check", "--strict", "."], "check"),
        (["rehearse"], "rehearse"),
        (["--print-completion-script", "bash"], "--print-completion-script"),
    ],
)
def test_what_belongs_on_a_laptop(built: Application, words: list[str], name: str) -> None:
    """It says so, and what to do."""
    done = in_image(built, *words)
    assert (done.status, done.out) == (2, "")
    assert done.error == (
        f"{name} belongs on a laptop: images do without it; run it in a clone of the repository, which has "
        ".s2i/s2itasks.pyz, or with an installed s2itasks"
    )


def test_completion_offers_nothing(built: Application) -> None:
    """A Tab is no place for a message."""
    done = in_image(built, "--complete", "--", "s2itasks", "")
    assert (done.status, done.out, done.err) == (0, "", "")


@pytest.mark.slow
def test_another_build_in_the_image(tmp_path: Path) -> None:
    """A chained build runs from the copy, and leaves one that holds as much."""
    built = with_another_builder(tmp_path)
    before = manifest(built)
    built.write(built.upload / "more", "")
    in_image(built, "assemble").succeeded()
    assert manifest(built) == before
    test_what_pods_use(built)


@pytest.mark.slow
def test_another_build_with_the_embedded_builder(with_our_builder: Application) -> None:
    """It goes from copy to copy; the builder that runs is the one of the copy."""
    build(with_our_builder)
    for _ in range(2):
        with_our_builder.write(with_our_builder.upload / "more", "")
        in_image(with_our_builder, "assemble").succeeded()
        assert in_image(with_our_builder, "run").succeeded().out.endswith("started\n")


def test_a_builder_that_is_gone(built: Application) -> None:
    """Where the image has lost its builder, there is none: ours was not the one it was built with."""
    gone = {"S2I_SCRIPTS_PATH": "", "STI_SCRIPTS_PATH": "/nowhere"}
    done = in_image(built, "run", env=gone)
    assert done.status == 2
    assert done.error == (
        "there is no builder: neither S2I_SCRIPTS_PATH nor the image has one, and the image was built without the "
        "embedded one; set S2I_SCRIPTS_PATH to the directory of the scripts that it was built with"
    )


def manifest(application: Application) -> list[str]:
    """Return the files of the copy, but for the programs, whose directory is a new one each time."""
    copy = (application.path / "libexec" / "s2itasks").resolve()
    files = (path.relative_to(copy) for path in copy.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if not path.parts[0].startswith("programs."))


def test_a_disk_that_is_too_small(application: Application) -> None:
    """One line for the hundreds of files that do not fit; a limit for files is as good as a full disk."""
    script = f"ulimit -f 8; exec {S2ITASKS} assemble"
    done = subprocess.run(
        ["bash", "-c", script], env=application.environ(), capture_output=True, text=True, check=False
    )
    errors = [line for line in done.stderr.splitlines() if line.startswith("s2itasks: error: ")]
    assert (done.returncode, len(errors)) == (1, 1)
    assert ": File too large; " in errors[0]
    assert len(errors[0]) < 500
