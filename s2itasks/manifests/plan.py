"""What is to become of an application's hooks under the options that were given, or why that cannot be."""

from __future__ import annotations

import enum
import os
from pathlib import Path
from typing import NamedTuple

from s2itasks.errors import UsageError

from . import object_names
from .asked import OPENSHIFT, Asked, Data
from .described import Application

LATER = "s2itasks {0} in a pod once it runs: kubectl exec deployment/{1} -- s2itasks {0}"
# What a volume may not hide: the system's directories, and where S2I has the script that the container starts with.
SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/tmp/scripts", "/usr")  # noqa: S108 - that one


class Way(enum.Enum):
    """How a hook that runs once for each version comes to run."""

    JOB = "a Job of its own"
    INIT_CONTAINER = "a container before the application's, in its pod"
    POST_START = "the application's container, once it has started"


class Plan(NamedTuple):
    """What is made of an application.

    :param migrate: None where nothing calls the hook, because there is none, or because ``deploy`` migrates.
    :param post_deploy: None where there is no such hook.
    :param mount: where the volume is mounted; empty without one.
    """

    asked: Asked
    application: Application
    migrate: Way | None
    post_deploy: Way | None
    mount: str

    @property
    def secret(self) -> str:
        """The Secret that variables come from; empty where none is needed."""
        return self.asked.secret or (self.asked.name if self.application.wanted else "")

    @property
    def claim(self) -> str:
        """The name of the PersistentVolumeClaim."""
        return object_names.joined(self.asked.name, "data")

    @property
    def labels(self) -> dict[str, str]:
        """The label that all objects have."""
        return {"app.kubernetes.io/name": self.asked.name}


def plan(asked: Asked, application: Application) -> Plan:
    """Decide it.

    :raises UsageError: when options contradict each other or the hooks; says which, and why.
    """
    _require_image(asked)
    _require_one_pod(asked, application)
    if asked.setup:
        _require_setup(asked, application)
    mount = _mount(asked.data, application) if asked.data else ""
    return Plan(asked, application, _migrate(asked, application), _post_deploy(asked, application), mount)


def _require_image(asked: Asked) -> None:
    """Refuse an image that the platform cannot have that way."""
    image = asked.image
    if asked.git and not asked.on_openshift:
        raise UsageError("--git makes a BuildConfig, which only OpenShift knows", cure=f"add --for {OPENSHIFT}")
    if asked.git and (image.has_registry or image.digest):
        cure = "give --image NAME:TAG, without a registry, or leave out --git"
        raise UsageError(f"--git builds into an ImageStream of the project, not into {image.reference}", cure=cure)
    if asked.on_openshift and not image.has_registry:
        if image.digest:
            cure = "give the registry, too, or a tag instead"
            raise UsageError(f"{image.reference} names no tag of an ImageStream", cure=cure)
        if not object_names.is_subdomain(image.repository):
            cure = "use lower-case letters, digits and dashes"
            raise UsageError(f"no ImageStream can have the name {image.repository!r}", cure=cure)


def _require_one_pod(asked: Asked, application: Application) -> None:
    """Refuse several pods where there can be only one."""
    if asked.replicas == 1:
        return
    if asked.data:
        problem = f"{asked.replicas} replicas cannot share the volume of --data: it is ReadWriteOnce"
        raise UsageError(problem, cure="leave out --replicas, or keep the data in a database and leave out --data")
    if application.deploy_migrates:
        problem = f"the deploy hook migrates, and {asked.replicas} pods would do so side by side"
        raise UsageError(problem, cure="leave that to the migrate hook, which then becomes a Job, or to one replica")


def _require_setup(asked: Asked, application: Application) -> None:
    if "setup" not in application.hooks:
        raise UsageError("--with setup needs a setup hook", cure="write .s2i/action_hooks/setup, or leave it out")
    if asked.triggered or not asked.image.is_fixed:
        _refuse_job(asked, "setup", f"leave out --with setup, and run {LATER.format('setup', asked.name)}")


def _mount(data: Data, application: Application) -> str:
    """Return where the volume is mounted.

    :raises UsageError: when it would hide the application, or what it is started with.
    """
    layout = application.layout
    path = os.path.normpath(layout.source / data.path)
    own = (layout.hooks.parent, layout.application / "bin", layout.application / "lib", layout.application / "libexec")
    for hidden in (*own, *map(Path, SYSTEM)):
        if Path(path) in (hidden, *hidden.parents) or hidden in Path(path).parents:
            cure = f"choose a directory of its own, such as {layout.application / 'data'}"
            raise UsageError(f"a volume at {path} would hide {hidden}", cure=cure)
    return path


def _migrate(asked: Asked, application: Application) -> Way | None:
    if "migrate" not in application.hooks or application.deploy_migrates:
        return None
    if asked.data or (asked.triggered and asked.replicas == 1):
        return Way.INIT_CONTAINER
    if asked.triggered:
        problem = (
            f"the migrate hook would run in each of {asked.replicas} pods: an ImageStream decides when "
            f"{asked.image.reference} is another image, and no Job can come before that"
        )
        cure = "give one replica, or an image of a registry with a fixed tag or digest, for a Job"
        raise UsageError(problem, cure=cure)
    if not asked.image.is_fixed:
        _refuse_job(asked, "migrate", "give an image with a tag of its own for each version, or a digest")
    return Way.JOB


def _post_deploy(asked: Asked, application: Application) -> Way | None:
    if "post_deploy" not in application.hooks:
        return None
    if asked.triggered and asked.replicas == 1:
        return Way.POST_START
    if asked.triggered:
        pods = f"each of {asked.replicas} pods"
        problem = f"the post_deploy hook would run in {pods}: no Job can follow an image trigger"
        cure = "give one replica, or an image of a registry with a fixed tag or digest, for a Job"
        raise UsageError(problem, cure=cure)
    if not asked.image.is_fixed:
        _refuse_job(asked, "post_deploy", "give an image with a tag of its own for each version, or a digest")
    return Way.JOB


def _refuse_job(asked: Asked, hook: str, cure: str) -> None:
    problem = (
        f"the {hook} hook needs a Job, which never changes and so is named after its image, and "
        f"{asked.image.reference} may be another image tomorrow"
    )
    raise UsageError(problem, cure=cure)
