"""The one file: what is in it, that it runs wherever there is a Python, and what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from application import S2ITASKS, Application, Result
from signals import masks

from s2itasks.launcher import packages
from s2itasks.onefile import archive, start

LARGEST = 540_000  # bytes
GROWS_BY = 2_750_000  # bytes of an image, with the file itself
SUPPORTED = ("3.9", "3.10", "3.11", "3.12", "3.13")


def pythons() -> dict[str, Path]:
    """Return the supported Pythons of this machine, by their versions."""
    places = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = {version: sorted(places.glob(f"{version}.*/bin/python")) for version in SUPPORTED}
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {**{version: paths[0] for version, paths in found.items() if paths}, here: Path(sys.executable)}


@pytest.fixture(scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that tests share, because none of them changes it."""
    target = tmp_path_factory.mktemp("one file") / "s2itasks.pyz"
    archive.write(target)
    target.chmod(0o444)
    return target


def run(
    file: Path, *words: str, cwd: Path, python: Path | str = sys.executable, environ: Mapping[str, str] | None = None
) -> Result:
    """Run it as a person does, with a home of its own."""
    (cwd / "home").mkdir(exist_ok=True)
    given = {"PATH": "/usr/bin:/bin", "HOME": str(cwd / "home"), **(environ or {})}
    done = subprocess.run([python, "-I", file, *words], cwd=cwd, env=given, capture_output=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def test_what_is_in_it(one_file: Path) -> None:
    """Three packages with their licenses, their versions, and a checksum for each file."""
    with zipfile.ZipFile(one_file) as opened:
        manifest = json.loads(opened.read(start.MANIFEST))
        assert opened.namelist() == ["__main__.py", "handover.py", start.MANIFEST, start.FILES]
    assert set(manifest["versions"]) == set(packages.PACKAGES.values())
    names = set(manifest["files"])
    assert {"s2itasks/cli/main.py", "s2itasks/check/pages/S2I101.md", "invoke/__init__.py", "dotenv/main.py"} <= names
    licensed = {name.partition("-")[0] for name in names if name.rpartition("/")[2].startswith("LICEN")}
    assert licensed == {"s2itasks", "invoke", "python_dotenv"}
    assert not any(name.endswith(".pyc") for name in names)
    assert one_file.stat().st_size <= LARGEST


@pytest.mark.slow
def test_the_same_bytes_again(one_file: Path, tmp_path: Path) -> None:
    """From the same packages; those that it has unpacked make the same file once more."""
    archive.write(tmp_path / "again.pyz")
    assert (tmp_path / "again.pyz").read_bytes() == one_file.read_bytes()
    run(one_file, "--version", cwd=tmp_path).succeeded()
    (copy,) = (tmp_path / "home/.cache/s2itasks").iterdir()
    write = "import sys, pathlib; from s2itasks.onefile import archive; archive.write(pathlib.Path(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-S", "-c", write, tmp_path / "third.pyz"],
        env={"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    assert (tmp_path / "third.pyz").read_bytes() == one_file.read_bytes()
    assert os.access(copy / "s2itasks/builder/bin/assemble", os.X_OK)


@pytest.mark.slow
@pytest.mark.parametrize(("version", "python"), pythons().items(), ids=str)
def test_every_python(one_file: Path, tmp_path: Path, version: str, python: Path) -> None:
    """Runs it, and writes the same bytes from the same packages."""
    assert run(one_file, "--version", cwd=tmp_path, python=python).out.startswith("s2itasks ")
    assert "assemble" in run(one_file, "--list", cwd=tmp_path, python=python).succeeded().out
    (copy,) = (tmp_path / "home/.cache/s2itasks").iterdir()
    write = "import sys, pathlib; from s2itasks.onefile import archive; archive.write(pathlib.Path(sys.argv[1]))"
    again = tmp_path / f"{version}.pyz"
    subprocess.run([python, "-S", "-c", write, again], env={"PYTHONPATH": str(copy)}, check=True)
    assert again.read_bytes() == one_file.read_bytes()


@pytest.mark.slow
def test_a_repository_is_checked(one_file: Path, tmp_path: Path) -> None:
    """With the pages of the rules, from a directory with a blank in its name."""
    (tmp_path / "repository/.s2i").mkdir(parents=True)
    assert run(one_file, "check", "repository", cwd=tmp_path).succeeded().out == "All checks passed!\n"
    assert run(one_file, "check", "--explain", "S2I503", cwd=tmp_path).out.startswith("# S2I503: ")


@pytest.mark.slow
def test_what_is_kept(one_file: Path, tmp_path: Path) -> None:
    """One copy in the user's cache, which the second start uses; it is nobody else's to change."""
    run(one_file, "--version", cwd=tmp_path).succeeded()
    (copy,) = (tmp_path / "home/.cache/s2itasks").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    (copy / "s2itasks/__init__.py").write_text("__version__ = 'kept'\n")
    assert run(one_file, "--version", cwd=tmp_path).out == "s2itasks kept\n"
    copy.chmod(0o777)
    assert run(one_file, "--version", cwd=tmp_path).succeeded().out != "s2itasks kept\n"
    assert "kept" in (copy / "s2itasks/__init__.py").read_text()  # nor is it replaced: it would be somebody's again


@pytest.mark.slow
def test_a_copy_that_somebody_has_thinned(one_file: Path, tmp_path: Path) -> None:
    """A cache is a cache."""
    for lost in ("start.py", "s2itasks/console.py"):
        run(one_file, "--version", cwd=tmp_path).succeeded()
        (copy,) = (tmp_path / "home/.cache/s2itasks").iterdir()
        (copy / lost).unlink()
    assert run(one_file, "--version", cwd=tmp_path).succeeded().out.startswith("s2itasks ")
    assert len(list((tmp_path / "home/.cache/s2itasks").iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("words", [("assemble",), ("--version",)])
def test_what_is_not(one_file: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A build leaves nothing behind, nor does anything where there is no home."""
    (tmp_path / "tmp").mkdir()
    environ = {
        "TMPDIR": str(tmp_path / "tmp"),
        "HOME": str(tmp_path / "home") if words == ("assemble",) else "/nowhere",
    }
    done = run(one_file, *words, cwd=tmp_path, environ={**environ, "S2I_APPLICATION_PATH": str(tmp_path / "none")})
    assert (done.status == 0) is (words != ("assemble",)), done.err
    assert not Path("/nowhere").exists()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["home", "tmp"]


@pytest.mark.many_cases
@pytest.mark.parametrize("offset", [0.3, 0.6, 0.9])
def test_a_damaged_one(one_file: Path, tmp_path: Path, offset: float) -> None:
    """It says so, before anything of it runs."""
    content = bytearray(one_file.read_bytes())
    content[int(len(content) * offset)] ^= 0xFF
    damaged = tmp_path / "s2itasks.pyz"
    damaged.write_bytes(content)
    done = run(damaged, "--version", cwd=tmp_path)
    assert done.status == 1
    assert done.error.startswith(f"{damaged} is damaged (")
    assert done.error.endswith("); fetch it again")
    assert not list((tmp_path / "home/.cache/s2itasks").glob("*"))


@pytest.mark.slow
def test_no_place(one_file: Path, tmp_path: Path) -> None:
    """The message says what to set."""
    environ = {"HOME": "/nowhere", "TMPDIR": "/nowhere"}
    script = f"ulimit -f 1; exec {sys.executable} -I '{one_file}' --version"
    done = subprocess.run(
        ["/bin/bash", "-c", script], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"s2itasks: error: {one_file} cannot be unpacked:")
    assert done.stderr.endswith("give it a place with TMPDIR\n")


@pytest.mark.slow
def test_two_at_once(one_file: Path, tmp_path: Path) -> None:
    """They do not see half of what the other unpacks."""
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    started = [
        subprocess.Popen([sys.executable, "-I", one_file, "--version"], env=environ, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert {process.communicate()[0] for process in started} == {run(one_file, "--version", cwd=tmp_path).stdout}
    assert len(list((tmp_path / ".cache/s2itasks").iterdir())) == 1


def test_the_environment_is_as_it_was(one_file: Path, tmp_path: Path) -> None:
    """Two Pythons start, and what they change in it for themselves reaches no hook."""
    application = an_upload(Application(tmp_path), one_file)
    application.hook("build", 'env -0 >"$LOG"; grep ^SigIgn: /proc/self/status', uploaded=True)
    environ = environ_without(application)
    done = application.run(sys.executable, "-I", file_of(application), "assemble", environ=environ).succeeded()
    seen = dict(entry.split("=", 1) for entry in application.log.read_text().split("\0") if entry)
    assert "LC_CTYPE" not in seen
    assert masks(done.out) == [0]


@pytest.mark.slow
def test_a_build(one_file: Path, tmp_path: Path) -> None:
    """Without s2itasks anywhere: what it pins is what an installed one pins, and the image does not grow much."""
    application = an_upload(Application(tmp_path), one_file)
    (tmp_path / "tmp").mkdir()
    environ = {**environ_without(application), "TMPDIR": str(tmp_path / "tmp")}
    before = size(application.path)
    command = f'exec {sys.executable} -I "${{S2I_UPLOAD_PATH:-/tmp/src}}/.s2i/s2itasks.pyz" assemble'
    application.run("/bin/bash", "-c", command, environ=environ).succeeded()
    assert size(application.path) - before <= GROWS_BY
    assert (application.source / ".s2i/s2itasks.pyz").read_bytes() == one_file.read_bytes()
    launcher = application.path / "bin/s2itasks"
    assert application.run(launcher, "ready", environ=environ).succeeded().out == "ready A=1\n"
    assert application.run(launcher, "run", environ=environ).succeeded().out == "run A=1\n"
    assert application.run(launcher, "app.hello", environ=environ).succeeded().out == "hello\n"
    again = application.run(sys.executable, "-I", application.source / ".s2i/s2itasks.pyz", "ready", environ=environ)
    assert again.succeeded().out == "ready A=1\n"
    assert not list((tmp_path / "tmp").iterdir())


def an_upload(application: Application, one_file: Path) -> Application:
    """Upload an application with the file in its repository."""
    application.builder("assemble", 'shopt -s dotglob; mv "$S2I_UPLOAD_PATH"/* "$S2I_SOURCE_PATH"')
    application.builder("run", "echo run A=$A")
    application.env_script("deploy_env", "A=1", uploaded=True)
    application.hook("ready", "echo ready A=$A", uploaded=True)
    application.write(application.upload / "app.py", "")
    task = "from invoke import task\n@task\ndef hello(c): print('hello')\n"
    application.write(application.upload / ".s2i/tasks.py", task)
    application.write(file_of(application), one_file.read_bytes())
    return application


def file_of(application: Application) -> Path:
    """Return where the file is in the upload."""
    return application.upload / ".s2i/s2itasks.pyz"


def environ_without(application: Application) -> dict[str, str]:
    """Return the environment of a container in which no s2itasks is installed, and no locale is set."""
    environ = application.environ({"PATH": f"{application.path}/bin:/usr/bin:/bin"})
    return {name: value for name, value in environ.items() if name not in ("LANG", "LC_ALL", "LC_CTYPE")}


def size(directory: Path) -> int:
    """Return the bytes in the files of a directory."""
    return sum(path.lstat().st_size for path in directory.rglob("*") if path.is_file() and not path.is_symlink())


def test_the_tests_need_no_installed_one() -> None:
    """Or a build without it would prove nothing."""
    assert str(Path(S2ITASKS).parent) not in ("/usr/bin", "/bin")
