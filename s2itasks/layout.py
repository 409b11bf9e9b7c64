"""Where the application root, the source, the builder's scripts and the upload are."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from s2itasks.errors import ConfigurationError

# The variables that decide where everything is.
DECIDING = (
    *("S2I_APPLICATION_PATH", "S2I_SOURCE_PATH", "S2I_SCRIPTS_PATH", "S2I_UPLOAD_PATH"),
    *("APP_ROOT", "STI_SCRIPTS_PATH", "S2ITASKS_IMAGE_HOOKS"),
)
OFF = ("off", "0", "no", "false")
PACKAGE = Path(__file__).resolve().parent
EMBEDDED_SCRIPTS = PACKAGE / "builder" / "bin"


class PathNotAbsolute(ConfigurationError):
    """A layout variable holds a relative path, which would mean another directory in every process."""

    def __init__(self, variable: str, value: str) -> None:
        super().__init__(
            f"{variable} is {value!r}, which is not an absolute path", cure="set it to a path that begins with /"
        )


class BuilderScriptMissing(ConfigurationError):
    """The builder's ``assemble`` or ``run`` is wanted, and the scripts directory does not hold it."""

    def __init__(self, script: Path) -> None:
        super().__init__(
            f"the builder has no {script.name!r}: {script} does not exist",
            cure="set S2I_SCRIPTS_PATH to the directory of the image's scripts, or unset it for the embedded builder",
        )


class EmbeddedBuilderLeftOut(ConfigurationError):
    """The embedded builder is wanted of the copy in an image that was built with another one."""

    def __init__(self) -> None:
        super().__init__(
            "there is no builder: neither S2I_SCRIPTS_PATH nor the image has one, and the image was built without the "
            "embedded one",
            cure="set S2I_SCRIPTS_PATH to the directory of the scripts that it was built with",
        )


class SourceMissing(ConfigurationError):
    """There is no source directory to run anything in."""

    def __init__(self, source: Path) -> None:
        super().__init__(f"the source directory {source} does not exist", cure="set S2I_SOURCE_PATH to where it is")


class Layout(NamedTuple):
    """The directories of one application; all paths are absolute.

    :param foreign: the source is a checkout of whoever wrote it, and only looked at: nothing outside of it is read.
    :param image: where the image has hooks and jobs of its own; None where they are left out.
    """

    application: Path
    source: Path
    scripts: Path
    upload: Path
    foreign: bool = False
    image: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Layout:
        """Read the layout variables, with the defaults of the Python S2I images.

        :raises PathNotAbsolute: when one of them holds a relative path.
        """
        given = environ.get("S2I_APPLICATION_PATH")
        image = "S2I_APPLICATION_PATH" if given else "APP_ROOT"
        application = _directory(environ, image, "/opt/app-root")
        return cls(
            application=application,
            source=_directory(environ, "S2I_SOURCE_PATH", application / "src"),
            scripts=_scripts(environ),
            upload=_directory(environ, "S2I_UPLOAD_PATH", "/tmp/src"),  # noqa: S108 - where S2I puts it
            image=None if is_off(environ.get("S2ITASKS_IMAGE_HOOKS", "")) else application / "etc" / "s2itasks",
        )

    @property
    def has_root(self) -> bool:
        """Whether there is an application root, as in every container; a laptop has none."""
        return self.application.is_dir()

    @property
    def hooks(self) -> Path:
        """The directory of the hooks and env scripts."""
        return self.source / ".s2i" / "action_hooks"

    def scripts_of(self, name: str) -> tuple[Path, ...]:
        """Return where a hook or an env script of a name can be, in the order they run in: the application's last."""
        own = self.hooks / name
        return (own,) if self.image is None else (self.image / "action_hooks" / name, own)

    @property
    def environment_file(self) -> Path:
        """The ``NAME=value`` lines that S2I bakes into the image."""
        return self.source / ".s2i" / "environment"

    @property
    def required(self) -> Path:
        """The names of the variables without which a deployment ends."""
        return self.source / ".s2i" / "required"

    @property
    def runtime(self) -> Path:
        """The pinned runtime: a link to the copy of s2itasks that counts."""
        return self.application / "libexec" / "s2itasks"

    @property
    def container_user(self) -> Path:
        """Where an image may have the script that gives a random user a name."""
        return self.application / "etc" / "generate_container_user"

    @property
    def jobs(self) -> tuple[Path, ...]:
        """The directories of job categories: the image's, the one with the name that OpenShift V2 had for it, ours."""
        image = () if self.image is None else (self.image / "jobs",)
        return *image, self.source / ".s2i" / "cron_jobs", self.source / ".s2i" / "jobs"

    @property
    def variables(self) -> dict[str, str]:
        """The layout variables, as every hook and command finds them in its environment."""
        return {
            "S2I_APPLICATION_PATH": str(self.application),
            "S2I_SOURCE_PATH": str(self.source),
            "S2I_SCRIPTS_PATH": str(self.scripts),
            "S2I_UPLOAD_PATH": str(self.upload),
        }

    def builder_script(self, name: str) -> Path:
        """Return the builder's ``assemble`` or ``run``.

        :raises BuilderScriptMissing: when the scripts directory does not hold it.
        :raises EmbeddedBuilderLeftOut: when that is ours, and the copy in an image does not hold it.
        """
        script = self.scripts / name
        if not script.exists():
            if self.scripts == EMBEDDED_SCRIPTS:
                raise EmbeddedBuilderLeftOut
            raise BuilderScriptMissing(script)
        return script

    def require_source(self) -> Path:
        """Return the source directory, which everything of the application runs in.

        :raises SourceMissing: when there is none.
        """
        if not self.source.is_dir():
            raise SourceMissing(self.source)
        return self.source

    def leaves(self, path: Path) -> bool:
        """Whether a path leads out of a foreign source, as a link may."""
        return self.foreign and leads_out(self.source, path)

    def require_inside(self, path: Path) -> None:
        """Refuse a link that leads out of a foreign source.

        :raises OSError: says where to.
        """
        if self.leaves(path):
            target = os.path.realpath(path)
            raise OSError(errno.EXDEV, f"it is a link that leads out of the source, to {target}", str(path))

    def shown(self, path: Path) -> str:
        """Spell a path as the repository knows it where it lies in the source directory."""
        try:
            return str(path.relative_to(self.source))
        except ValueError:
            return str(path)


def is_off(value: str) -> bool:
    """Whether a variable switches something off."""
    return value.lower() in OFF


def leads_out(source: Path, path: Path) -> bool:
    """Whether a path leads out of a source, as a link may."""
    inside, target = os.path.realpath(source), os.path.realpath(path)
    return os.path.commonpath([inside, target]) != inside


def inspected_layout(environ: Mapping[str, str]) -> Layout:
    """Return the layout to look at: what acts uses the same one, where it does not refuse for want of a root.

    Without an application root, as on a laptop, the source is the nearest directory with ``.s2i``.
    """
    layout = Layout.from_environment(environ)
    if layout.has_root:
        return layout
    layout = layout._replace(foreign=True, image=None)
    if environ.get("S2I_SOURCE_PATH"):
        return layout
    here = Path(os.path.realpath("."))
    for directory in (here, *here.parents):
        if (directory / ".s2i").is_dir():
            return layout._replace(source=directory)
    return layout


def _directory(environ: Mapping[str, str], variable: str, default: str | Path) -> Path:
    value = environ.get(variable) or str(default)
    if not value.startswith("/"):
        raise PathNotAbsolute(variable, value)
    return Path(value)


def _scripts(environ: Mapping[str, str]) -> Path:
    """Find the builder: what S2I_SCRIPTS_PATH says, else the image's, else the embedded one."""
    if environ.get("S2I_SCRIPTS_PATH"):
        return _directory(environ, "S2I_SCRIPTS_PATH", "")
    image = Path((environ.get("STI_SCRIPTS_PATH") or "/usr/libexec/s2i").removeprefix("image://"))
    if (image / "assemble").exists() or (image / "run").exists():
        return image
    return EMBEDDED_SCRIPTS
