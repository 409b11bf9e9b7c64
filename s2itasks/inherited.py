"""What a process inherits besides its descriptors: variables, the umask and resource limits."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path

# The lines of /proc/PID/limits, by the kernel's names for them; Python has no name for file locks.
LIMITS = {
    "Max cpu time": resource.RLIMIT_CPU,
    "Max file size": resource.RLIMIT_FSIZE,
    "Max data size": resource.RLIMIT_DATA,
    "Max stack size": resource.RLIMIT_STACK,
    "Max core file size": resource.RLIMIT_CORE,
    "Max resident set": resource.RLIMIT_RSS,
    "Max processes": resource.RLIMIT_NPROC,
    "Max open files": resource.RLIMIT_NOFILE,
    "Max locked memory": resource.RLIMIT_MEMLOCK,
    "Max address space": resource.RLIMIT_AS,
    "Max pending signals": resource.RLIMIT_SIGPENDING,
    "Max msgqueue size": resource.RLIMIT_MSGQUEUE,
    "Max nice priority": resource.RLIMIT_NICE,
    "Max realtime priority": resource.RLIMIT_RTPRIO,
    "Max realtime timeout": resource.RLIMIT_RTTIME,
}
LINE = re.compile(r"(Max [a-z ]+?) {2,}(\w+) +(\w+)")
UMASK = re.compile(r"(?m)^Umask:\s*([0-7]+)$")


class Environment(dict[str, str]):
    """The variables of an environment, with the umask and the resource limits that go with them.

    They are applied in a child before it becomes its program, and never in s2itasks itself: a hard limit that was
    lowered cannot be raised again.

    :param umask: None where it is that of this process.
    :param limits: soft and hard limit by the number of ``resource.RLIMIT_...``, where they are not this process's.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        umask: int | None = None,
        limits: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        super().__init__(variables)
        self.umask = umask
        self.limits = dict(limits or {})

    def with_variables(self, **variables: str) -> Environment:
        """Return it with some variables more."""
        return Environment({**self, **variables}, self.umask, self.limits)

    def apply(self) -> None:
        """Give this process the umask and the limits; for a child, or for what is about to become another program."""
        if self.umask is not None:
            os.umask(self.umask)
        for number, limit in self.limits.items():
            resource.setrlimit(number, limit)


def reported(report: str) -> Environment:
    """Return the environment of a process that wrote its ``/proc/self/environ``, ``status`` and ``limits``.

    :param report: the three files, one after the other.
    """
    entries, _, rest = report.rpartition("\0")
    variables = dict(entry.split("=", 1) for entry in entries.split("\0") if "=" in entry)
    umask = UMASK.search(rest)
    limits = {number: limit for number, limit in _limits(rest) if limit != resource.getrlimit(number)}
    return Environment(variables, _unless_ours(int(umask[1], 8)) if umask else None, limits)


def of_this_process() -> dict[str, str]:
    """Return the variables that this process was started with, without what CPython changed.

    Under the C locale it sets LC_CTYPE for itself (PEP 538), and for every child.
    """
    environ = dict(os.environ)
    if "LC_CTYPE" in environ:
        del environ["LC_CTYPE"]
        for entry in _started_with():
            name, _, value = entry.partition("=")
            if name == "LC_CTYPE":
                environ[name] = value
    return environ


def umask() -> int:
    """Return the umask of this process."""
    ours = os.umask(0o077)
    os.umask(ours)
    return ours


def _unless_ours(other: int) -> int | None:
    return None if other == umask() else other


def _limits(text: str) -> Iterator[tuple[int, tuple[int, int]]]:
    for line in text.splitlines():
        found = LINE.match(line)
        if found and found[1] in LIMITS:
            yield LIMITS[found[1]], (_number(found[2]), _number(found[3]))


def _number(word: str) -> int:
    return resource.RLIM_INFINITY if word == "unlimited" else int(word)


def _started_with() -> list[str]:
    try:
        return os.fsdecode(Path("/proc/self/environ").read_bytes()).split("\0")
    except OSError:  # no /proc: then nothing can be told apart
        return [f"LC_CTYPE={os.environ['LC_CTYPE']}"]
