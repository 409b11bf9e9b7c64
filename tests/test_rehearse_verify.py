"""The verify hook in a rehearsal: it has the environment of an image, as the postCommit of a build has."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsed import rehearse
from test_rehearse import SERVER, VENUES, write
from test_rehearse_cluster import last, source_of

from s2itasks.rehearse.container import Container
from s2itasks.rehearse.engine import Engine
from s2itasks.rehearse.root import made

VERIFY = '#!/bin/bash\necho "verifies $MODE with ${SECRET_KEY-nothing} and ${FILED-nothing}"\n'


@pytest.mark.slow
@pytest.mark.parametrize("venue", VENUES)
def test_it_has_nothing_of_the_deployment(tmp_path: Path, venue: str) -> None:
    """But what the image has, and the application still gets what it was given."""
    source = source_of(tmp_path / "source", SERVER, verify=VERIFY)
    write(source / ".s2i" / "environment", "MODE=live\n")
    write(tmp_path / "more.env", "FILED=more\n")
    given = ["--env", "SECRET_KEY=laptop", "--env", "MODE=test", "--env-file", str(tmp_path / "more.env"), "--inherit"]
    command = ["--exec", "--", "bash", "-c", 'echo "runs $MODE with $SECRET_KEY and $FILED"']
    done = rehearse(source, tmp_path / "root", venue, *given, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verifies live with nothing and nothing" in done.stdout.splitlines()
    assert "runs test with laptop and more" in done.stdout.splitlines()


@pytest.mark.slow
def test_where_it_wants_what_it_does_not_get(tmp_path: Path) -> None:
    """The message says why; where nothing was given, that is not the reason."""
    source = source_of(tmp_path / "source", SERVER, verify="#!/bin/bash\n[[ $SECRET_KEY ]] || exit 4\n")
    done = rehearse(source, tmp_path / "root", "--env", "SECRET_KEY=laptop")
    why = "verify has no variables of the deployment, as in a build's postCommit"
    said = f"s2itasks: error: s2itasks verify ended with status 4; {why}; give it what it needs in the hook itself"
    assert (done.returncode, last(done.stderr)) == (4, said)
    done = rehearse(source, tmp_path / "root")
    assert last(done.stderr) == "s2itasks: error: s2itasks verify ended with status 4; see its output above"


def test_what_a_container_gets(tmp_path: Path) -> None:
    """What a build has, and what its engine has otherwise is on the command line; neither --env nor a service."""
    write(tmp_path / "engine", "#!/bin/bash\n", 0o755)
    engine = Engine(str(tmp_path / "engine"), is_podman=True, environ={"SSL_CERT_FILE": "/here"})
    pod = {"LANG": "C", "SECRET_KEY": "laptop"}
    venue = Container(made(tmp_path / "root", tmp_path), engine, "builder", 4711, pod, ["DATABASE_URL"])
    of_build = {"LANG": "C", "SSL_CERT_FILE": "/run/s2itasks/SSL_CERT_FILE"}
    argv = venue.container("s2itasks", "verify", of_build=of_build)
    given = ["--env=LANG", "--env=SSL_CERT_FILE=/run/s2itasks/SSL_CERT_FILE"]
    assert [word for word in argv if word.startswith("--env")] == given
    assert argv[-3:] == [venue.image, "s2itasks", "verify"]
    assert venue.environ(of_build) == {"LANG": "C", "SSL_CERT_FILE": "/here"}
    argv = venue.container("s2itasks", "migrate")
    given = ["--env=LANG", "--env=SECRET_KEY", "--env=DATABASE_URL"]
    assert [word for word in argv if word.startswith("--env")] == given
