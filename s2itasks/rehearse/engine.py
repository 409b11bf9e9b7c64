"""What runs containers on a laptop: podman, or docker, whichever is there and answers."""

from __future__ import annotations

import fnmatch
import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from s2itasks.errors import Failure, UsageError

from .root import Root

PROGRAMS = ("podman", "docker")
# What the programs need of a shell themselves; a container has none of it.
OF_CLIENT = (
    *(
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "XDG_*",
        "LANG",
        "LC_*",
        "SSH_AUTH_SOCK",
        "DBUS_SESSION_BUS_ADDRESS",
    ),
    *("CONTAINERS_*", "CONTAINER_*", "REGISTRY_AUTH_FILE", "BUILDAH_*", "BUILDKIT_*", "BUILDX_*", "SSL_CERT_*"),
    *("DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_TLS*", "DOCKER_CERT_PATH", "DOCKER_API_VERSION"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
)
PATIENCE = 120  # seconds for what takes moments


class NoEngine(UsageError):
    """There is nothing on this machine that runs containers."""

    def __init__(self) -> None:
        super().__init__(
            "--container: there is neither podman nor docker in PATH",
            cure="install one of them, or rehearse without --container",
        )


class EngineSilent(Failure):
    """Podman or docker is there, but cannot list containers: its daemon or its virtual machine does not run."""

    def __init__(self, program: str, said: str) -> None:
        super().__init__(
            f"--container: {program} does not answer: {said}",
            cure="run its daemon (or podman machine start), or rehearse without --container",
            status=1,
        )


class EngineFailed(Failure):
    """Podman or docker could not do something that should go well."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"{command} failed: {said}", cure="see whether it does by hand", status=1)


@dataclass(frozen=True)
class Engine:
    """The program, and how it is called.

    :param program: its path.
    :param is_podman: what it is; the name does not tell, since some call podman docker.
    :param environ: its own environment.
    """

    program: str
    is_podman: bool
    environ: Mapping[str, str]

    @property
    def name(self) -> str:
        """What people call it."""
        return "podman" if self.is_podman else "docker"

    def note(self, root: Root, *images: str) -> None:
        """Note what `forget` is to remove."""
        root.images.write_text(json.dumps([self.program, self.is_podman, *images]), encoding="utf-8")

    def call(self, *words: str) -> str:
        """Run one of its commands to its end, and return what that prints.

        :raises EngineFailed: when it fails.
        """
        done = self._run(words)
        if done.returncode:
            raise EngineFailed(f"{self.name} {words[0]}", _last(done))
        return done.stdout

    def inspect(self, image: str) -> dict[str, Any] | None:
        """Return what it knows of an image; None where it does not have it."""
        done = self._run(("image", "inspect", image))
        described: list[dict[str, Any]] = json.loads(done.stdout) if not done.returncode else []
        return described[0] if described else None

    def remove(self, *containers: str) -> None:
        """Kill and remove containers; that some are not there is well."""
        at_once = ("--time=0", "--ignore") if self.is_podman else ()
        self._run(("rm", "--force", "--volumes", *at_once, *containers))

    def remove_images(self, *images: str) -> None:
        """Remove images; that some are not there is well."""
        for image in images:
            self._run(("rmi", "--force", image))

    def _run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run it where Ctrl-C does not reach it: it is what cleans up then."""
        return _answer(self.program, self.environ, *words, own_session=True)


def found(environ: Mapping[str, str]) -> Engine:
    """Return the first that answers.

    :param environ: the shell's.
    :raises NoEngine: where there is none.
    :raises EngineSilent: where none answers; it has the last line of what the first one says.
    """
    own = _of_client(environ)
    silent = None
    for name in PROGRAMS:
        program = shutil.which(name, path=environ.get("PATH"))
        if program is None:
            continue
        try:
            asked = _answer(program, own, "ps", "--quiet", seconds=PATIENCE)
            if asked.returncode == 0:
                version = _answer(program, own, "--version", seconds=PATIENCE).stdout
                return Engine(program, "podman" in version.lower(), own)
            said = _last(asked)
        except (OSError, subprocess.TimeoutExpired) as problem:
            said = str(problem)
        silent = silent or EngineSilent(name, said)
    raise silent or NoEngine


def forget(root: Root, environ: Mapping[str, str]) -> None:
    """Remove the images that a root has had made, before it goes itself.

    :param environ: the shell's.
    """
    if root.images.is_file():
        program, is_podman, *images = json.loads(root.images.read_text(encoding="utf-8"))
        if Path(program).is_file():
            Engine(program, is_podman, _of_client(environ)).remove_images(*images)
        root.images.unlink()


def _of_client(environ: Mapping[str, str]) -> dict[str, str]:
    def is_its(name: str) -> bool:
        return any(fnmatch.fnmatchcase(name, pattern) for pattern in OF_CLIENT)

    return {name: value for name, value in environ.items() if is_its(name)}


def _answer(
    program: str, environ: Mapping[str, str], *words: str, seconds: float | None = None, own_session: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run the developer's own program, and return what it says.

    :param own_session: not in the foreground of the terminal, which Ctrl-C is sent to.
    """
    return subprocess.run(  # noqa: S603 - the developer's own
        [program, *words],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
        start_new_session=own_session,
    )


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"status {done.returncode}"
