"""What a build does between the upload and its end: the hooks, the env script and the builder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from s2itasks import console
from s2itasks.environment import layers
from s2itasks.errors import ConfigurationError
from s2itasks.hooks import hook as hooks
from s2itasks.session import Session

from .uploading import remove_placeholder


class BuilderCallsItself(ConfigurationError):
    """The builder's ``assemble`` turned out to be a script that calls ``s2itasks assemble`` again."""

    def __init__(self, scripts: Path) -> None:
        super().__init__(
            f"assemble is already running: {scripts / 'assemble'} calls s2itasks again",
            cure="set S2I_SCRIPTS_PATH to the directory of the image's own scripts",
        )


def pre_build(session: Session) -> None:
    """Run the hook before the builder; the source still lies in the upload.

    $S2I_UPLOAD_PATH is where it finds the application's files. It is there for what the builder's assemble needs:
    system libraries, a newer pip, a check of the source.
    """
    session.run("pre_build", session.hooks_of("pre_build"), session.build_base)


def builder_assemble(session: Session) -> None:
    """Run the builder's assemble, in the build environment as far as it is known.

    build_env is evaluated for it ahead of its turn, because it says where pip finds packages. What it takes from
    packages that are only installed now is missing then: when that makes it fail, the builder runs without it.
    """
    if layers.in_build(session.layout, session.environ):
        raise BuilderCallsItself(session.layout.scripts)
    builder = hooks.of_script(session.layout, session.layout.builder_script("assemble"))
    session.run("builder_assemble", [builder], session.evaluate_early_build())
    session.tidy(partial(remove_placeholder, session.layout))


def build_env(session: Session) -> None:
    """Source the env script for the build environment.

    Every variable it sets is exported, what it unsets is gone. It runs under 'set -eo pipefail', always from the
    environment the build began with, and its output goes to stderr.
    """
    session.source_env_script("build_env", session.evaluate_build)
    lost = session.lost_since_early_build()
    if lost:
        layout = session.layout
        shown, names = layout.shown(layout.hooks / "build_env"), ", ".join(lost)
        problem = f"set for the builder's assemble, and not any more: {names}"
        cure = f"what it reads in {layout.upload} is in {layout.source} by now"
        console.warning(f"{shown}: {problem}; {cure}")


def build(session: Session) -> None:
    """Run the hook after the builder; source and packages are in place.

    collectstatic, compiling translations, building a front end: what belongs into the image and needs the
    application. No service of the deployment can be reached yet, and deploy_env does not count.
    """
    session.run("build", session.hooks_of("build"), session.build)
