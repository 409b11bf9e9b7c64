"""What the command line asks for: its options, read and found to be possible by themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from s2itasks.errors import UsageError, did_you_mean

from . import git_address, object_names
from . import image as images
from .image import Image

KUBERNETES, OPENSHIFT = "kubernetes", "openshift"
PORT = 8080  # of S2I's Python images
SIZE = "1Gi"
BUILDER = "openshift/python:latest"
PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?\Z")
QUANTITY = re.compile(r"0*[1-9][0-9]*(?:\.[0-9]+)?(?:[KMGTPE]i|[kMGTPE])?\Z")
STREAM_TAG = re.compile(
    r"(?:(?P<namespace>[a-z0-9][a-z0-9-]*)/)?(?P<name>[a-z0-9][a-z0-9._-]*)(?::(?P<tag>[\w][\w.-]{0,127}))?\Z", re.ASCII
)


class Port(NamedTuple):
    """A port that the application listens at."""

    name: str
    number: int


class Data(NamedTuple):
    """A volume for what is to last.

    :param path: where it is mounted; from the source directory where it is not absolute.
    :param size: a quantity, as Kubernetes spells it.
    """

    path: str
    size: str


class Git(NamedTuple):
    """What an OpenShift builds the image from.

    :param builder: namespace, name and tag of the builder's ImageStreamTag; no namespace is the application's own.
    """

    url: str
    ref: str
    context_dir: str
    builder: tuple[str, str, str]


class Asked(NamedTuple):
    """All of it; the first port is the one that requests come to, and none of them means no web server."""

    name: str
    image: Image
    platform: str
    host: str
    ports: tuple[Port, ...]
    replicas: int
    data: Data | None
    secret: str
    git: Git | None
    setup: bool

    @property
    def on_openshift(self) -> bool:
        """Whether the objects may be such as only OpenShift knows."""
        return self.platform == OPENSHIFT

    @property
    def image_name(self) -> str:
        """How a container names its image; a tag of an ImageStream is spelled out, as nothing else has a default."""
        image = self.image
        return (
            image.reference if image.has_registry or not self.on_openshift else f"{image.repository}:{image.stream_tag}"
        )

    @property
    def triggered(self) -> bool:
        """Whether an ImageStream decides which image it is, today and after its next change."""
        return self.on_openshift and not (self.image.has_registry and self.image.is_fixed)


def name(given: str | None) -> str:
    """Read ``--name``.

    :raises UsageError: when there is none, or no object could have it.
    """
    if not given:
        raise UsageError("manifests needs a name for the application", cure="give it one: --name NAME")
    if not object_names.is_label(given):
        cure = "use lower-case letters, digits and dashes, a letter first, 63 characters at most"
        raise UsageError(f"no object can have the name {given!r}", cure=cure)
    return given


def image(given: str | None) -> Image:
    """Read ``--image``.

    :raises UsageError: when there is none, or it is not the name of an image.
    """
    if not given:
        raise UsageError("manifests needs the name of the image", cure="give it one: --image REGISTRY/NAME:TAG")
    return images.parse(given)


def platform(given: str) -> str:
    """Read ``--for``.

    :raises UsageError: when there is no such platform.
    """
    known = (KUBERNETES, OPENSHIFT)
    if given not in known:
        cure = did_you_mean(given, known) or f"choose one of: {', '.join(known)}"
        raise UsageError(f"manifests has no --for {given!r}", cure=cure)
    return given


def host(given: str | None, *, web: bool = True) -> str:
    """Read ``--host``.

    :param web: whether there is a web server.
    :raises UsageError: when it is not the name of a host, or there is no web server.
    """
    if given is None:
        return ""
    if not web:
        raise _needs_web("--host")
    if not object_names.is_subdomain(given) or re.fullmatch(r"[0-9.]+", given):
        raise UsageError(f"{given!r} is not the name of a host", cure="give it as shop.example.com, without https://")
    return given


def ports(given: Iterable[str], *, web: bool = True) -> tuple[Port, ...]:
    """Read each ``--port``; the first is ``http`` where it has no name, another is named after its number.

    :param web: whether there is a web server; else there are no ports.
    :raises UsageError: when one is not a port, or two have a name or a number in common, or there is no web server.
    """
    found: list[Port] = []
    if not web:
        for _ in given:
            raise _needs_web("--port")
        return ()
    for each in given:
        named, separator, number = each.rpartition("=")
        port = int(number) if re.fullmatch(r"[0-9]{1,5}", number) else 0
        named = named if separator else f"port-{port}" if found else "http"
        if not 0 < port < 1 << 16:
            raise UsageError(f"{each!r} is not a port", cure="give a number from 1 to 65535, or NAME=NUMBER")
        if not PORT_NAME.match(named):
            cure = "use up to 15 lower-case letters, digits and single dashes, one letter at least"
            raise UsageError(f"no port can have the name {named!r}", cure=cure)
        if any(named == other.name or port == other.number for other in found):
            raise UsageError(f"the port {each!r} is there twice", cure="give each a name and a number of its own")
        found.append(Port(named, port))
    return tuple(found) or (Port("http", PORT),)


def replicas(given: str) -> int:
    """Read ``--replicas``.

    :raises UsageError: when it is not a number of pods.
    """
    if not re.fullmatch(r"[0-9]{1,4}", given) or not int(given):
        raise UsageError(f"{given!r} is not a number of replicas", cure="give a whole number, 1 or more")
    return int(given)


def data(given: str | None) -> Data | None:
    """Read ``--data``.

    :raises UsageError: when it is not a path with a size.
    """
    if given is None:
        return None
    path, separator, size = given.partition("=")
    if not path or ":" in path or not path.isprintable():
        raise UsageError(f"{path!r} is not a path for a volume", cure="give it as PATH or PATH=SIZE")
    _require_no_template("--data", path)
    if separator and not QUANTITY.match(size):
        raise UsageError(f"{size!r} is not the size of a volume", cure="give it as 10Gi")
    return Data(path, size or SIZE)


def secret(given: str | None) -> str:
    """Read ``--secret``.

    :raises UsageError: when no Secret can have that name.
    """
    if given is None:
        return ""
    if not object_names.is_subdomain(given):
        cure = "use lower-case letters, digits, dashes and dots"
        raise UsageError(f"no Secret can have the name {given!r}", cure=cure)
    return given


def git(url: str | None, ref: str | None, context_dir: str | None, builder: str | None) -> Git | None:
    """Read ``--git`` and what belongs to it.

    :raises UsageError: when the others are there without it, or it is not the address of a repository.
    """
    if url is None:
        given = {"--ref": ref, "--context-dir": context_dir, "--builder": builder}
        for option in (option for option, value in given.items() if value is not None):
            raise UsageError(f"{option} says how to build from Git", cure=f"give --git URL, or leave out {option}")
        return None
    git_address.require(url)
    for option, value in (("--ref", ref), ("--context-dir", context_dir)):
        _require_no_template(option, value or "")
    if os.path.normpath(context_dir or ".").startswith(("/", "..")):
        raise UsageError(f"{context_dir!r} leads out of the repository", cure="give a directory inside of it")
    found = STREAM_TAG.match(builder or BUILDER)
    if found is None:
        cure = "give it as NAMESPACE/NAME:TAG, such as openshift/python:3.12-ubi9"
        raise UsageError(f"{builder!r} is not an ImageStreamTag", cure=cure)
    return Git(url, ref or "", context_dir or "", (found["namespace"] or "", found["name"], found["tag"] or "latest"))


def setup(given: Sequence[str]) -> bool:
    """Read each ``--with``.

    :raises UsageError: when there is nothing of that name to add.
    """
    for each in given:
        if each != "setup":
            raise UsageError(f"manifests has no --with {each!r}", cure="give --with setup, or leave it out")
    return bool(given)


def _require_no_template(option: str, value: str) -> None:
    if "{{" in value:
        raise UsageError(f"Helm would evaluate the {{{{ of {option}", cure="leave that out")


def _needs_web(option: str) -> UsageError:
    return UsageError(f"{option} is for an application with a web server", cure=f"leave out {option}, or --no-web")
