"""An application's image, built as S2I builds one: the Dockerfile is that of ``s2i build --as-dockerfile``."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from s2itasks.console import detail, event
from s2itasks.errors import Failure
from s2itasks.init import planning
from s2itasks.process.errors import HookFailed
from s2itasks.process.replacing import replace

from . import kept_script, source_copy
from .container import Container
from .engine import Engine
from .pod_environment import FILES_OF_PIP, SHOWN, shown
from .progress import Progress
from .root import Root

DEFAULT_BUILDER = "registry.access.redhat.com/ubi9/python-312"
SCRIPTS = "image:///usr/libexec/s2i"  # where S2I looks for an image's own without a label of it
S2I_USER = "1001"
IGNORED = "*\n!upload\n!scripts\n"  # of the root, which is the context of the build


class NoImage(Failure):
    """The builder image is not on this machine, and cannot be pulled."""

    def __init__(self, image: str, status: int) -> None:
        super().__init__(
            f"the builder image {image} cannot be pulled",
            cure="see above why; log in to its registry, or give another --image",
            status=status,
        )


class Image:
    """The image of a rehearsal, and what is kept of it: the image itself, while nothing that it is made of changes.

    :param builder: the builder image.
    :param environ: the variables of the build that do not stay in the image.
    :param baked: those of ``.s2i/environment``, which do.
    :param files: that variables name, see `pod_environment.shown`.
    """

    def __init__(
        self,
        root: Root,
        venue: Container,
        engine: Engine,
        builder: str,
        environ: Mapping[str, str],
        baked: Mapping[str, str],
        files: Mapping[str, Path],
    ) -> None:
        self._root = root
        self._venue = venue
        self._engine = engine
        self._builder = builder
        self._own_builder = f"localhost/{venue.name}:builder"  # what a build leaves when it is interrupted has its name
        self._baked = baked
        given, of_pip = shown(environ, FILES_OF_PIP)
        links = given.get("PIP_FIND_LINKS", "").split()
        self._links = {f"links{number}": word for number, word in enumerate(links) if Path(word).is_dir()}
        places = {word: f"{SHOWN}/{name}" for name, word in self._links.items()}
        found = {"PIP_FIND_LINKS": " ".join(places.get(word, word) for word in links)} if links else {}
        self._environ = {**given, **found, "PIP_CACHE_DIR": f"{SHOWN}/cache"}
        self._variables = root.path / "variables-of-build"
        self._secrets = {**files, **of_pip, "variables": self._variables}
        self._dockerfile = root.path / "Dockerfile"
        self._noted = root.path / "image-of"  # what the image was made of; not there while it may be anything
        self._temporary = root.path / "tmp"
        self._key = ""

    def prepare(self, source: Path, progress: Progress, *, fresh: bool) -> str:
        """Upload; have the builder image, and write the Dockerfile; see `Building`."""
        self._venue.end()  # of a rehearsal that was killed
        source_copy.upload(source, self._root)
        self._complete()
        shutil.rmtree(self._root.application, ignore_errors=True)  # it is in the image; only hooks are looked up here
        hooks = self._root.application / "src" / ".s2i"
        shutil.copytree(self._root.upload / ".s2i", hooks, symlinks=True)
        builder = self._have_builder(progress)
        self._engine.note(self._root, self._own_builder, self._venue.image)
        self._engine.call("tag", self._builder, self._own_builder)
        replace(self._variables, kept_script.exports(self._environ), 0o600)
        replace(self._root.path / ".dockerignore", IGNORED.encode(), 0o644)
        replace(self._dockerfile, os.fsencode("\n".join(self._instructions(builder["Config"])) + "\n"), 0o644)
        self._key = self._key_of(builder["Id"])
        is_same = not fresh and self._noted.is_file() and self._noted.read_text() == self._key
        if is_same and self._engine.inspect(self._venue.image) is not None:
            return "the image of the last rehearsal, since it would be the same"
        self._noted.unlink(missing_ok=True)
        self._engine.remove_images(self._venue.image)
        if fresh:
            shutil.rmtree(self._temporary, ignore_errors=True)
        return ""

    def assemble(self, progress: Progress) -> None:
        """Build the image, unless there is one."""
        if self._noted.is_file():
            return
        self._temporary.mkdir(exist_ok=True)
        own = self._engine.environ
        is_separate = os.geteuid() == 0 or "XDG_RUNTIME_DIR" in own  # else podman looks for its own state in TMPDIR
        environ = {**own, "DOCKER_BUILDKIT": "1", **({"TMPDIR": str(self._temporary)} if is_separate else {})}
        for left in self._temporary.glob("buildah[0-9]*"):
            shutil.rmtree(left, ignore_errors=True)
        # The cache of layers would not see that variables have changed. With one layer, podman makes one container.
        options = ["--layers=false"] if self._engine.is_podman else ["--no-cache", "--progress=plain"]
        # On this machine's network: an index on it can be had, and podman leaves no network when it is interrupted.
        argv = [
            *(self._engine.program, "build", "--network=host", *options, f"--file={self._dockerfile}"),
            f"--tag={self._venue.image}",
            *(f"--secret=id={name},src={path}" for name, path in self._secrets.items()),
            *(f"--build-context={name}={path}" for name, path in self._links.items()),
            str(self._root.path),
        ]
        progress.run("s2itasks assemble", argv, env=environ, cwd=self._root.path, log=self._root.log("assemble"))
        self._noted.write_text(self._key)

    def write_script(self, environ: Mapping[str, str]) -> None:
        """Write one that executes in the container, or runs another one."""
        kept_script.write(self._root, self._venue.script(), self._venue.handed_on(environ))

    def _complete(self) -> None:
        """Add what ``s2itasks init`` would, where the source does not say how it is built: s2itasks is to do that."""
        if (self._root.upload / ".s2i" / "bin" / "assemble").exists():
            return
        added = []
        for each in planning.wanted(self._root.upload, "pyz", ()):
            path = self._root.upload / each.path
            if not os.path.lexists(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                replace(path, each.content, 0o755 if each.executable else 0o644)
                added.append(each.path)
                if each.executable:
                    shutil.copy2(path, self._root.scripts)
        detail(f"the source has no .s2i/bin/assemble: built with {', '.join(added)} as s2itasks init writes them")

    def _have_builder(self, progress: Progress) -> dict[str, Any]:
        """Return what is known of the builder image, which is pulled where it is not here."""
        described = self._engine.inspect(self._builder)
        if described is None:
            event("rehearse", f"pulling {self._builder}")
            argv, log = [self._engine.program, "pull", self._builder], self._root.log("pull")
            try:
                progress.run("pulling", argv, env=self._engine.environ, cwd=self._root.path, log=log)
            except HookFailed as failed:
                raise NoImage(self._builder, failed.status) from None
            described = self._engine.inspect(self._builder)
            if described is None:
                raise NoImage(self._builder, 1)
        return described

    def _instructions(self, builder: Mapping[str, Any]) -> Iterator[str]:
        """Yield the lines of the Dockerfile.

        :param builder: the configuration of the builder image.
        """
        user = builder.get("User") or S2I_USER
        number = user.partition(":")[0] if user.partition(":")[0].isdigit() else S2I_USER
        yield from (f"FROM {self._own_builder}", "USER root")
        yield from (f"COPY --chown={number}:0 upload /tmp/src", f"COPY --chown={number}:0 scripts /tmp/scripts")
        yield from (f"ENV {name}={_quoted(value)}" for name, value in self._baked.items() if name.isidentifier())
        mounts = [
            f"--mount=type=cache,id=s2itasks-pip,target={SHOWN}/cache,uid={number}",
            *(f"--mount=type=secret,id={name},target={SHOWN}/{name},uid={number},mode=0400" for name in self._secrets),
            *(f"--mount=type=bind,from={name},target={SHOWN}/{name}" for name in self._links),
        ]
        yield f"USER {user}"
        yield f"RUN {' '.join(mounts)} . {SHOWN}/variables && exec {self._script(builder, 'assemble')}"
        yield f"CMD {json.dumps([self._script(builder, 'run')])}"

    def _script(self, builder: Mapping[str, Any], name: str) -> str:
        """Return where one of S2I's scripts is: the source's own, or the image's."""
        if (self._root.scripts / name).exists():
            (self._root.scripts / name).chmod(0o755)
            return f"/tmp/scripts/{name}"  # noqa: S108 - S2I's
        variables = dict(line.partition("=")[::2] for line in builder.get("Env") or ())
        labels = builder.get("Labels") or {}
        url = labels.get("io.openshift.s2i.scripts-url") or variables.get("STI_SCRIPTS_URL") or SCRIPTS
        return f"{url.removeprefix('image://')}/{name}"

    def _key_of(self, builder: str) -> str:
        """Return what tells images apart: builder image, Dockerfile, upload, and what the build is given."""
        digest = hashlib.sha256(builder.encode())
        made_of = (self._dockerfile, *self._secrets.values(), *_below(self._root.upload), *_below(self._root.scripts))
        for path in made_of:
            status = path.lstat()
            digest.update(os.fsencode(f"\0{path.name}\0{status.st_mode}\0"))
            if path.is_symlink():
                digest.update(os.fsencode(path.readlink()))
            elif path.is_file():
                digest.update(path.read_bytes())
        return digest.hexdigest()


def _below(directory: Path) -> list[Path]:
    return sorted(directory.rglob("*"))


def _quoted(value: str) -> str:
    """Spell a value so that a Dockerfile keeps it as it is, as S2I does."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
