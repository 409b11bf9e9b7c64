"""The two ways to rehearse: on this machine with the embedded builder, or in containers with a builder image."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import image_commands, pod_environment, this_machine
from .building import Building
from .container import OWN_PORT, Container
from .engine import Engine
from .image import DEFAULT_BUILDER, Image
from .installation import Installation
from .machine_pythons import Interpreter
from .root import Root, free_port
from .venue import Venue
from .wishes import Wishes


@dataclass(frozen=True)
class Variables:
    """Where the variables of a rehearsal come from.

    :param shell: the environment of the shell.
    :param file: those of ``.s2i/environment``.
    :param own: those that are asked for.
    """

    shell: Mapping[str, str]
    file: Mapping[str, str]
    own: Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """What differs between the two.

    :param port: of this machine; the application is asked there.
    :param pod: the environment of a container, without what services add.
    :param of_build: the environment of a container of a build: nothing that a deployment is given.
    :param brought: the names of what comes from the shell or was asked for.
    :param services: where services run that the application uses.
    """

    venue: Venue
    building: Building
    port: int
    pod: dict[str, str]
    of_build: Mapping[str, str]
    brought: Sequence[str]
    services: Venue


def chosen(root: Root, by: Interpreter | Engine, variables: Variables, wishes: Wishes, later: Collection[str]) -> Way:
    """Return the way of an interpreter or of a container engine.

    :param later: the variables that services set.
    """
    if isinstance(by, Engine):
        return in_containers(root, by, variables, wishes, later)
    return on_machine(root, by, variables, wishes)


def on_machine(root: Root, python: Interpreter, variables: Variables, wishes: Wishes) -> Way:
    """Return the way without containers."""
    port = free_port()
    of_pip = pod_environment.of_pip(variables.shell)
    cache = Path(of_pip["PIP_CACHE_DIR"])
    options = {"namespace": wishes.namespace, "read_only": wishes.read_only}
    place = this_machine.chosen(root, cache, python.executable, **options)
    builder = place.application / "libexec" / "s2itasks" / "s2itasks" / "builder" / "bin"
    image = pod_environment.of_image(place.application, place.upload, builder, port, python)
    image["PATH"] += f":{image_commands.install(root)}"
    pod = pod_environment.of_pod(image, variables.file, variables.shell, variables.own, inherit=wishes.inherit)
    of_build = pod_environment.of_pod(image, variables.file, variables.shell, {}, inherit=False)
    building = Installation(root, place, python, {**of_pip, **pod}, cache)
    brought = [*pod_environment.passed(variables.shell, inherit=wishes.inherit), *variables.own]
    return Way(place, building, port, pod, of_build, brought, place)


def in_containers(root: Root, engine: Engine, variables: Variables, wishes: Wishes, later: Collection[str]) -> Way:
    """Return the way with them.

    They share this machine's network where there are services on it, since these listen on its 127.0.0.1 alone.

    :param later: the variables that services set.
    """
    port = free_port()
    builder = wishes.image or DEFAULT_BUILDER
    pod, _ = pod_environment.of_container(variables.shell, variables.own, inherit=wishes.inherit)
    of_build, files = pod_environment.of_container(variables.shell, {}, inherit=False)
    brought = [*pod]
    inner_port = None if wishes.services else {**variables.file, **pod}.get("PORT", OWN_PORT)
    if inner_port is None:
        pod["PORT"] = str(port)
    place = Container(root, engine, builder, port, pod, later, files, inner_port=inner_port, read_only=wishes.read_only)
    of_image = {**pod_environment.of_pip(variables.shell), **pod}
    building = Image(root, place, engine, builder, of_image, variables.file, files)
    python = Path(sys.executable)
    services = this_machine.chosen(root, root.path / "tmp", python, namespace=bool(wishes.services), read_only=False)
    return Way(place, building, port, pod, of_build, brought, services)
