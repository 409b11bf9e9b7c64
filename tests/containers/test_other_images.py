"""The same application from other images, or under other constraints."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from s2itasks.onefile import archive

from . import builder_image, wheels
from .conftest import EXAMPLE, NOT_UPLOADED, Built, Workshop
from .engine import running
from .recipe import RANDOM_UID, Copy, Recipe, Start

pytestmark = pytest.mark.e2e

README_RUN = "#!/bin/bash\nexec s2itasks run\n"


def script(path: Path, text: str) -> None:
    """Write an executable file, making its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def test_a_chained_build(workshop: Workshop, application: Built, directory: Path) -> None:
    """A source that only has ``.s2i`` changes hooks of the image it is built on; what it lacks stays as it was."""
    source = directory / "chained"
    script(source / ".s2i/bin/assemble", "#!/bin/bash\nexec s2itasks assemble\n")
    script(source / ".s2i/bin/run", README_RUN)
    script(source / ".s2i/action_hooks/pre_build", '#!/bin/bash\necho "on top: $(ls -A "$S2I_UPLOAD_PATH")"\n')
    script(source / ".s2i/action_hooks/deploy", "#!/bin/bash\necho deployed differently\nexec s2itasks migrate\n")
    (source / ".s2i/environment").write_text("FLAVOUR=second\n")
    chained = workshop.s2i("chained", application, source)
    assert "on top: " in chained.log
    assert "static files" in chained.log  # by the first source's build hook
    with running(workshop.engine, chained.image) as container:
        container.until_ready()
        assert "deployed differently\n" in container.log
        assert container.get()[0] == 200
        assert container.output("s2itasks", "exec", "--", "printenv", "FLAVOUR", "DISABLE_MIGRATE") == "second\n1\n"
        kept = container.output("ls", "-A", "/opt/app-root/src").split()
        assert not [name for name in kept if "keep" in name]


def test_a_read_only_root(workshop: Workshop, application: Built) -> None:
    """It runs with memory for temporary files and for its data, and nothing else to write to.

    What is mounted at /tmp hides the scripts that S2I put there, so the pod's command has to be s2itasks itself.
    """
    start = Start(["s2itasks", "run"], read_only=True, tmpfs=["/tmp", "/opt/app-root/data"])  # noqa: S108 - a pod's
    with running(workshop.engine, application.image, start) as container:
        container.until_ready()
        assert container.get()[0] == 200
        assert container.exec("touch", "/opt/app-root/src/x").returncode != 0
        assert container.exec("s2itasks", "ready").returncode == 0
        assert container.exec("s2itasks", "jobs", "hourly").returncode == 0
        assert container.output("s2itasks", "shell", stdin="echo $DJANGO_SETTINGS_MODULE\n") == "website.settings\n"
        assert container.stop()[0] in (0, 143)


def test_the_minimal_builder(workshop: Workshop) -> None:
    """No user ``default``, no entry point, and an ``activate`` that would run at every prompt."""
    minimal = workshop.image("minimal", builder_image.minimal(workshop.root))
    application = workshop.s2i("minimal-application", minimal, workshop.source)
    with running(workshop.engine, application.image) as container:
        container.until_ready()
        assert container.get()[0] == 200
        assert "default:" not in container.output("cat", "/etc/passwd")
        assert container.init_command()[1:3] == ["/opt/app-root/bin/gunicorn", "wsgi"]
        environment = container.output("s2itasks", "exec", "env")
        assert "\nVIRTUAL_ENV=/opt/app-root\n" in environment
        assert "BASH_ENV=" not in environment
        shell = "echo $VIRTUAL_ENV; bash -c 'echo $PATH'; echo $PATH\n"
        venv, nested, path = container.output("s2itasks", "shell", stdin=shell).splitlines()
        assert (venv, nested) == ("/opt/app-root", path)
        assert container.stop()[0] in (0, 143)


def documented_dockerfile() -> dict[str, str]:
    """Return what each instruction of the Dockerfile in docs/installing.md is given."""
    text = (wheels.PROJECT / "docs" / "installing.md").read_text().partition("```dockerfile")[2]
    lines = text.partition("```")[0].splitlines()[1:]
    return {name: given for name, _, given in (line.partition(" ") for line in lines)}


def test_a_plain_python_image(workshop: Workshop, directory: Path) -> None:
    """Without S2I, with the documented Dockerfile: root builds with the embedded builder, anybody runs it.

    No s2itasks is installed, and pip is given no index, but what the application requires.
    """
    source = directory / "plain"
    shutil.copytree(EXAMPLE, source, ignore=NOT_UPLOADED)
    archive.write(source / ".s2i/s2itasks.pyz")
    python = workshop.image("python", builder_image.plain(workshop.root))
    dockerfile = documented_dockerfile()
    built = Recipe(
        base=python.image,
        copies=[Copy(source, dockerfile["COPY"].partition(" ")[2])],
        build_environment=workshop.wheels.environment,
        mounts=workshop.wheels.mounts,
        commands=[("0", dockerfile["RUN"])],
    )
    log = workshop.image("plain-built", built).log
    assert log.count("using the builder embedded in s2itasks") == 1
    assert "s2itasks: warning:" not in log
    name, _, path = dockerfile["ENV"].partition("=")
    configured = Recipe(
        base="plain-built",
        environment={name: path.replace("$PATH", builder_image.SYSTEM_PATH)},
        workdir=dockerfile["WORKDIR"],
        command=json.loads(dockerfile["CMD"]),
    )
    application = workshop.image("plain", configured)
    with running(workshop.engine, application.image) as container:
        container.until_ready()
        assert container.get()[0] == 200
        assert container.init_command()[1:2] == ["/usr/local/bin/gunicorn"]
        assert container.init_status("Uid") == [str(RANDOM_UID)] * 4
        assert container.output("s2itasks", "exec", "printenv", "DISABLE_MIGRATE") == "1\n"
        assert "no issues" in container.output("s2itasks", "exec", "--", "python", "manage.py", "check")
        assert container.exec("s2itasks", "jobs", "hourly").returncode == 0
        assert container.output("s2itasks", "shell", stdin="echo $DJANGO_SETTINGS_MODULE\n") == "website.settings\n"
        assert container.stop()[0] in (0, 143)
