"""Pods are hard places: read-only, full, nameless, short of processes. Things work there or fail with one message."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import random_user
from application import S2ITASKS, Application, Result

pytestmark = pytest.mark.every_form

MOUNTS = ["unshare", "--mount", "--propagation", "private"]
can_mount = pytest.mark.skipif(
    subprocess.run([*MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode != 0,
    reason="no mount namespaces here",
)
as_nobody = pytest.mark.skipif(
    random_user.interpreter() is None, reason="needs root and a Python that anybody can start"
)


def in_shell(application: Application, command: str, *prefix: str, **variables: str) -> Result:
    """Run a shell command line, in which ``$S2ITASKS`` is s2itasks."""
    environ = application.environ({"S2ITASKS": S2ITASKS, **variables})
    done = subprocess.run(
        [*prefix, "bash", "-c", command],
        env={name: value for name, value in environ.items() if value != "UNSET"},
        cwd=application.source,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def as_somebody(application: Application, *words: str, prefix: tuple[str, ...] = (), **variables: str) -> Result:
    """Run s2itasks as a random user."""
    random_user.open_to(application.root)
    python = random_user.interpreter()
    assert python is not None
    environ = application.environ(variables)
    done = subprocess.run(
        [*random_user.prefix(), *prefix, "sh", "-c", 'exec "$@"', "sh", *random_user.command(python), *words],
        env={name: value for name, value in environ.items() if value != "UNSET"},
        cwd=application.source,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def deployed(application: Application) -> Application:
    """An application with an env script and every sort of hook."""
    application.env_script("deploy_env", "NAME=world\nread -r FIRST <<X\nhere\nX\n")
    application.hook("deploy", 'echo "deploy $NAME"')
    application.hook("ready", 'echo "ready $NAME $FIRST"')
    application.job("hourly", "1", 'echo "job $NAME"')
    application.builder("run", 'echo "run $NAME"')
    return application


@pytest.mark.slow
@can_mount
def test_a_read_only_file_system(deployed: Application) -> None:
    """The whole of it: no temporary file is needed for anything."""
    remount = (
        "mount -o remount,ro,bind / 2>/dev/null || mount -o remount,ro / || exit 99; ! touch x 2>/dev/null || exit 98"
    )
    commands = (
        "$S2ITASKS run && $S2ITASKS ready --timeout 20 --log && $S2ITASKS jobs hourly && $S2ITASKS exec echo exec"
    )
    done = in_shell(deployed, f"{remount}; {commands} && echo 'echo $NAME' | $S2ITASKS shell", *MOUNTS)
    if done.status == 99:
        pytest.skip("the root file system cannot be made read-only here")
    assert done.out == "deploy world\nrun world\nready world here\njob world\nexec\nworld\n", done.err


@pytest.mark.parametrize("temporary", ["/nowhere", "/proc/1"])
def test_no_place_for_temporary_files(deployed: Application, temporary: str) -> None:
    """TMPDIR names what is not there, or cannot be written to."""
    assert in_shell(deployed, "$S2ITASKS ready", TMPDIR=temporary).succeeded().out == "ready world here\n"


@can_mount
def test_a_full_temporary_directory(deployed: Application, tmp_path: Path) -> None:
    """Nothing of ours goes there."""
    full = tmp_path / "full"
    full.mkdir()
    fill = f"mount -t tmpfs -o size=4k none {full} && ! head -c 100000 /dev/zero >{full}/fill 2>/dev/null"
    done = in_shell(deployed, f"{fill}; $S2ITASKS ready", *MOUNTS, TMPDIR=str(full))
    assert done.succeeded().out == "ready world here\n"


@as_nobody
def test_a_user_without_name_and_home(deployed: Application) -> None:
    """OpenShift's random UID, before anything gives it a name."""
    deployed.hook("ready", 'echo "$(id -u) ${HOME-none} $NAME"')
    done = as_somebody(deployed, "ready", HOME="UNSET", LOG="UNSET")
    assert done.succeeded().out == f"{random_user.UID} none world\n"


@as_nobody
def test_a_source_directory_of_somebody_else(deployed: Application) -> None:
    """A volume that only root may write to."""
    for path in (deployed.source, *deployed.source.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o022)
    assert as_somebody(deployed, "run").succeeded().out == "deploy world\nrun world\n"


@as_nobody
def test_few_processes(deployed: Application) -> None:
    """A limit of 64 is enough; where there is none left, that is said once and nothing hangs."""
    assert as_somebody(deployed, "run", prefix=("prlimit", "--nproc=64")).succeeded().out == "deploy world\nrun world\n"
    (deployed.source / ".s2i" / "action_hooks" / "deploy_env").unlink()
    done = as_somebody(deployed, "deploy", prefix=("prlimit", "--nproc=0"))
    assert done.status == 126
    cure = "raise the container's limits (processes, memory, open files)"
    assert done.error.endswith(f"cannot be executed: Resource temporarily unavailable; {cure}")


@can_mount
def test_a_file_system_mounted_noexec(deployed: Application) -> None:
    """The run bit is there, and git is not to blame."""
    hooks = deployed.source / ".s2i" / "action_hooks"
    mount = f"cp -a {hooks} {hooks}.copy && mount -t tmpfs -o noexec none {hooks} && cp -a {hooks}.copy/. {hooks}"
    done = in_shell(deployed, f"{mount} && $S2ITASKS ready", *MOUNTS)
    assert done.status == 126
    assert done.error == (
        ".s2i/action_hooks/ready may not be executed by this user or on this file system; "
        "look at its owner and mode (ls -l .s2i/action_hooks/ready), and whether it is mounted noexec"
    )


@pytest.mark.slow
def test_a_working_directory_that_is_gone(deployed: Application, tmp_path: Path) -> None:
    """A shell may well stand in one."""
    gone = tmp_path / "gone"
    go = f"mkdir {gone}; cd {gone}; rmdir {gone}"
    commands = "$S2ITASKS ready && $S2ITASKS jobs hourly 2>/dev/null && $S2ITASKS exec -- /bin/echo exec"
    done = in_shell(deployed, f"{go}; {commands} && $S2ITASKS --list | head -1 | cut -d: -f1")
    assert done.succeeded().out == "ready world here\njob world\nexec\nBuild\n"


def test_a_hook_that_is_replaced_while_it_runs(deployed: Application) -> None:
    """A sync into the pod puts a new file in its place; the one that runs is the one that was started."""
    deployed.hook("deploy", 'cp "$0" "$0.new"; echo "echo new" >>"$0.new"; mv "$0.new" "$0"; echo old')
    assert deployed.s2itasks("deploy").succeeded().out == "old\n"
    assert deployed.s2itasks("deploy").succeeded().out == "old\nnew\n"


def test_a_hook_of_no_bytes(deployed: Application) -> None:
    """A full disk leaves such files; a shell would run it, too."""
    deployed.write(deployed.source / ".s2i/action_hooks/ready", b"", 0o755)
    assert deployed.s2itasks("ready").succeeded().out == ""


@pytest.mark.parametrize("words", [["ready"], ["ready", "--timeout", "50"]])
def test_a_hook_that_is_being_written(deployed: Application, words: list[str]) -> None:
    """The kernel refuses to execute a file that somebody has open for writing."""
    hook = deployed.write(deployed.source / ".s2i/action_hooks/ready", Path("/bin/true").read_bytes(), 0o755)
    with hook.open("r+b"):
        done = deployed.s2itasks(*words)
    said = f"{str(hook)!r} cannot be executed: Text file busy; try again when nobody writes to it any more"
    if deployed.form == "launcher" and words[1:]:  # it is bash that says why
        said = ".s2i/action_hooks/ready ended with status 126; see its output above"
    assert (done.status, done.error) == (126, said)
    assert "Text file busy" in done.err


@pytest.mark.slow
@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_full_device(deployed: Application, stream: str) -> None:
    """What cannot be said does not change what is done; a list that cannot be printed is a failure."""
    deployed.hook("deploy", "exit 7")
    assert in_shell(deployed, f"$S2ITASKS deploy {stream}>/dev/full").status == 7
    done = in_shell(deployed, "$S2ITASKS --list >/dev/full")
    assert (done.status, done.error) == (1, "No space left on device; free space on the file system, or give it more")
    assert in_shell(deployed, "$S2ITASKS --list >/dev/full 2>&1").status == 1


@pytest.mark.many_cases
@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1", "C.UTF-8", "nonsense"])
def test_any_locale(deployed: Application, locale: str) -> None:
    """Paths and values that are no ASCII, and a summary with bars."""
    deployed.env_script("deploy_env", "NAME=wörld")
    deployed.hook("build", "true")
    deployed.builder("assemble", "true")
    done = in_shell(deployed, "$S2ITASKS ready && $S2ITASKS assemble", LANG=locale, LC_ALL=locale, PYTHONUTF8="0")
    assert "ready wörld" in done.succeeded().stdout.decode()


@pytest.mark.many_cases
@pytest.mark.parametrize(
    "variables",
    [
        {"PATH": "UNSET"},
        {"PATH": ""},
        {"PYTHONWARNINGS": "error"},
        {"PYTHONOPTIMIZE": "2"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONUNBUFFERED": "1", "PYTHONDEVMODE": "1"},
        {"IFS": "x", "CDPATH": "/", "GLOBIGNORE": "*", "POSIXLY_CORRECT": "1"},
    ],
)
def test_odd_variables(deployed: Application, variables: dict[str, str]) -> None:
    """Of Python's, of bash's, or none at all."""
    environ = {**deployed.environ(), **variables}
    done = subprocess.run(
        [S2ITASKS, "ready"],
        env={name: value for name, value in environ.items() if value != "UNSET"},
        cwd=deployed.source,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"ready world here\n", b"")


@pytest.mark.slow
def test_paths_of_any_shape(tmp_path: Path) -> None:
    """Blanks, quotes, newlines, dollars and bytes that are no text, in every directory of the layout."""
    application = Application(tmp_path / os.fsdecode(b"a 'b' \"c\"\n$HOME \xff\xc3 -d"))
    application.variables["LOG"] = str(tmp_path / "log")
    application.env_script("deploy_env", 'A=$(dirname "$0")')
    application.env_script("build_env", "B=1")
    application.hook("build", 'echo "$B" >>"$LOG"', uploaded=True)
    application.hook("deploy", '[ "$A" = "$(dirname "$0")" ] && [ "$PWD" = "$S2I_SOURCE_PATH" ] && echo right')
    application.hook("run", "echo running")
    application.job("hourly", "a job\n$", "echo job")
    application.builder("assemble", 'mv "$S2I_UPLOAD_PATH"/.[!.]* "$S2I_SOURCE_PATH"')
    application.s2itasks("assemble").succeeded()
    assert (tmp_path / "log").read_text() == "1\n"
    assert application.s2itasks("run").succeeded().out == "right\nrunning\n"
    assert application.s2itasks("jobs", "hourly").succeeded().out == "job\n"
    assert application.s2itasks("--list").succeeded().out
