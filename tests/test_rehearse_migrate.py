"""The migrate hook in a rehearsal: run once before the application, as the Job of `s2itasks manifests` does."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsed import rehearse
from test_rehearse import SERVER, VENUES
from test_rehearse_cluster import last, source_of

pytestmark = pytest.mark.slow

# Answers 500 as long as nothing has migrated.
APP = f"import os\nos.environ['ANSWER'] = '200' if os.path.exists('tables') else '500'\n{SERVER}"
MIGRATE = '#!/bin/bash\necho "migrating $DATABASE"\nexec touch tables\n'
SAYS = "---> rehearse: migrating, as a Job does before the roll-out"


@pytest.mark.parametrize("venue", VENUES)
def test_it_runs_before_the_application(tmp_path: Path, venue: str) -> None:
    """With the variables of the deployment; and what a Job's pod would not leave behind is named."""
    source = source_of(tmp_path / "source", APP, migrate=MIGRATE, deploy_env="DATABASE=$ROWS\n")
    done = rehearse(source, tmp_path / "root", "--env", "ROWS=rows", venue)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("migrating rows") == 1
    assert SAYS in done.stderr
    (took,) = (line for line in done.stderr.splitlines() if line.startswith("---> rehearse: took "))
    assert took.index(" s2itasks migrate") < took.index(" ready")
    assert "     files: what the migrate hook writes stays for the application" in done.stderr


def test_it_is_left_to_deploy(tmp_path: Path) -> None:
    """Where that migrates, no Job does."""
    source = source_of(tmp_path / "source", APP, migrate=MIGRATE, deploy="#!/bin/bash\ns2itasks migrate\n")
    done = rehearse(source, tmp_path / "root")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("migrating ") == 1
    assert SAYS not in done.stderr


def test_where_it_fails(tmp_path: Path) -> None:
    """The roll-out would not begin, and so the application is not started."""
    source = source_of(tmp_path / "source", APP, migrate="#!/bin/bash\necho no such table\nexit 3\n")
    done = rehearse(source, tmp_path / "root")
    assert done.returncode == 3
    assert "no such table" in done.stdout
    assert "serving" not in done.stdout
    assert last(done.stderr) == "s2itasks: error: s2itasks migrate ended with status 3; see its output above"
