"""The pinned runtime: whatever an application does to its packages, s2itasks works and the application has its own."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from application import Application, Result

from s2itasks import __version__
from s2itasks.launcher import packages

SHADOWED = ("secrets", "enum", "typing", "invoke", "dotenv", "random", "shlex")


class Installed:
    """An application root with s2itasks installed, as in an image.

    :param application: its directories, hooks and builder.
    :param venv: the virtual environment, in the images the application root itself.
    """

    def __init__(self, application: Application, venv: Path) -> None:
        self.application = application
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        self.packages = venv / "lib" / version / "site-packages"
        packages.copy_into(self.packages)
        script = f"#!{venv}/bin/python\nfrom s2itasks.cli.main import main\nmain()\n"
        self.script = application.write(venv / "bin" / "s2itasks", script, 0o755)
        application.variables["PATH"] = f"{venv}/bin:/usr/local/bin:/usr/bin:/bin"
        application.builder("assemble", 'shopt -s dotglob; mv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"')
        application.builder("run", "echo run $A")
        application.env_script("deploy_env", "A=1", uploaded=True)
        for hook in ("verify", "ready", "alive", "setup", "migrate", "deploy"):
            application.hook(hook, f"echo {hook} $A", uploaded=True)
        application.write(application.upload / ".s2i" / "jobs" / "hourly" / "job", "#!/bin/bash\necho job $A\n", 0o755)

    def run(self, *words: str, stdin: bytes = b"") -> Result:
        """Run the s2itasks that is on PATH in the image."""
        done = subprocess.run(
            ["s2itasks", *words],
            env=self.application.environ(),
            cwd=self.application.source,
            input=stdin,
            capture_output=True,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def works(self) -> None:
        """Assert that every command of a pod does."""
        for command in ("verify", "ready", "alive", "setup", "migrate"):
            assert self.run(command).succeeded().out == f"{command} 1\n"
        assert self.run("ready", "--timeout", "50", "--log").succeeded().out == "ready 1\n"
        assert self.run("exec", "printenv", "A").succeeded().out == "1\n"
        assert self.run("shell", stdin=b"echo $A\n").succeeded().out == "1\n"
        assert self.run("jobs", "hourly").succeeded().out == "job 1\n"
        assert self.run("run").succeeded().out == "deploy 1\nrun 1\n"
        assert self.run("env", "A").succeeded().out == "A  1  deploy_env\n"


@pytest.fixture
def installed(application: Application) -> Installed:
    """An image with s2itasks in its virtual environment."""
    return Installed(application, application.path)


@pytest.mark.slow
def test_a_virtual_environment_below_the_root(application: Application) -> None:
    """As some Dockerfiles have it; it is the application's all the same."""
    installed = Installed(application, application.path / "venv")
    installed.run("assemble").succeeded()
    assert installed.script.read_text().startswith("#!/bin/bash")
    installed.works()
    assert "ready" in installed.run("--list").succeeded().out
    assert installed.run("--version").succeeded().out == f"s2itasks {__version__}\n"


def test_what_is_on_path_is_the_copy(installed: Installed) -> None:
    """A short script, readable for group 0, with a byte-compiled copy behind it; nothing else is left over."""
    installed.run("assemble").succeeded()
    assert "exec" in installed.script.read_text()
    place = installed.application.path / "libexec" / "s2itasks"
    assert [each.name for each in place.parent.iterdir() if each.name.startswith("s2itasks.")] == [
        place.readlink().name
    ]
    for source in (place / "s2itasks").glob("*.py"):
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")), source
        assert source.stat().st_mode & 0o040
    assert installed.run("ready").succeeded().out == "ready 1\n"


@pytest.mark.slow
def test_what_another_process_just_compiles(installed: Installed) -> None:
    """It writes a file beside the byte code, which is gone in a moment: between listing and copying, too."""
    bytecode = installed.packages / "s2itasks" / "__pycache__"
    bytecode.mkdir(exist_ok=True)
    (bytecode / "cli.cpython-39.pyc.140029615275056").symlink_to("gone")
    installed.run("assemble").succeeded()
    installed.works()


def test_an_application_with_older_versions(installed: Installed) -> None:
    """It pins invoke and python-dotenv, and gets what it pinned."""
    install = "; ".join(
        f'rm -rf "$P/{name}"; mkdir "$P/{name}"; echo "__version__ = \'{version}\'" >"$P/{name}/__init__.py"'
        for name, version in (("invoke", "1.7.3"), ("dotenv", "0.10.0"))
    )
    installed.application.hook("build", f"P={installed.packages}; {install}; s2itasks exec true", uploaded=True)
    installed.run("assemble").succeeded()
    installed.works()
    show = "import invoke, dotenv; print(invoke.__version__, dotenv.__version__)"
    assert installed.run("exec", "python", "-c", show).succeeded().out == "1.7.3 0.10.0\n"


@pytest.mark.slow
def test_an_application_that_uninstalls_what_it_does_not_know(installed: Installed) -> None:
    """``pip-sync`` removes packages and console script; at the end of the build the latter is there again."""
    remove = f"rm -r {installed.packages}/{{invoke,dotenv,s2itasks}}* {installed.script}"
    installed.application.hook("build", remove, uploaded=True)
    installed.run("assemble").succeeded()
    installed.works()
    assert installed.run("exec", "python", "-c", "import s2itasks").status == 1


def test_an_application_that_shadows_the_standard_library(installed: Installed) -> None:
    """With modules of its own, in the current directory and on PYTHONPATH."""
    for directory in ("", "lib/"):
        for name in SHADOWED:
            installed.application.write(
                installed.application.upload / f"{directory}{name}.py", "raise SystemExit(99)\n"
            )
    installed.application.variables["PYTHONPATH"] = f"{installed.application.source}/lib"
    installed.run("assemble").succeeded()
    installed.works()
    assert installed.run("exec", "python", "-c", "import secrets").status == 99


@pytest.mark.slow
def test_an_application_with_a_broken_sitecustomize(installed: Installed) -> None:
    """Every start of its own interpreter fails over it."""
    broken = f"echo 'raise SystemExit(98)' >{installed.packages}/sitecustomize.py"
    installed.application.hook("build", broken, uploaded=True)
    installed.run("assemble").succeeded()
    installed.works()
    assert installed.run("exec", "python", "-c", "").status == 1


@pytest.mark.slow
def test_a_rebuild_replaces_the_copy(installed: Installed) -> None:
    """A chained build runs from the older copy, and leaves one."""
    installed.run("assemble").succeeded()
    first = (installed.application.path / "libexec" / "s2itasks").resolve()
    installed.application.hook("ready", "echo ready $A", uploaded=True)
    installed.run("assemble").succeeded()
    second = (installed.application.path / "libexec" / "s2itasks").resolve()
    assert first != second
    assert not first.exists()
    assert installed.run("ready").succeeded().out == "ready 1\n"


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
    installed = Installed(application, application.path)
    subprocess.run([application.path / "bin" / "python", "-m", "ensurepip"], capture_output=True, check=True)
    install = "python -m pip install -q invoke==1.7.3 python-dotenv==0.10.0"
    application.hook("build", install, uploaded=True)
    installed.run("assemble").succeeded()
    installed.works()
    show = "from importlib.metadata import version; print(version('invoke'), version('python-dotenv'))"
    assert installed.run("exec", "python", "-c", show).succeeded().out == "1.7.3 0.10.0\n"
    application.hook("build", "python -m pip uninstall -q -y invoke python-dotenv s2itasks", uploaded=True)
    installed.run("assemble").succeeded()
    installed.works()
