"""What an image is made of and how a container of it is started, in words that every engine understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

RANDOM_UID = 1000650000  # of the range that OpenShift gives a project; unknown to every image


@dataclass(frozen=True)
class Copy:
    """A file, or all that a directory holds, put into an image.

    :param owner: UID and group, as ``chown`` takes them.
    """

    source: Path
    target: str
    owner: str = "0:0"


@dataclass(frozen=True)
class Recipe:
    """An image as a Containerfile describes it: the base, then every field in this order.

    :param environment: variables that stay in the image.
    :param build_environment: variables for ``commands`` only.
    :param mounts: directories of this machine that ``commands`` can read, by their place in the container.
    :param commands: shell commands, each with the user that runs it.
    :param user: who the container's process is, unless a container is started as somebody else.
    """

    base: str
    copies: Sequence[Copy] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"
    build_environment: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, Path] = field(default_factory=dict)
    commands: Sequence[tuple[str, str]] = ()
    user: str = "0"
    entrypoint: Sequence[str] = ()
    command: Sequence[str] = ()


@dataclass(frozen=True)
class Start:
    """How a container is started.

    :param words: instead of the image's own command.
    :param mounts: files and directories of this machine that it can read, by their place in the container.
    :param tmpfs: directories that are memory, and anybody's to write to.
    :param read_only: nothing else can be written to.
    """

    words: Sequence[str] = ()
    user: str = f"{RANDOM_UID}:0"
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, Path] = field(default_factory=dict)
    tmpfs: Sequence[str] = ()
    read_only: bool = False
