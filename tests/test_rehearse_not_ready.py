"""What a rehearsal says where the application does not become ready, and where its first page is a client error."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsed import rehearse
from test_rehearse import SERVER
from test_rehearse_cluster import last, source_of

from s2itasks.rehearse import readiness

pytestmark = pytest.mark.slow

NOT_READY = "s2itasks: error: the application did not become ready: the ready hook"
# Says the same for every request, as Django does for a host that it does not know.
SEND = "        self.send_response"
TALKS = SERVER.replace(SEND, f'        print("Invalid host", flush=True)\n{SEND}')


def test_a_hook_that_does_not_succeed(tmp_path: Path) -> None:
    """It is not said to be silent: what it said last is told, once; and what the application repeats is there once."""
    ready = '#!/bin/bash\nexec 3<>"/dev/tcp/127.0.0.1/$PORT"\nprintf "GET / HTTP/1.0\\r\\n\\r\\n" >&3\n'
    ready += 'cat <&3 >/dev/null\necho connecting\necho "no database"\nexit 7\n'
    talks = TALKS.replace("    def do_GET", "    def log_message(self, *_): pass\n    def do_GET")
    root = tmp_path / "root"
    done = rehearse(source_of(tmp_path / "source", talks, ready=ready), root, "--wait", "4")
    assert done.returncode == 1
    assert last(done.stderr) == f"{NOT_READY} did not succeed within 4 s: no database; see its output above"
    assert _last_but_one(done.stderr) == f"---> rehearse: to look for the reason: {root}/s2itasks doctor"
    assert done.stdout.count("Invalid host") == 1
    assert (root / "run.log").read_text().count("Invalid host") > 1
    quiet = source_of(tmp_path / "quiet", talks, ready="#!/bin/bash\necho no >&2\nexit 7\n")
    done = rehearse(quiet, root, "--wait", "2")
    assert last(done.stderr) == f"{NOT_READY} did not succeed within 2 s: no; see its output above"
    assert done.stderr.count("no\n") == 0


def test_a_hook_that_does_not_answer(tmp_path: Path) -> None:
    """It takes longer than any probe may, and says nothing of its own."""
    log = tmp_path / "ready.log"
    log.write_text("waiting\ns2itasks: error: .s2i/action_hooks/ready timed out after 10 s; give it more\n")
    assert readiness.why_not(124, log) == ("did not answer", "")
    assert readiness.why_not(None, tmp_path / "none.log") == ("did not answer", "")
    assert readiness.why_not(7, tmp_path / "none.log") == ("did not succeed", ": ended with status 7")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("400", "s2itasks: warning: the first page answers 400, as Django's does where ALLOWED_HOSTS lacks the host"),
        ("403", "     403 is not a server error, and so counts as ready"),
        ("404", "---> rehearse: took "),
    ],
)
def test_a_first_page_that_is_a_client_error(tmp_path: Path, status: str, said: str) -> None:
    """It is ready, with a word about that; 404 is what an API answers where it has no page."""
    done = rehearse(source_of(tmp_path / "source", SERVER), tmp_path / "root", "--env", f"ANSWER={status}")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    (ready,) = (number for number, line in enumerate(lines) if line.endswith(f"/ answers {status}"))
    assert lines[ready + 1].startswith(said)


def _last_but_one(said: str) -> str:
    """Return the line before the error; a slow machine says between the two that the application has not ended yet."""
    lines = [line for line in said.splitlines() if "has not ended at SIGTERM" not in line]
    return lines[-2]
