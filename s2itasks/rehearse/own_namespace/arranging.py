"""The file system, user and host name that a description asks for."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from typing import Any

from .system_calls import (
    MS_BIND,
    MS_NODEV,
    MS_NOSUID,
    MS_PRIVATE,
    MS_REC,
    make_read_only,
    mount,
    named,
    set_host_name,
    unshare,
)


def own_namespaces(description: Mapping[str, Any]) -> None:
    """Get namespaces of our own, in which we are the description's user and group."""
    user, group = os.geteuid(), os.getegid()
    unshare()
    for file, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{description['uid']} {user} 1"),
        ("gid_map", f"{description['gid']} {group} 1"),
    ):
        with named(f"writing /proc/self/{file}"), open(f"/proc/self/{file}", "w", encoding="ascii") as map_file:  # noqa: PTH123
            map_file.write(text)


def arrange(description: Mapping[str, Any], *, read_only_root: bool) -> None:
    """Mount everything that does not depend on which process is PID 1."""
    mount(None, "/", MS_REC | MS_PRIVATE)
    bound = [(os.open(source, os.O_PATH | os.O_CLOEXEC), *rest) for source, *rest in description["binds"]]
    renewed = description["renewed"]
    before = {parent: os.open(parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC) for parent in renewed}
    make_read_only("/", on=True)
    targets = {target for _, target, _ in description["binds"]}
    for parent, descriptor in before.items():
        _renew(parent, descriptor, targets, kinds=renewed[parent])
    for descriptor, target, writable in bound:
        if not os.path.lexists(target):
            _make_mount_point(target, os.fstat(descriptor).st_mode)
        mount(f"/proc/self/fd/{descriptor}", target, MS_BIND | MS_REC)
        make_read_only(target, on=not writable or (read_only_root and target == description["application"]))
    for parent, kinds in renewed.items():
        if kinds == "all":  # a container's user cannot add to it
            make_read_only(parent, on=True, below=False)
    for descriptor in (*before.values(), *(descriptor for descriptor, *_ in bound)):
        os.close(descriptor)
    set_host_name(description["hostname"])


def _renew(parent: str, before: int, but: set[str], kinds: str) -> None:
    """Mount an empty directory over one, and what was in it back in, but for some paths.

    :param before: a descriptor of the directory as it is.
    :param kinds: ``all`` of what was in it; its ``directories``, where an interpreter or a source may be; or ``none``.
    """
    mode = stat.S_IMODE(os.fstat(before).st_mode)
    seen = f"/proc/self/fd/{before}"
    names = os.listdir(seen)  # noqa: PTH208 - starts without pathlib
    mount("tmpfs", parent, MS_NOSUID | MS_NODEV, kind="tmpfs", data=f"mode={mode:o}")
    for path in (f"{parent}/{name}" for name in names if kinds != "none"):
        if path not in but:
            with contextlib.suppress(FileNotFoundError):  # it has gone in the meantime: others work here, too
                _show(f"{seen}/{os.path.basename(path)}", path, directories_only=kinds == "directories")  # noqa: PTH119


def _show(seen: str, path: str, *, directories_only: bool) -> None:
    """Let something be at a path that has been mounted over."""
    mode = os.lstat(seen).st_mode
    if directories_only and not stat.S_ISDIR(mode):
        return
    if stat.S_ISLNK(mode):
        os.symlink(os.readlink(seen), path)  # noqa: PTH115, PTH211
        return
    _make_mount_point(path, mode)
    try:
        mount(seen, path, MS_BIND | MS_REC)
    except (FileNotFoundError, NotADirectoryError):  # it has gone, or is something else by now
        os.rmdir(path) if stat.S_ISDIR(mode) else os.unlink(path)  # noqa: PTH106, PTH108


def _make_mount_point(path: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        os.makedirs(path, exist_ok=True)  # noqa: PTH103
    else:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
