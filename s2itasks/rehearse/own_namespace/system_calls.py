"""The system calls that Python has no function for, and failures that say what was being done."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
from collections.abc import Iterator

# <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x04000000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38


class MountAttributes(ctypes.Structure):
    """``struct mount_attr``."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


libc = ctypes.CDLL(None, use_errno=True)


def unshare() -> None:
    """Get user, mount, UTS and PID namespaces of our own; the PID namespace is that of children.

    :raises OSError: as do all of these.
    """
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID)


def enter(descriptor: int) -> None:
    """Enter the namespace that a file of ``/proc/PID/ns`` stands for."""
    _call("setns", descriptor, 0)


def die_with_parent() -> None:
    """Be killed when the process that started us has gone."""
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def gain_no_privileges() -> None:
    """Let no program that is executed from now on have more rights than we, as in a pod that is *restricted*."""
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def set_host_name(name: str) -> None:
    """Name the machine, in our UTS namespace."""
    encoded = os.fsencode(name)
    _call("sethostname", encoded, len(encoded))


def mount(source: str | None, target: str, flags: int, *, kind: str | None = None, data: str | None = None) -> None:
    """Mount something at a path."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    with named(f"mounting {target}"):
        _call("mount", words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])


def make_read_only(path: str, *, on: bool, below: bool = True) -> None:
    """Make what is mounted at a path, and below it, read-only, or writable again; a kernel before 5.12 leaves it."""
    attributes = MountAttributes(attr_set=MOUNT_ATTR_RDONLY) if on else MountAttributes(attr_clr=MOUNT_ATTR_RDONLY)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    arguments = (AT_FDCWD, os.fsencode(path), AT_RECURSIVE if below else 0, ctypes.byref(attributes), size)
    try:
        with named(f"mount_setattr {path}"):
            _call("syscall", MOUNT_SETATTR, *arguments)
    except OSError as problem:
        if problem.errno != errno.ENOSYS:
            raise


def _call(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


@contextlib.contextmanager
def named(action: str) -> Iterator[None]:
    """Let a failure say what was being done."""
    try:
        yield
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, action) from None
