"""What a process inherits besides its descriptors: variables, the umask and resource limits."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Resource(NamedTuple):
    """What a limit is about.

    :param number: that of ``resource.RLIMIT_...``.
    :param option: of bash's ``ulimit``.
    :param unit: in which ``ulimit`` counts.
    """

    number: int
    option: str
    unit: int = 1


# The lines of /proc/PID/limits, by the kernel's names for them; Python has no name for file locks.
LIMITS = {
    "Max cpu time": Resource(resource.RLIMIT_CPU, "t"),
    "Max file size": Resource(resource.RLIMIT_FSIZE, "f", 1024),
    "Max data size": Resource(resource.RLIMIT_DATA, "d", 1024),
    "Max stack size": Resource(resource.RLIMIT_STACK, "s", 1024),
    "Max core file size": Resource(resource.RLIMIT_CORE, "c", 1024),
    "Max resident set": Resource(resource.RLIMIT_RSS, "m", 1024),
    "Max processes": Resource(resource.RLIMIT_NPROC, "u"),
    "Max open files": Resource(resource.RLIMIT_NOFILE, "n"),
    "Max locked memory": Resource(resource.RLIMIT_MEMLOCK, "l", 1024),
    "Max address space": Resource(resource.RLIMIT_AS, "v", 1024),
    "Max pending signals": Resource(resource.RLIMIT_SIGPENDING, "i"),
    "Max msgqueue size": Resource(resource.RLIMIT_MSGQUEUE, "q"),
    "Max nice priority": Resource(resource.RLIMIT_NICE, "e"),
    "Max realtime priority": Resource(resource.RLIMIT_RTPRIO, "r"),
    "Max realtime timeout": Resource(resource.RLIMIT_RTTIME, "R"),
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
        """Set umask and limits of this process: in a child, or in what is about to become another program."""
        if self.umask is not None:
            os.umask(self.umask)
        for number, limit in self.limits.items():
            resource.setrlimit(number, limit)

    def settings(self) -> dict[str, str]:
        """Return the umask and all limits, by the command of bash that sets each: ``{"ulimit -S -n": "1024"}``.

        The commands work in this order, for a soft limit is never above its hard one: where the hard one is raised, it
        comes first, else the soft one.
        """
        found = {"umask": f"{umask() if self.umask is None else self.umask:04o}"}
        for each in LIMITS.values():
            ours = resource.getrlimit(each.number)
            soft, hard = self.limits.get(each.number, ours)
            words = {f"ulimit -S -{each.option}": _words(soft, each), f"ulimit -H -{each.option}": _words(hard, each)}
            found.update(reversed(words.items()) if _is_more(hard, ours[1]) else words)
        return found


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
            yield LIMITS[found[1]].number, (_number(found[2]), _number(found[3]))


def _number(word: str) -> int:
    return resource.RLIM_INFINITY if word == "unlimited" else int(word)


def _words(limit: int, about: Resource) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else str(limit // about.unit)


def _is_more(limit: int, other: int) -> bool:
    return other != resource.RLIM_INFINITY and (limit == resource.RLIM_INFINITY or limit > other)


def _started_with() -> list[str]:
    try:
        return os.fsdecode(Path("/proc/self/environ").read_bytes()).split("\0")
    except OSError:  # no /proc: then nothing can be told apart
        return [f"LC_CTYPE={os.environ['LC_CTYPE']}"]
