"""What only a cluster shows otherwise: late probes, SIGTERM, a read-only root, a database, a command in the pod."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from application import S2ITASKS
from rehearsed import rehearse
from test_rehearse import SERVER, VENUES, write
from test_rehearse_namespace import granted, needs_namespaces

pytestmark = pytest.mark.slow

STUBBORN = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SERVER}"
POLITE = f"import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n{SERVER}"
ASKS = '#!/bin/bash\nexec 3<>"/dev/tcp/127.0.0.1/$PORT"\n'


def source_of(directory: Path, app: str = POLITE, **hooks: str) -> Path:
    """Write an application with hooks."""
    write(directory / "app.py", app)
    for name, text in hooks.items():
        write(directory / ".s2i" / "action_hooks" / name, text, 0o755)
    return directory


def last(text: str) -> str:
    """Return the last line of a text."""
    return text.splitlines()[-1]


@pytest.mark.parametrize("venue", VENUES)
def test_probes(tmp_path: Path, venue: str) -> None:
    """Three times each; one that takes more than a second would have failed, and so would one that fails."""
    alive = "#!/bin/bash\n[[ ! -e slow ]] || exec sleep 1.2\n"
    source = source_of(tmp_path / "source", ready=ASKS, alive=alive)
    done = rehearse(source, tmp_path / "root", "--probes", venue)
    assert done.returncode == 0, done.stderr
    for name in ("ready", "alive"):
        assert f"---> rehearse: probe {name}: asked 3 times, the slowest took " in done.stderr
    assert done.stderr.count("none failed") == 2
    (source / "slow").touch()
    done = rehearse(source, tmp_path / "root", "--probes", venue)
    assert done.returncode == 1
    assert "3 would have failed (1." in done.stderr
    assert last(done.stderr).startswith("s2itasks: error: in a pod, probes would have failed: alive; make them faster")


def test_a_probe_that_fails(tmp_path: Path) -> None:
    """It is told with what it said last."""
    source = source_of(tmp_path / "source", ready=ASKS, alive="#!/bin/bash\necho no heartbeat >&2\nexit 1\n")
    done = rehearse(source, tmp_path / "root", "--probes")
    assert done.returncode == 1
    assert "probe alive: asked 3 times" in done.stderr
    assert "it ended with status 1: " in done.stderr


@pytest.mark.parametrize("venue", VENUES)
def test_stopping(tmp_path: Path, venue: str) -> None:
    """In deploy, whose hook would have taken until somebody lets it go on, and while it serves."""
    deploy = "#!/bin/bash\nuntil [[ -e $S2I_APPLICATION_PATH/go ]]; do sleep 0.1; done\n"
    source, root = source_of(tmp_path / "source", deploy=deploy), tmp_path / "root"
    argv = [str(S2ITASKS), "rehearse", str(source), "--root", str(root), "--check", "--stop-test", venue]
    running = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    said = []
    for line in running.stderr:
        if "rehearse: SIGTERM" in line:
            said.append(line.partition(" after ")[0])
            assert ("not tried as PID 1" in line) == (venue == "--no-namespace" or not granted())
            (root / "app-root" / "go").touch()
    running.stderr.close()
    assert running.wait() == 0
    assert said == [
        "---> rehearse: SIGTERM in deploy: status 143",
        "---> rehearse: SIGTERM while serving: status 0",
    ]


def test_what_does_not_stop(tmp_path: Path) -> None:
    """It is killed after the grace period, and the rehearsal fails."""
    done = rehearse(source_of(tmp_path / "source", STUBBORN), tmp_path / "root", "--stop-test")
    assert done.returncode == 1
    assert "SIGTERM while serving: status 137 after 30." in done.stderr
    assert last(done.stderr).startswith(
        "s2itasks: error: SIGTERM while serving did not end it within 30 s, at which Kubernetes kills it; let what"
    )


@needs_namespaces
def test_read_only(tmp_path: Path) -> None:
    """The application can write to /tmp alone; the build could write."""
    ready = f"{ASKS}touch /tmp/a || exit\nif touch $HOME/a $S2I_APPLICATION_PATH/a; then exit 3; fi\n"
    source = source_of(tmp_path / "source", ready=ready, build="#!/bin/bash\ntouch built\n")
    done = rehearse(source, tmp_path / "root", "--read-only")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "root" / "app-root" / "src" / "built").exists()


@pytest.mark.parametrize("venue", VENUES)
def test_a_command(tmp_path: Path, venue: str) -> None:
    """In the application environment, beside the application; its status is the rehearsal's."""
    source = source_of(tmp_path / "source", ready=ASKS)
    write(source / ".s2i" / "action_hooks" / "deploy_env", "GREETING=hello\n")
    write(source / ".s2i" / "jobs" / "hourly" / "tidy", "#!/bin/bash\necho tidied $GREETING\n", 0o755)
    words = ["--exec", "--", "bash", "-c", 's2itasks jobs hourly && echo "$1" $0 && exit 7', "a  b", "--check"]
    done = rehearse(source, tmp_path / "root", venue, *words)
    assert done.returncode == 7
    assert last(done.stderr).endswith("'a  b' --check ended with status 7; see its output above")
    assert done.stdout.splitlines()[-2:] == ["tidied hello", "--check a b"]
    refused = rehearse(source, tmp_path / "root", "--exec")
    assert refused.returncode == 2
    assert refused.stderr.startswith("s2itasks: error: rehearse --exec needs a command; put it at the end: s2itasks ")


@pytest.mark.skipif(shutil.which("initdb") is None, reason="no PostgreSQL server here")
@needs_namespaces
def test_a_database(tmp_path: Path) -> None:
    """Empty, with a password, for the time of the rehearsal; nothing is left of it."""
    ready = f"{ASKS}[[ $DATABASE_URL == postgresql://rehearsal:*@127.0.0.1:*/postgres ]] || exit\n"
    ask = 'psql "$DATABASE_URL" -Atc "select current_user, count(*) from pg_stat_user_tables"'
    denied = 'if psql "${DATABASE_URL/:*@/@}" -wc "" 2>/dev/null; then exit 3; fi'
    deploy = f"#!/bin/bash\n{ask} >$S2I_APPLICATION_PATH/said\n{denied}\n"
    source = source_of(tmp_path / "source", ready=ready, deploy=deploy)
    done = rehearse(source, tmp_path / "root", "--with", "postgresql")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "root" / "app-root" / "said").read_text() == "rehearsal|0\n"
    assert not (tmp_path / "root" / "postgresql").exists()
    for words, said in (
        (["--with", "postgres"], "--with postgres: there is no such service; did you mean 'postgresql'?"),
        (
            ["--with", "postgresql", "--env", "DATABASE_URL=sqlite:///a"],
            "--with postgresql sets DATABASE_URL, and so does --env; leave one of them out",
        ),
    ):
        refused = rehearse(source, tmp_path / "root", *words)
        assert (refused.returncode, last(refused.stderr)) == (2, f"s2itasks: error: {said}")
