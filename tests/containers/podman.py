"""Containers from podman, with everything it keeps below one directory."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from . import control_group, machine
from .engine import BuildFailed, Unavailable
from .recipe import Recipe, Start

STORAGE_DRIVERS = ("overlay", "vfs")  # the second copies whole images, and works anywhere
RUNTIMES = ("runc", "crun")  # crun fails on hybrid control groups
# Of the network this machine's own, so that its ports are ours. The limits are those that a surrounding container
# certainly has itself: asking for more fails.
OPTIONS = ("--network=host", "--ulimit=nofile=1024:1024", "--ulimit=nproc=10000:10000")

# The same as the options of `Podman` in files, by the variables that name them: containers.conf(5), storage.conf(5).
CONFIGURATION = {
    "CONTAINERS_CONF": """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=10000:10000"]
[engine]
runtime = "{runtime}"
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "{directory}/tmp"
""",
    "CONTAINERS_STORAGE_CONF": """\
[storage]
driver = "{driver}"
graphroot = "{directory}/storage"
runroot = "{directory}/run"
""",
}


class Podman:
    """The engine.

    :param directory: for its storage; a short path, because sockets lie in it.
    :param storage_driver: one of `STORAGE_DRIVERS`.
    :param runtime: one of `RUNTIMES`.
    """

    def __init__(self, directory: Path, storage_driver: str, runtime: str) -> None:
        self.name = f"podman ({storage_driver}, {runtime})"
        self.directory = directory
        self._configuration = {
            variable: text.format(directory=directory, driver=storage_driver, runtime=runtime)
            for variable, text in CONFIGURATION.items()
        }
        self._podman = [
            "podman",
            f"--root={directory / 'storage'}",
            f"--runroot={directory / 'run'}",
            f"--tmpdir={directory / 'tmp'}",
            f"--storage-driver={storage_driver}",
            f"--runtime={runtime}",
            "--cgroup-manager=cgroupfs",
            "--events-backend=none",
        ]

    @classmethod
    def that_works(cls, directory: Path, root: Path) -> tuple[Podman, str]:
        """Return the first combination that can run a container, and its image of ``root``.

        :raises Unavailable: when there is none.
        """
        said = "podman is not installed"
        for driver in STORAGE_DRIVERS if shutil.which("podman") else ():
            for runtime in filter(shutil.which, RUNTIMES):
                podman = cls(directory / f"{driver}-{runtime}", driver, runtime)
                podman.directory.mkdir()
                try:
                    image = podman.import_root(root)
                    podman._call("run", "--rm", *OPTIONS, image, "true")
                except subprocess.CalledProcessError as failure:
                    said = failure.stderr.strip().rpartition("\n")[2]
                    podman.close()
                else:
                    return podman, image
        raise Unavailable(f"podman cannot run a container: {said}")

    def configured(self, directory: Path) -> dict[str, str]:
        """Return the variables with which a podman without options has the same images and containers.

        :param directory: for the files that they name.
        """
        for variable, text in self._configuration.items():
            (directory / variable).write_text(text)
        return {variable: str(directory / variable) for variable in self._configuration}

    def import_root(self, root: Path) -> str:
        """Make an image of a root filesystem."""
        archive = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
        try:
            self._call("import", "-", "localhost/root", stdin=archive)
        finally:
            assert archive.stdout is not None
            archive.stdout.close()
            archive.wait()
        return "localhost/root"

    def build(self, image: str, recipe: Recipe) -> str:
        """Make an image with ``podman build``."""
        context = self.directory / "context"
        context.mkdir()
        try:
            (context / "Containerfile").write_text("\n".join(_containerfile(recipe, context)) + "\n")
            built = subprocess.run(
                [
                    *(*self._podman, "build", *OPTIONS, "--layers=false", f"--tag={image}"),
                    *(f"--volume={source}:{target}:ro" for target, source in recipe.mounts.items()),
                    *(f"--build-arg={name}={value}" for name, value in recipe.build_environment.items()),
                    str(context),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        finally:
            shutil.rmtree(context)
        if built.returncode:
            raise BuildFailed(built.stdout)
        return built.stdout

    def run_argv(self, name: str, image: str, start: Start) -> list[str]:
        """Return ``podman run``."""
        return [
            *(*self._podman, "run", f"--name={name}", f"--user={start.user}", *OPTIONS),
            *(f"--env={variable}={value}" for variable, value in start.environment.items()),
            *(f"--volume={source}:{target}:ro" for target, source in start.mounts.items()),
            *(f"--tmpfs={target}:rw,mode=1777,notmpcopyup" for target in start.tmpfs),
            *(("--read-only", "--read-only-tmpfs=false") if start.read_only else ()),
            *(image, *start.words),
        ]

    def exec_argv(self, name: str, words: Sequence[str], environment: Mapping[str, str], *, tty: bool) -> list[str]:
        """Return ``podman exec``."""
        variables = [f"--env={variable}={value}" for variable, value in environment.items()]
        return [*self._podman, "exec", "--interactive", *(["--tty"] if tty else []), *variables, name, *words]

    def init(self, name: str) -> int:
        """Ask podman for the PID."""
        try:
            return int(self._call("inspect", "--format={{.State.Pid}}", name))
        except subprocess.CalledProcessError:
            raise LookupError(name) from None

    def stop(self, name: str, grace: int) -> None:
        """Call ``podman stop``."""
        self._call("stop", f"--time={grace}", name)

    def limit_cpu(self, name: str, millicores: int | None) -> None:
        """Write to the container's control group."""
        control_group.limit(control_group.of_process(self.init(name)), millicores)

    def remove(self, name: str) -> None:
        """Call ``podman rm``."""
        self._call("rm", "--force", "--ignore", "--time=0", name)

    def close(self) -> None:
        """Remove everything, and what podman itself leaves mounted."""
        for command in (["rm", "--all", "--force", "--time=0"], ["rmi", "--all", "--force"]):
            subprocess.run([*self._podman, *command], capture_output=True, check=False)
        machine.remove(self.directory)

    def _call(self, *words: str, stdin: subprocess.Popen[bytes] | None = None) -> str:
        return subprocess.run(
            [*self._podman, *words],
            stdin=stdin.stdout if stdin else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        ).stdout


def _containerfile(recipe: Recipe, context: Path) -> Iterator[str]:
    """Write a recipe down, putting what it copies into the context."""
    yield f"FROM {recipe.base}"
    yield "USER 0"
    for number, copy in enumerate(recipe.copies):
        inside = context / str(number)
        if copy.source.is_dir():
            shutil.copytree(copy.source, inside, symlinks=True)
        else:
            shutil.copy2(copy.source, inside)
        yield f"COPY --chown={copy.owner} {number} {copy.target}"
    for name, value in recipe.environment.items():
        yield f"ENV {name}={_quoted(value)}"
    yield f"WORKDIR {recipe.workdir}"
    for name in recipe.build_environment:
        yield f"ARG {name}"
    for user, command in recipe.commands:
        yield from (f"USER {user}", f"RUN {command}")
    yield f"USER {recipe.user}"
    if recipe.entrypoint:
        yield f"ENTRYPOINT {json.dumps(list(recipe.entrypoint))}"
    if recipe.command:
        yield f"CMD {json.dumps(list(recipe.command))}"


def _quoted(value: str) -> str:
    escaped = chain.from_iterable(("\\", each) if each in '\\"$' else (each,) for each in value)
    return '"' + "".join(escaped) + '"'
