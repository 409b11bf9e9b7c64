"""The places of a rehearsal: those of an image where Linux gives it namespaces, and directories elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from application import S2ITASKS
from random_user import command, interpreter, open_to, prefix
from test_rehearse import SERVER, rehearse, write

from s2itasks.rehearse.root import made
from s2itasks.rehearse.this_machine import OwnNamespace


def granted() -> bool:
    """Whether namespaces are to be had here, asked of util-linux."""
    tried = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc", "true"]
    return (
        shutil.which("unshare") is not None and subprocess.run(tried, capture_output=True, check=False).returncode == 0
    )


needs_namespaces = pytest.mark.skipif(not granted(), reason="no user namespaces here")


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application whose hooks write places out and tell who they are, rehearsed; the directory has what is left."""
    directory = tmp_path_factory.mktemp("namespace")
    source = directory / "repository"
    write(source / "app.py", SERVER)
    write(source / ".s2i" / "bin" / "run", "#!/bin/bash\nexec s2itasks run\n", 0o755)
    hooks = source / ".s2i" / "action_hooks"
    who = "{ echo $$ $(id -u):$(id -g) $(id -un) $(hostname) $PWD $HOME; }"
    write(
        hooks / "pre_build",
        f"#!/bin/bash\nls -A /tmp/src /tmp/scripts >/opt/app-root/uploaded\n{who} >/opt/app-root/build\n",
        0o755,
    )
    write(
        hooks / "deploy",
        f"#!/bin/bash\n{who} >/opt/app-root/deploy\nps -o pid=,args= -p 1 >/opt/app-root/first\n",
        0o755,
    )
    write(
        hooks / "ready",
        "#!/bin/bash\n"
        f"{who} >/opt/app-root/ready\n"
        "exec 3<>/dev/tcp/127.0.0.1/$PORT || exit\n"
        f"touch /tmp/mine /var/tmp/mine /dev/shm/mine || exit\n"
        f"for path in {directory} /usr /etc /opt; do "
        'if touch "$path/mine"; then exit 3; fi; done 2>/opt/app-root/refused\n'
        "tr '\\0' ' ' </proc/1/cmdline >/opt/app-root/main\n"
        "grep -E '^(CapEff|NoNewPrivs)' /proc/self/status >/opt/app-root/status\n",
        0o755,
    )
    done = rehearse(str(source), "--check", "--root", str(directory / "root"), cwd=directory)
    assert done.returncode == 0, done.stdout + done.stderr
    write(directory / "said", done.stderr)
    return directory


def left(rehearsed: Path, name: str) -> list[str]:
    """Return the words of what a hook has written."""
    return (rehearsed / "root" / "app-root" / name).read_text().split()


@needs_namespaces
@pytest.mark.slow
def test_as_whom(rehearsed: Path) -> None:
    """A build and a deployment are those of a random user with group 0, who has a name, on a host with one."""
    for hook in ("build", "deploy", "ready"):
        assert left(rehearsed, hook)[1:] == ["1000650000:0", "1000650000", "rehearsal-0", *["/opt/app-root/src"] * 2], (
            hook
        )
    expected = "in a namespace: /opt/app-root and /tmp/src are there, UID 1000650000, the rest is read-only"
    assert f"---> rehearse: {expected}" in (rehearsed / "said").read_text().splitlines()[:3]


@needs_namespaces
@pytest.mark.slow
def test_where_things_are(rehearsed: Path) -> None:
    """The upload and its scripts are where S2I puts them."""
    assert left(rehearsed, "uploaded") == ["/tmp/scripts:", "run", "/tmp/src:", "app.py"]  # noqa: S108 - as `ls` writes them


@needs_namespaces
@pytest.mark.slow
def test_which_processes_there_are(rehearsed: Path) -> None:
    """`s2itasks run` is PID 1, and then the application is; a probe runs beside it."""
    first = left(rehearsed, "first")
    assert (first[0], first[-1]) == ("1", "run")
    assert left(rehearsed, "main")[-1] == "app.py"
    assert left(rehearsed, "status") == ["CapEff:", "0000000000000000", "NoNewPrivs:", "1"]


@needs_namespaces
@pytest.mark.slow
def test_what_is_writable(rehearsed: Path) -> None:
    """The root, /tmp, /var/tmp and /dev/shm, which leave nothing behind; nothing else of this machine."""
    refused = (rehearsed / "root" / "app-root" / "refused").read_text()
    assert refused.count("touch: ") == 4
    for path in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), rehearsed):  # noqa: S108 - as the hook names them
        assert not (path / "mine").exists()


@needs_namespaces
@pytest.mark.slow
def test_the_script_afterwards(rehearsed: Path) -> None:
    """It enters the same places, hands a status and signals on, and what it leaves behind ends with it."""
    script = rehearsed / "root" / "s2itasks"
    command = ["exec", "--", "bash", "-c", "id -u; pwd; ls /opt/app-root/bin/python; sleep 300.25 & exit 7"]
    done = subprocess.run([script, *command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.split()) == (
        7,
        ["1000650000", "/opt/app-root/src", "/opt/app-root/bin/python"],
    )
    waiting = subprocess.Popen(
        [script, "exec", "--", "bash", "-c", "echo up; exec sleep 300.25"], stdout=subprocess.PIPE
    )
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == b"up\n"
    waiting.terminate()
    assert waiting.wait(30) == 143
    waiting.stdout.close()
    missing = subprocess.run([script, "exec", "--", "nowhere"], capture_output=True, text=True, check=False)
    assert (missing.returncode, missing.stderr.count("\n")) == (127, 1)


@needs_namespaces
@pytest.mark.slow
def test_the_script_joins_what_runs(tmp_path: Path) -> None:
    """As `oc rsh`: the application's processes and its /tmp are there."""
    write(tmp_path / "source" / "app.py", SERVER.replace("print(", "open('/tmp/of-application', 'w').close(); print("))
    root = tmp_path / "root"
    staying = subprocess.Popen(
        [S2ITASKS, "rehearse", "source", "--root", "root"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert staying.stderr is not None
    assert any(b"Ctrl-C ends it" in line for line in staying.stderr)
    look = [
        "exec",
        "--",
        "bash",
        "-c",
        "ls /tmp/of-application; tail -c 7 /proc/1/cmdline | tr -d '\\0'; echo $$ >/proc/self/fd/2",
    ]
    seen = subprocess.run([root / "s2itasks", *look], capture_output=True, text=True, check=False, timeout=60)
    staying.terminate()
    staying.communicate(timeout=30)
    assert seen.stdout.split() == ["/tmp/of-application", "app.py"]  # noqa: S108 - as `ls` writes it
    assert int(seen.stderr) > 1


@pytest.fixture
def without_namespaces(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return how to rehearse where the kernel gives no namespaces: in one in which their number is limited to none."""
    if not granted():
        pytest.skip("no user namespaces here")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"'
        argv = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh", str(S2ITASKS), "rehearse", *words]
        environ = {**os.environ, "HOME": str(tmp_path)}
        return subprocess.run(argv, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)

    return run


@pytest.mark.slow
def test_where_there_are_none(
    tmp_path: Path, without_namespaces: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """One line says why, and the lines that write places out are named, with what to do."""
    write(tmp_path / "source" / "app.py", SERVER)
    hook = "#!/bin/bash\n# not /tmp/src\necho ready\nif false; then cp /tmp/src/a /opt/app-root/b; fi\n"
    write(tmp_path / "source" / ".s2i" / "action_hooks" / "build", hook, 0o755)
    done = without_namespaces("source", "--check", "--root", "root")
    assert done.returncode == 0, done.stderr
    _, _, first, second = done.stderr.splitlines()[:4]  # after the Python, and what will be started
    assert first.startswith(f"---> rehearse: in directories below {tmp_path / 'root'}, where /opt/app-root is not: ")
    assert first.endswith("unshare: No space left on device")
    assert second.startswith("s2itasks: warning: .s2i/action_hooks/build:4: ")
    assert "$S2I_UPLOAD_PATH" in second
    assert "for /opt/app-root" in done.stderr
    refused = without_namespaces("source", "--check", "--root", "root", "--read-only")
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (
        2,
        "s2itasks: error: --read-only needs the namespace, which is not to be had; leave it out",
    )


@needs_namespaces
@pytest.mark.slow
@pytest.mark.skipif(interpreter() is None, reason="only root can be somebody else")
def test_as_an_ordinary_user(tmp_path: Path) -> None:
    """It is the same for whoever asks for it."""
    python = interpreter()
    assert python is not None
    write(tmp_path / "home" / "source" / "app.py", SERVER)
    write(
        tmp_path / "home" / "source" / ".s2i" / "action_hooks" / "ready",
        "#!/bin/bash\ntouch /opt/app-root/ready\n",
        0o755,
    )
    for path in (tmp_path / "home", *(tmp_path / "home").rglob("*")):
        os.chown(path, 4321, 0)
    open_to(tmp_path)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
    argv = [*prefix(4321), *command(python), "rehearse", "source", "--check"]
    done = subprocess.run(
        argv, env=environ, cwd=tmp_path / "home", capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "in a namespace" in done.stderr
    (root,) = (tmp_path / "home" / ".cache" / "s2itasks").iterdir()
    assert (root / "app-root" / "ready").stat().st_uid == 4321


@needs_namespaces
@pytest.mark.slow
def test_ctrl_c_at_any_moment(tmp_path: Path) -> None:
    """It leaves no process, nothing outside the root, and a root that the next rehearsal can use."""
    mark = f"{300 + os.getpid() / 1e7:.7f}7"
    write(tmp_path / "source" / "app.py", SERVER)
    for hook in ("build", "deploy"):
        text = f"#!/bin/bash\nsetsid sleep {mark} &\nfor i in 1 2 3 4 5; do read -t 0.1 <> <(:); done\nexit 0\n"
        write(tmp_path / "source" / ".s2i" / "action_hooks" / hook, text, 0o755)
    argv = [str(S2ITASKS), "rehearse", "source", "--root", "root"]
    for awaited in (
        b"preparing",
        b"upload: taking",
        b"build: running",
        b"pinning",
        b"deploy: running",
        b"becoming",
        b"ready:",
    ):
        running = subprocess.Popen(argv, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert running.stdout is not None
        assert any(awaited in line for line in running.stdout), awaited
        began = time.monotonic()
        running.send_signal(2)
        running.communicate(timeout=60)
        assert time.monotonic() - began < 15, awaited
        assert running.returncode in (0, 130), awaited
        assert not [pid for pid in processes_with(mark, str(tmp_path / "root")) if pid != os.getpid()], awaited
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root", "source"]


def processes_with(*arguments: str) -> list[int]:
    """Return the processes of whose command lines one of these is a part."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if any(argument in words for argument in arguments):
            found.append(int(process.name))
    return found


@needs_namespaces
@pytest.mark.slow
def test_a_machine_that_works_meanwhile(tmp_path: Path) -> None:
    """What comes and goes in /tmp, as the temporary directories of others do, keeps nobody from entering."""
    temporary = Path(tempfile.mkdtemp(prefix="s2itasks-test-", dir="/tmp"))
    program = (
        "import os, sys\n"
        "while True:\n"
        "    for number in range(200): os.mkdir(f'/tmp/s2itasks-comes-{os.getpid()}-{number}')\n"
        "    for number in range(200): os.rmdir(f'/tmp/s2itasks-comes-{os.getpid()}-{number}')\n"
    )
    churning = subprocess.Popen([sys.executable, "-c", program])
    try:
        root = made(temporary / "root", tmp_path)
        for name in ("app-root/src", "upload", "scripts", "cache"):
            (root.path / name).mkdir(parents=True, exist_ok=True)
        venue = OwnNamespace(root)
        for _ in range(10):
            entered = subprocess.run(venue.container("true"), capture_output=True, text=True, check=False)
            assert (entered.returncode, entered.stderr) == (0, "")
    finally:
        churning.kill()
        churning.wait()
        for left in temporary.parent.glob(f"s2itasks-comes-{churning.pid}-*"):
            left.rmdir()
        shutil.rmtree(temporary)
