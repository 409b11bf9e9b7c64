"""What this machine has to bring: a Debian root filesystem, and the programs for that and for containers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import debian

from .engine import Unavailable

PACKAGES = ("python3", "python3-venv", "libnss-wrapper")  # of the root filesystem, besides the minimum
# What neither an application nor an image of one ever reads.
BALLAST = ("usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt", "var/lib/apt/lists")


def make_root(target: Path) -> None:
    """Make a root filesystem from the distribution that this machine is.

    :raises Unavailable: when this machine is not a Debian or Ubuntu with root, or its mirror does not answer.
    """
    if os.geteuid() != 0:
        raise Unavailable("a root filesystem can only be made by root")
    if not shutil.which("debootstrap"):
        debian.install("debootstrap")
    if not shutil.which("debootstrap"):
        raise Unavailable("debootstrap is not installed, and cannot be")
    site, release, components = _distribution()
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", f"--components={components}"]
    made = subprocess.run(
        [*command, release, str(target), site],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode:
        raise Unavailable(f"debootstrap failed: {made.stdout.strip().rpartition(chr(10))[2]}")
    for directory in BALLAST:
        shutil.rmtree(target / directory, ignore_errors=True)
    (target / "var/lib/apt/lists").mkdir(parents=True)


def remove(directory: Path) -> None:
    """Remove a directory, after unmounting what a container engine or debootstrap left mounted in it."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        if (mounted := line.split()[1]).startswith(f"{directory}/"):
            subprocess.run(["umount", mounted], check=True)
    shutil.rmtree(directory)


def python_of(root: Path) -> str:
    """Return the version of a root filesystem's Python, as in ``3.11``."""
    return (root / "usr/bin/python3").readlink().name[len("python") :]


def _distribution() -> tuple[str, str, str]:
    """Ask apt for the mirror, the release and its components."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE) $(RELEASE) $(COMPONENT)"]
    asked = subprocess.run([*command, "Created-By: Packages"], capture_output=True, text=True, check=False)
    known = [line.split() for line in asked.stdout.splitlines()]
    ours = [each[1:] for each in known if len(each) == 4 and each[0] in ("Debian", "Ubuntu") and "-" not in each[2]]
    if not ours:
        raise Unavailable("apt knows no release of Debian or Ubuntu")
    site, release, _ = ours[0]
    return site, release, ",".join(sorted({each[2] for each in ours if each[:2] == [site, release]}))
