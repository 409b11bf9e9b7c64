"""Running a command where a rehearsal's directories are ``/opt/app-root`` and ``/tmp/src``, as whom a pod runs it.

It stands alone and needs any Python from 3.9 on, because each rehearsal keeps a copy for its script:

    python -I own_namespace.py DESCRIPTION.json [OPTION ...] -- COMMAND [ARGUMENT ...]

The command gets user, mount, UTS and PID namespaces of its own (user_namespaces(7)). It is PID 1 there, and when it
ends, so does every process within. All that the machine has is read-only for it, but what the description binds
writably; ``/opt``, ``/tmp`` and their like are new, and hold what the description wants of the machine's. The options:

- ``--init``: it is the child of a PID 1 that reaps, and that hands signals on to it
- ``--with-parent``: it is killed when whoever started this program has gone
- ``--read-only``: it cannot write to the root file system, as with ``readOnlyRootFilesystem`` of Kubernetes
- ``--main``: others can join it
- ``--join``: it joins the namespaces of the main one, as ``oc rsh`` does
- ``--alone``: where there is no main one, it gets namespaces of its own
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import signal
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

FAILED = 125  # the status where a namespace cannot be had or entered, as docker's and podman's own
CANNOT_EXECUTE, NOT_FOUND, SIGNALLED = 126, 127, 128

# <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x04000000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
NAMESPACES = ("user", "mnt", "uts", "pid_for_children")

FORWARDED = (
    *(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH, signal.SIGCONT),
)
SENT_BY_THE_KERNEL = 0x80  # si_code of what a terminal sends, to its whole foreground process group


class MountAttributes(ctypes.Structure):
    """``struct mount_attr``."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


libc = ctypes.CDLL(None, use_errno=True)


def main(words: Sequence[str]) -> int:
    """Run what the command line asks for, and return its status."""
    mark = words.index("--")
    options, command = set(words[1:mark]), list(words[mark + 1 :])
    with open(words[0], encoding="utf-8") as file:  # noqa: PTH123 - starts without pathlib
        description = json.load(file)
    if "--with-parent" in options:
        _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    pid_file = os.open(description["main"], os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC) if "--main" in options else None
    try:
        if "--join" in options and _joined(description, required="--alone" not in options):
            return _supervise(description, command, {"--join"}, None)
        if "--join" in options:
            options = {"--init"}
        _unshare(description)
        _arrange(description, read_only="--read-only" in options)
    except OSError as problem:
        return _failed(problem)
    return _supervise(description, command, options, pid_file)


def _joined(description: Mapping[str, Any], *, required: bool) -> bool:
    """Enter the namespaces of the main command; return whether there is one."""
    pid = _main_one(description)
    if pid is None:
        if required:
            raise OSError(errno.ESRCH, "it does not run", "the application")
        return False
    opened = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in NAMESPACES]
    for name, descriptor in zip(NAMESPACES, opened):
        with _named(f"entering the {name} namespace of process {pid}"):
            _call("setns", descriptor, 0)
    return True


def _main_one(description: Mapping[str, Any]) -> str | None:
    """Return the PID of the program that others can join, if it runs."""
    try:
        with open(description["main"], encoding="ascii") as file:  # noqa: PTH123
            pid = file.read()
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            words = file.read().split(b"\0")
    except OSError:
        return None
    return pid if pid and b"--main" in words else None


def _unshare(description: Mapping[str, Any]) -> None:
    """Get namespaces of our own, in which we are the description's user and group."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID)
    for file, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{description['uid']} {user} 1"),
        ("gid_map", f"{description['gid']} {group} 1"),
    ):
        with _named(f"writing /proc/self/{file}"), open(f"/proc/self/{file}", "w", encoding="ascii") as map_file:  # noqa: PTH123
            map_file.write(text)


def _arrange(description: Mapping[str, Any], *, read_only: bool) -> None:
    """Mount everything that does not depend on which process is PID 1."""
    _mount(None, "/", MS_REC | MS_PRIVATE)
    bound = [(os.open(source, os.O_PATH | os.O_CLOEXEC), *rest) for source, *rest in description["binds"]]
    renewed = description["renewed"]
    before = {parent: os.open(parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC) for parent in renewed}
    _read_only("/", on=True)
    targets = {target for _, target, _ in description["binds"]}
    for parent, descriptor in before.items():
        _renew(parent, descriptor, targets, kinds=renewed[parent])
    for descriptor, target, writable in bound:
        if not os.path.lexists(target):
            _make_mount_point(target, os.fstat(descriptor).st_mode)
        _mount(f"/proc/self/fd/{descriptor}", target, MS_BIND | MS_REC)
        _read_only(target, on=not writable or (read_only and target == description["application"]))
    for parent, kinds in renewed.items():
        if kinds == "all":  # a container's user cannot add to it
            _read_only(parent, on=True, below=False)
    for descriptor in (*before.values(), *(descriptor for descriptor, *_ in bound)):
        os.close(descriptor)
    name = os.fsencode(description["hostname"])
    _call("sethostname", name, len(name))


def _renew(parent: str, before: int, but: set[str], kinds: str) -> None:
    """Mount an empty directory over one, and what was in it back in, but for some paths.

    :param before: a descriptor of the directory as it is.
    :param kinds: ``all`` of what was in it; its ``directories``, where an interpreter or a source may be; or ``none``.
    """
    mode = stat.S_IMODE(os.fstat(before).st_mode)
    seen = f"/proc/self/fd/{before}"
    entries = [(entry.name, entry.stat(follow_symlinks=False).st_mode) for entry in os.scandir(seen)]
    _mount("tmpfs", parent, MS_NOSUID | MS_NODEV, kind="tmpfs", data=f"mode={mode:o}")
    for name, entry_mode in entries:
        path = f"{parent}/{name}"
        if path in but or kinds == "none" or (kinds == "directories" and not stat.S_ISDIR(entry_mode)):
            continue
        if stat.S_ISLNK(entry_mode):
            os.symlink(os.readlink(f"{seen}/{name}"), path)  # noqa: PTH115, PTH211
            continue
        _make_mount_point(path, entry_mode)
        try:
            _mount(f"{seen}/{name}", path, MS_BIND | MS_REC)
        except FileNotFoundError:  # it has gone in the meantime
            os.rmdir(path) if stat.S_ISDIR(entry_mode) else os.unlink(path)  # noqa: PTH106, PTH108


def _make_mount_point(path: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        os.makedirs(path, exist_ok=True)  # noqa: PTH103
    else:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _supervise(description: Mapping[str, Any], command: list[str], options: set[str], pid_file: int | None) -> int:
    """Start the command as PID 1, or as a child of one, hand signals on to it, and return its status.

    :param pid_file: where our PID goes when the command can be joined.
    """
    starts, started = os.pipe()
    arranged, arranges = os.pipe()
    child = os.fork()
    if not child:
        os.close(started)
        os.close(arranged)
        _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.read(starts, 1):  # else our parent has gone, which the line above was too late for
            _be_first(description, options)
            os.close(arranges)
            if "--init" in options:
                _be_init_of(command)
            _become(command)
        os._exit(FAILED)
    os.close(starts)
    os.close(arranges)
    os.write(started, b"x")
    os.read(arranged, 1)  # ends when the child has closed its end of it
    if pid_file is not None:
        os.ftruncate(pid_file, 0)
        os.write(pid_file, b"%d" % os.getpid())
    while True:
        received = signal.sigwaitinfo({*FORWARDED, signal.SIGCHLD})
        if received.si_signo != signal.SIGCHLD:
            if received.si_code != SENT_BY_THE_KERNEL:
                _send(child, received.si_signo)
            continue
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return _status(status)


def _be_first(description: Mapping[str, Any], options: set[str]) -> None:
    """Mount and set what has to be done by the first process, which is PID 1 or has joined another one."""
    try:
        if "--join" not in options:
            _mount("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, kind="proc")
        _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.chdir(description["cwd"] if os.path.isdir(description["cwd"]) else "/")  # noqa: PTH112
    except OSError as problem:
        os._exit(_failed(problem))


def _be_init_of(command: list[str]) -> NoReturn:
    """Start the command and reap what is orphaned, until the command ends."""
    started = os.fork()
    if not started:
        _become(command)
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, lambda number, _: _send(started, number))
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    while True:
        ended, status = os.wait()
        if ended == started:
            os._exit(_status(status))


def _send(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has ended in the meantime
        os.kill(process, number)


def _become(command: list[str]) -> NoReturn:
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # which Python ignores
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        os.execvp(command[0], command)  # noqa: S606 - what it is for
    except OSError as problem:
        _failed(problem, command[0])
        os._exit(NOT_FOUND if problem.errno == errno.ENOENT else CANNOT_EXECUTE)


def _read_only(path: str, *, on: bool, below: bool = True) -> None:
    """Make what is mounted at a path, and below it, read-only, or writable again; a kernel before 5.12 cannot."""
    attributes = MountAttributes(attr_set=MOUNT_ATTR_RDONLY) if on else MountAttributes(attr_clr=MOUNT_ATTR_RDONLY)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    arguments = (AT_FDCWD, os.fsencode(path), AT_RECURSIVE if below else 0, ctypes.byref(attributes), size)
    with contextlib.suppress(NotImplementedError), _named(f"mount_setattr {path}"):
        _call("syscall", MOUNT_SETATTR, *arguments)


def _mount(source: str | None, target: str, flags: int, *, kind: str | None = None, data: str | None = None) -> None:
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    with _named(f"mounting {target}"):
        _call("mount", words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])


def _call(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        if number == errno.ENOSYS:
            raise NotImplementedError(name)
        raise OSError(number, os.strerror(number), name)


@contextlib.contextmanager
def _named(action: str) -> Iterator[None]:
    """Let a failure say what was being done."""
    try:
        yield
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, action) from None


def _failed(problem: OSError, what: str = "") -> int:
    sys.stderr.write(f"{what or problem.filename}: {problem.strerror}\n")
    return FAILED


def _status(status: int) -> int:
    return SIGNALLED + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
