"""The pinned runtime: whatever an application does to its packages, s2itasks works and the application has its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from application import Application
from installation import Installation, installed, uploaded

from s2itasks import __version__

SHADOWED = ("secrets", "enum", "typing", "invoke", "dotenv", "random", "shlex")


def works(image: Installation) -> None:
    """Assert that every command of a pod does."""
    for command in ("verify", "ready", "alive", "setup", "migrate"):
        assert image.run(command).succeeded().out == f"{command} 1\n"
    assert image.run("ready", "--timeout", "50", "--log").succeeded().out == "ready 1\n"
    assert image.run("exec", "printenv", "A").succeeded().out == "1\n"
    assert image.run("shell", stdin=b"echo $A\n").succeeded().out == "1\n"
    assert image.run("jobs", "hourly").succeeded().out == "job 1\n"
    assert image.run("run").succeeded().out == "deploy 1\nrun 1\n"
    assert image.run("env", "A").succeeded().out == "A  1  deploy_env\n"


@pytest.fixture
def image(application: Application) -> Installation:
    """An image with s2itasks in its virtual environment, which is the application root."""
    uploaded(application)
    return installed(application, application.path)


@pytest.mark.slow
def test_a_virtual_environment_below_the_root(application: Application) -> None:
    """As some Dockerfiles have it; it is the application's all the same."""
    uploaded(application)
    image = installed(application, application.path / "venv")
    image.run("assemble").succeeded()
    assert image.script.read_text().startswith("#!/bin/bash")
    works(image)
    assert "ready" in image.run("--list").succeeded().out
    assert image.run("--version").succeeded().out == f"s2itasks {__version__}\n"


def test_what_is_on_path_is_the_copy(image: Installation) -> None:
    """A short script, readable for group 0, with a byte-compiled copy behind it; nothing else is left over."""
    image.run("assemble").succeeded()
    assert "exec" in image.script.read_text()
    place = image.application.path / "libexec" / "s2itasks"
    assert [each.name for each in place.parent.iterdir() if each.name.startswith("s2itasks.")] == [
        place.readlink().name
    ]
    for source in (place / "s2itasks").glob("*.py"):
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")), source
        assert source.stat().st_mode & 0o040
    assert image.run("ready").succeeded().out == "ready 1\n"


@pytest.mark.slow
def test_what_another_process_just_compiles(image: Installation) -> None:
    """It writes a file beside the byte code, which is gone in a moment: between listing and copying, too."""
    bytecode = image.packages / "s2itasks" / "__pycache__"
    bytecode.mkdir(exist_ok=True)
    (bytecode / "cli.cpython-39.pyc.140029615275056").symlink_to("gone")
    image.run("assemble").succeeded()
    works(image)


@pytest.mark.slow
def test_an_application_with_older_versions(image: Installation) -> None:
    """It pins invoke and python-dotenv, and gets what it pinned."""
    install = "; ".join(
        f'rm -rf "$P/{name}"; mkdir "$P/{name}"; echo "__version__ = \'{version}\'" >"$P/{name}/__init__.py"'
        for name, version in (("invoke", "1.7.3"), ("dotenv", "0.10.0"))
    )
    image.application.hook("build", f"P={image.packages}; {install}; s2itasks exec true", uploaded=True)
    image.run("assemble").succeeded()
    works(image)
    show = "import invoke, dotenv; print(invoke.__version__, dotenv.__version__)"
    assert image.run("exec", "python", "-c", show).succeeded().out == "1.7.3 0.10.0\n"


@pytest.mark.slow
def test_an_application_that_uninstalls_what_it_does_not_know(image: Installation) -> None:
    """``pip-sync`` removes packages and console script; at the end of the build the latter is there again."""
    remove = f"rm -r {image.packages}/{{invoke,dotenv,s2itasks}}* {image.script}"
    image.application.hook("build", remove, uploaded=True)
    image.run("assemble").succeeded()
    works(image)
    assert image.run("exec", "python", "-c", "import s2itasks").status == 1


@pytest.mark.slow
def test_an_application_that_shadows_the_standard_library(image: Installation) -> None:
    """With modules of its own, in the current directory and on PYTHONPATH."""
    for directory in ("", "lib/"):
        for name in SHADOWED:
            image.application.write(image.application.upload / f"{directory}{name}.py", "raise SystemExit(99)\n")
    image.application.variables["PYTHONPATH"] = f"{image.application.source}/lib"
    image.run("assemble").succeeded()
    works(image)
    assert image.run("exec", "python", "-c", "import secrets").status == 99


@pytest.mark.slow
def test_an_application_with_a_broken_sitecustomize(image: Installation) -> None:
    """Every start of its own interpreter fails over it."""
    broken = f"echo 'raise SystemExit(98)' >{image.packages}/sitecustomize.py"
    image.application.hook("build", broken, uploaded=True)
    image.run("assemble").succeeded()
    works(image)
    assert image.run("exec", "python", "-c", "").status == 1


@pytest.mark.slow
def test_a_rebuild_replaces_the_copy(image: Installation) -> None:
    """A chained build runs from the older copy, and leaves one."""
    image.run("assemble").succeeded()
    first = (image.application.path / "libexec" / "s2itasks").resolve()
    image.application.hook("ready", "echo ready $A", uploaded=True)
    image.run("assemble").succeeded()
    second = (image.application.path / "libexec" / "s2itasks").resolve()
    assert first != second
    assert not first.exists()
    assert image.run("ready").succeeded().out == "ready 1\n"


@pytest.mark.slow
def test_through_a_module_the_roots_own_script_is_written(application: Application) -> None:
    """There is no console script to replace; nor is that of a developer's editable installation."""
    application.builder("assemble", "true")
    argv = [sys.executable, "-m", "s2itasks", "assemble"]
    subprocess.run(argv, env=application.environ(), cwd="/", capture_output=True, check=True)
    own = application.path / "bin" / "s2itasks"
    done = subprocess.run([own, "--version"], env=application.environ(), capture_output=True, text=True, check=True)
    assert done.stdout == f"s2itasks {__version__}\n"
    own.unlink()
    application.s2itasks("assemble").succeeded()
    assert own.exists()
    assert "set aside" not in (Path(sys.executable).parent / "s2itasks").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("needs_it", [True, False])
def test_an_interpreter_that_needs_the_activation(application: Application, needs_it: bool) -> None:  # noqa: FBT001
    """Software collections can be started only after BASH_ENV; anything else is spared it until its turn."""
    activate = application.write(application.root / "activate", 'export ENABLED=1; echo sourced >>"$LOG"\n')
    check = '[ -n "$ENABLED" ] || exit 127\n' if needs_it else ""
    become = f'exec {shlex.quote(sys.executable)} "$@"'
    python = application.write(application.root / "python", f"#!/bin/sh\n{check}{become}\n", 0o755)
    application.builder("assemble", "true")
    start = f"import sys; sys.executable = {str(python)!r}; sys.argv[1:] = ['assemble']"
    start += "; from s2itasks.cli.main import main; main()"
    environ = application.environ({"BASH_ENV": str(activate)})
    subprocess.run([sys.executable, "-c", start], env=environ, cwd="/", capture_output=True, check=True)
    application.log.unlink()
    done = subprocess.run(
        [application.path / "bin" / "s2itasks", "--version"], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"s2itasks {__version__}\n"
    assert application.logged == (["sourced"] if needs_it else [])


@pytest.mark.slow
def test_real_packages(application: Application) -> None:
    """Older versions from the index, and an uninstallation by pip, in a real virtual environment."""
    uploaded(application)
    image = installed(application, application.path)
    subprocess.run([application.path / "bin" / "python", "-m", "ensurepip"], capture_output=True, check=True)
    install = "python -m pip install -q invoke==1.7.3 python-dotenv==0.10.0"
    application.hook("build", install, uploaded=True)
    image.run("assemble").succeeded()
    works(image)
    show = "from importlib.metadata import version; print(version('invoke'), version('python-dotenv'))"
    assert image.run("exec", "python", "-c", show).succeeded().out == "1.7.3 0.10.0\n"
    application.hook("build", "python -m pip uninstall -q -y invoke python-dotenv s2itasks", uploaded=True)
    image.run("assemble").succeeded()
    works(image)


def test_what_few_may_read_is_not_copied_for_all(application: Application) -> None:
    """The programs hold .s2i/environment and deploy_env."""
    application.builder("assemble", "true")
    application.write(application.upload / ".s2i/environment", "PLANTED=1\n", 0o640)
    application.write(application.upload / ".s2i/action_hooks/deploy_env", "ALSO=PLANTED\n", 0o644)
    application.s2itasks("assemble").succeeded()
    holding = [path for path in application.path.rglob("*") if path.is_file() and b"PLANTED" in path.read_bytes()]
    assert application.path / "bin/s2itasks" in holding
    assert [path for path in holding if path.stat().st_mode & 0o007 and path.name != "deploy_env"] == []
