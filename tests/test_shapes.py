"""Applications of the usual shapes pass their rehearsal, with at most one setting of the builder."""

from __future__ import annotations

from pathlib import Path

import pytest
from rehearsed import rehearse
from shapes import BOTTLE, BOTTLE_AND_GUNICORN, CONFIGURED, SEVERAL_PACKAGES, SHAPES, Shape

pytestmark = pytest.mark.slow

SETTINGS = Path(__file__).parent.parent / "docs" / "shapes.md"


@pytest.mark.parametrize("name", SHAPES)
def test_a_usual_shape(name: str, tmp_path: Path) -> None:
    """It is built and started by the way that is meant for it, and answers."""
    passes(SHAPES[name], tmp_path)


def passes(shape: Shape, directory: Path, *words: str) -> None:
    """Rehearse an application, and look at how it was built and started; its setting has to be documented."""
    assert not shape.setting or f" | `{shape.setting}` |\n" in SETTINGS.read_text()
    root = directory / "root"
    done = rehearse(shape.write(directory / "source"), root, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/ answers 200" in done.stderr
    assert shape.builds in done.stdout
    assert f"---> {shape.starts}" in (root / "run.log").read_text()
    for distribution in shape.installs:
        assert list(root.glob(f"app-root/lib/python*/site-packages/{distribution}.dist-info")), distribution


def test_settings_that_are_asked_of_the_environment(tmp_path: Path) -> None:
    """Without SECRET_KEY the application does not start, and says so; with --env it is built and runs."""
    done = rehearse(CONFIGURED.write(tmp_path / "source"), tmp_path / "root")
    assert done.returncode != 0
    assert "KeyError: 'SECRET_KEY'" in done.stdout
    passes(CONFIGURED, tmp_path, "--env", "SECRET_KEY=secret", "--env", "DATABASE_URL=sqlite:database")
    assert (tmp_path / "root" / "app-root" / "src" / "database").stat().st_size > 0


def test_an_application_in_a_subdirectory(tmp_path: Path) -> None:
    """It is rehearsed as its directory is built with --context-dir: nothing beside it is uploaded."""
    backend = Shape({"requirements.txt": BOTTLE_AND_GUNICORN, "wsgi.py": BOTTLE})
    backend.write(tmp_path / "backend")
    Shape({"index.html": ""}).write(tmp_path / "frontend")
    done = rehearse("backend/", tmp_path / "root", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "/ answers 200" in done.stderr
    uploaded = {path.name for path in (tmp_path / "root" / "app-root" / "src").iterdir()}
    assert uploaded >= {"requirements.txt", "wsgi.py"}
    assert uploaded.isdisjoint({"backend", "frontend"})


def test_several_packages_of_a_uv_project(tmp_path: Path) -> None:
    """setuptools refuses them, as on the image; what helps is `uv export`, and a setting to leave setuptools out."""
    without = Shape(SEVERAL_PACKAGES.files).write(tmp_path / "source")
    done = rehearse(without, tmp_path / "root")
    assert done.returncode == 1
    assert "Multiple top-level packages discovered in a flat-layout" in done.stdout + done.stderr
    passes(SEVERAL_PACKAGES, tmp_path)


def test_an_application_that_serves_nothing(tmp_path: Path) -> None:
    """It is ready when its hook says so, and nobody is told of a port."""
    waiting = Shape({"app.py": "import time; time.sleep(60)\n", ".s2i/action_hooks/ready": "#!/bin/bash\n"})
    done = rehearse(waiting.write(tmp_path / "source"), tmp_path / "root")
    assert done.returncode == 0, done.stderr
    assert "is open" not in done.stderr


def test_a_package_that_is_not_required(tmp_path: Path) -> None:
    """The image would not have it either, if s2itasks has it in a file of its own."""
    ready = '#!/bin/bash\nexec 3<>"/dev/tcp/127.0.0.1/$PORT"\n'
    lacking = Shape({"app.py": "import dotenv\n", ".s2i/action_hooks/ready": ready})
    done = rehearse(lacking.write(tmp_path / "source"), tmp_path / "root")
    assert done.returncode != 0
    assert "No module named 'dotenv'" in done.stdout
