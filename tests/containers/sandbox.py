"""Containers without a container engine: PID, mount and root of their own, from util-linux alone."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from . import control_group
from .engine import BuildFailed, Unavailable
from .recipe import Recipe, Start

TOOLS = ("unshare", "nsenter", "setpriv", "chroot", "mount")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")


class Sandbox:
    """The engine: an image is a directory, and a container a copy of it."""

    def __init__(self, directory: Path) -> None:
        self.name = "namespaces of unshare, under setpriv"
        self.directory = directory
        self._recipes: dict[str, Recipe] = {}
        self._processes: dict[str, tuple[Start, Recipe]] = {}
        self._limits: dict[str, Path] = {}

    @classmethod
    def that_works(cls, directory: Path, root: Path) -> tuple[Sandbox, str]:
        """Return the engine and its image of ``root``.

        :raises Unavailable: when this machine does not let us have namespaces.
        """
        missing = [tool for tool in TOOLS if not shutil.which(tool)]
        if missing:
            raise Unavailable(f"{', '.join(missing)}: not installed")
        sandbox = cls(directory / "sandbox")
        sandbox.directory.mkdir()
        image = sandbox.import_root(root)
        argv = sandbox.run_argv("first", image, Start(words=["true"]))
        tried = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        sandbox.remove("first")
        if tried.returncode:
            sandbox.close()
            raise Unavailable(f"unshare cannot run a process: {tried.stderr.strip()}")
        return sandbox, image

    def import_root(self, root: Path) -> str:
        """Copy a root filesystem."""
        _copy(root, self._image("root"))
        self._recipes["root"] = Recipe(base="", environment={"PATH": os.defpath + ":/usr/sbin:/sbin"})
        return "root"

    def build(self, image: str, recipe: Recipe) -> str:
        """Follow a recipe step by step in a copy of its base."""
        before = self._recipes[recipe.base]
        whole = replace(
            recipe,
            environment={**before.environment, **recipe.environment},
            entrypoint=recipe.entrypoint or before.entrypoint,
            command=recipe.command or before.command,
        )
        root = self._image(image)
        _copy(self._image(recipe.base), root)
        for copy in recipe.copies:
            _put(copy.source, root / copy.target.lstrip("/"), copy.owner)
        (root / recipe.workdir.lstrip("/")).mkdir(parents=True, exist_ok=True)
        said = ""
        for user, command in recipe.commands:
            given = Start(["/bin/sh", "-c", command], f"{user}:0", recipe.build_environment, recipe.mounts)
            done = subprocess.run(
                self._argv(root, replace(whole, entrypoint=()), given),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            said += done.stdout
            if done.returncode:
                raise BuildFailed(said)
        self._recipes[image] = whole
        return said

    def run_argv(self, name: str, image: str, start: Start) -> list[str]:
        """Copy the image, and return the command line that enters it."""
        _copy(self._image(image), self._container(name))
        self._processes[name] = start, self._recipes[image]
        return self._argv(self._container(name), self._recipes[image], start)

    def exec_argv(self, name: str, words: Sequence[str], environment: Mapping[str, str], *, tty: bool) -> list[str]:
        """Return the command line that joins PID 1's namespaces, root and user."""
        start, recipe = self._processes[name]
        limited = self._limits.get(name)
        join = ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(limited)] if limited else []
        given = Start(words, start.user, {**start.environment, **environment})
        enter = ["nsenter", f"--target={self.init(name)}", "--mount", "--pid", "--root"]
        # Its own session: a process group that was outside has no number in here.
        session = ["/usr/bin/setsid", "--ctty"] if tty else []
        return [*join, *enter, *session, *_become(replace(recipe, entrypoint=()), given)]

    def init(self, name: str) -> int:
        """Find the child of ``unshare`` whose root is the container's and who is the user already."""
        root = str(self._container(name))
        uid = self._processes[name][0].user.partition(":")[0]
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, StopIteration):
                if str((process / "root").readlink()) == root and _is_init(process, uid):
                    return int(process.name)
        raise LookupError(name)

    def stop(self, name: str, grace: int) -> None:
        """Signal PID 1 and wait for it."""
        pid = self.init(name)
        os.kill(pid, signal.SIGTERM)
        if not _ends(pid, grace):
            os.kill(pid, signal.SIGKILL)

    def limit_cpu(self, name: str, millicores: int | None) -> None:
        """Move the container's processes into a control group of its own."""
        if name not in self._limits:
            self._move_to_group(name)
        control_group.limit(self._limits[name], millicores)

    def _move_to_group(self, name: str) -> None:
        pid = self.init(name)
        group = control_group.of_process(pid) / f"s2itasks-{name}"
        try:
            group.mkdir()
        except OSError as problem:
            raise Unavailable(f"the control group {group} cannot be made: {problem.strerror}") from problem
        self._limits[name] = group
        root = (Path("/proc") / str(pid) / "root").readlink()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "root").readlink() == root:
                    (group / "cgroup.procs").write_text(process.name)

    def remove(self, name: str) -> None:
        """Kill PID 1, with which everything else in the namespace ends, and remove the copy."""
        with suppress(LookupError, ProcessLookupError):
            pid = self.init(name)
            os.kill(pid, signal.SIGKILL)
            _ends(pid, 10)
        self._processes.pop(name, None)
        if group := self._limits.pop(name, None):
            group.rmdir()
        shutil.rmtree(self._container(name), ignore_errors=True)

    def close(self) -> None:
        """Remove all copies; nothing is mounted where we are."""
        for name in list(self._processes):
            self.remove(name)
        shutil.rmtree(self.directory)

    def _image(self, name: str) -> Path:
        return self.directory / "images" / name

    def _container(self, name: str) -> Path:
        return self.directory / "containers" / name

    def _argv(self, root: Path, recipe: Recipe, start: Start) -> list[str]:
        """Return the command line that has namespaces, mounts and a root of its own, and becomes the command."""
        given = replace(start, words=[*recipe.entrypoint, *(start.words or recipe.command)])
        script = "set -e\n" + "\n".join([*_mounts(root, start), f'exec chroot {shlex.quote(str(root))} "$@"'])
        return [*UNSHARE, "sh", "-c", script, "sh", *_become(recipe, given)]


def _become(recipe: Recipe, start: Start) -> list[str]:
    """Return the command line that, inside, takes on user, directory and environment of a container."""
    uid, _, gid = start.user.partition(":")
    variables = {"HOME": "/", **recipe.environment, **start.environment}
    return [
        *("/usr/bin/setpriv", f"--reuid={uid}", f"--regid={gid or 0}", "--clear-groups"),
        *("/usr/bin/env", "-i", f"--chdir={recipe.workdir}"),
        *(f"{name}={value}" for name, value in variables.items()),
        *start.words,
    ]


def _mounts(root: Path, start: Start) -> Iterator[str]:
    """Return the shell commands that mount what a container engine mounts."""

    def at(target: str) -> str:
        return shlex.quote(str(root / target.lstrip("/")))

    yield f"mount --bind {at('')} {at('')}"
    yield f"mount -t proc proc {at('proc')}"
    yield f"mount -t tmpfs -o mode=755 tmpfs {at('dev')}"
    for device in DEVICES:
        yield f"touch {at(f'dev/{device}')} && mount --bind /dev/{device} {at(f'dev/{device}')}"
    yield f"mkdir {at('dev/pts')} {at('dev/shm')}"
    yield f"mount --bind /dev/pts {at('dev/pts')}"
    yield f"mount -t tmpfs -o mode=1777 tmpfs {at('dev/shm')}"
    for link, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        yield f"ln -s /proc/self/{target} {at(f'dev/{link}')}"
    for target, source in start.mounts.items():
        make = "mkdir -p" if source.is_dir() else "touch"
        yield f"{make} {at(target)} && mount -o ro --bind {shlex.quote(str(source))} {at(target)}"
    for target in start.tmpfs:
        yield f"mkdir -p {at(target)} && mount -t tmpfs -o mode=1777 tmpfs {at(target)}"
    if start.read_only:
        yield f"mount -o remount,bind,ro {at('')}"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)


def _put(source: Path, target: Path, owner: str) -> None:
    """Copy as COPY does: what a directory holds goes into the target, and links there are followed."""
    if not source.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        shutil.chown(target, *(int(each) for each in owner.split(":")))
        return
    if not target.exists():
        target.mkdir(parents=True)
        shutil.chown(target, *(int(each) for each in owner.split(":")))
    for entry in source.iterdir():
        _put(entry, target / entry.name, owner)


def _is_init(process: Path, uid: str) -> bool:
    """Whether a process is the first of its namespace, and that user's."""
    fields = {line.split()[0]: line.split()[1:] for line in (process / "status").read_text().splitlines()}
    return fields["NSpid:"][1:] == ["1"] and fields["Uid:"][0] == uid


def _ends(pid: int, patience: float) -> bool:
    """Wait for the end of a process that need not be a child of ours."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], patience)[0])
    finally:
        os.close(watched)
