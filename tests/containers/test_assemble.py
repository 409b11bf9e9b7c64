"""Building the example's image: S2I as UID 1001, the builder's script, and the hooks around it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .conftest import Built, Workshop
from .engine import BuildFailed, running
from .recipe import Start

pytestmark = pytest.mark.e2e


def test_the_phases_run_in_their_order(application: Built) -> None:
    """Each of them says so, around what the builder and the hooks print."""
    expected = [
        r"Building the guestbook \(no commit\) with Python 3",
        r"---> Moving the source into /opt/app-root/src \.\.\.",
        r"---> Installing requirements\.txt \.\.\.",
        r"Successfully installed .*gunicorn",
        r"static files copied",
        r"---> assemble:",
    ]
    assert re.search(".*".join(expected), application.log, re.DOTALL), application.log
    assert "---> Collecting static files" not in application.log  # .s2i/environment reached the builder's script


def test_what_is_in_the_image(workshop: Workshop, application: Built) -> None:
    """A random user can write wherever the builder's user can, and nothing of the upload is left."""
    foreign = "find /opt/app-root ! -type l \\( ! -gid 0 -o ! -perm -g+rw \\); find /tmp/src -mindepth 1; env"
    with running(workshop.engine, application.image, Start(["bash", "-c", foreign], user="1001:0")) as container:
        assert container.wait() == 0, container.log
        assert "\n/" not in f"\n{container.log}"
        assert "\nDISABLE_COLLECTSTATIC=1\n" in container.log
        assert "PIP_NO_INDEX" not in container.log  # the tests' own variables stayed in the build
        assert "\nSECRET_KEY=" not in container.log  # and so did those of build_env


def test_a_build_that_fails(workshop: Workshop, builder: Built, directory: Path) -> None:
    """So does S2I's, after the failing hook's own words and one line that names it."""
    source = directory / "failing"
    shutil.copytree(workshop.source, source)
    (source / "wsgi.py").unlink()
    with pytest.raises(BuildFailed) as failure:
        workshop.s2i("failing", builder, source)
    said = str(failure.value)
    assert "pre_build: there is no wsgi.py in the source" in said
    assert len(re.findall("^s2itasks: error: .*pre_build", said, re.MULTILINE)) == 1, said
    assert "Moving the source" not in said
