"""What a hook can rely on, for ``--help`` and docs/hooks.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Facts(NamedTuple):
    """What holds for one hook, a sentence or two each.

    :param when: what calls it, and what has happened by then.
    :param directory: the current directory.
    :param user: the UID and group on OpenShift.
    :param writable: where it can write, and how long that lasts.
    :param variables: where its environment comes from.
    :param services: what it can reach.
    :param limit: how long it may take.
    :param failure: what a status other than 0 stops.
    """

    when: str
    directory: str
    user: str
    writable: str
    variables: str
    services: str
    limit: str
    failure: str


SOURCE = "The source directory, $S2I_SOURCE_PATH (/opt/app-root/src)."
OF_BUILD = "The builder image's user: UID 1001, group 0. It is never root."
OF_POD = "Any UID that the cluster chooses, group 0."
IN_IMAGE = "/opt/app-root; it becomes part of the image. /tmp does not last."
IN_POD = (
    "Volumes; /opt/app-root and /tmp, unless the root file system is read-only. What is not on a volume goes with the "
    "container."
)
NO_DEPLOYMENT = "The network of the build, such as package indexes. Databases of the deployment are not there."
CLUSTER = "Those of the cluster: databases, caches, other applications."
BUILD_LAYERS = "Those of the builder image, the BuildConfig and .s2i/environment"
POD_LAYERS = "Those of the image, the deployment, .s2i/environment and deploy_env."
ENDS_BUILD = "The build fails with its status. There is no new image, and pods of the old one run on."


def _limit(name: str, what: str) -> str:
    return f"None by default; S2ITASKS_TIMEOUT_{name}=SECONDS. {what}"


def _of_build(when: str, name: str, *, directory: str = SOURCE, variables: str, failure: str) -> Facts:
    limit = _limit(name, "completionDeadlineSeconds of the BuildConfig holds for the whole build.")
    return Facts(when, directory, OF_BUILD, IN_IMAGE, variables, NO_DEPLOYMENT, limit, failure)


def _of_pod(when: str, *, limit: str, failure: str, services: str = CLUSTER, variables: str = POD_LAYERS) -> Facts:
    return Facts(when, SOURCE, OF_POD, IN_POD, variables, services, limit, failure)


def _of_command(when: str, *, limit: str = "", failure: str) -> Facts:
    return _of_pod(when, limit=f"None by default; --timeout SECONDS. {limit}".strip(), failure=failure)


def _of_probe(name: str, *, when: str, services: str, failure: str) -> Facts:
    limit = "The probe's timeoutSeconds, 1 by default. Give it --timeout SECONDS below that: a cluster does not end it."
    return _of_pod(f"The {name} probe calls it in the running container, every 10 seconds by default. {when}",
                   limit=limit, services=services, failure=failure)  # fmt: skip


FACTS = {
    "pre_build": _of_build(
        "First in a build, before the builder's assemble installs anything.",
        "PRE_BUILD",
        directory=f"{SOURCE} Only .s2i is in it; the rest of the source is in $S2I_UPLOAD_PATH (/tmp/src).",
        variables=f"{BUILD_LAYERS}. build_env has not been sourced.",
        failure=ENDS_BUILD,
    ),
    "build_env": _of_build(
        "Sourced twice in a build: before the builder's assemble, for what tells pip where packages are, and after "
        "it, for the build hook. Both begin with the same environment.",
        "BUILD_ENV",
        variables=f"{BUILD_LAYERS}. What it sets is exported, what it unsets is gone.",
        failure="The first time: a warning, and the builder runs without it. The second time: the build fails.",
    ),
    "build": _of_build(
        "At the end of a build: the source is in place, and the packages are installed.",
        "BUILD",
        variables=f"{BUILD_LAYERS}, and build_env. Neither deploy_env nor Secrets of the deployment.",
        failure=ENDS_BUILD,
    ),
    "deploy_env": _of_pod(
        "Sourced once for each process that s2itasks starts in a container: the application, a probe, a job, a shell.",
        variables="Those of the image, the deployment and .s2i/environment. What it sets is exported, what it unsets "
        "is gone.",
        limit=_limit("DEPLOY_ENV", "Probes wait for it, so keep it to assignments."),
        failure="What it was sourced for does not start: the container, the probe, the job.",
    ),
    "deploy": _of_pod(
        "In every container, before the application starts; also when a container is restarted.",
        limit=_limit("DEPLOY", "The startup probe counts from the start of the container, and includes it."),
        failure="The container ends with its status, and is started again later each time (CrashLoopBackOff).",
    ),
    "run": _of_pod(
        "Starts the application, in place of the builder's run. It is PID 1, and ends with exec SERVER.",
        limit="None. SIGTERM comes when the pod has to end, SIGKILL terminationGracePeriodSeconds (30) later.",
        failure="The container ends, and is started again.",
    ),
    "verify": Facts(
        "In a container of a new image, before that is used: postCommit of a BuildConfig. Likewise s2itasks assemble "
        "--verify, at the end of a build, and s2itasks rehearse.",
        SOURCE,
        OF_BUILD,
        "/opt/app-root and /tmp. Nothing of it becomes part of the image, except with assemble --verify.",
        "Those of the image, .s2i/environment and deploy_env. The deployment's are not there.",
        NO_DEPLOYMENT,
        "None by default; --timeout SECONDS.",
        "The build fails, and the image is not pushed.",
    ),
    "ready": _of_probe(
        "readiness",
        when="The startup probe is the same hook, with more patience.",
        services=f"{CLUSTER} It may ask those without which no request can be answered.",
        failure="Three times in a row: the pod gets no requests until it succeeds. Only the startup probe, which has "
        "minutes, restarts the container when it gives up.",
    ),
    "alive": _of_probe(
        "liveness",
        when="It begins when the startup probe has succeeded.",
        services="It should ask the application alone: restarting it mends no database.",
        failure="Three times in a row: the container is restarted.",
    ),
    "setup": _of_command(
        "When somebody calls it: oc rsh POD s2itasks setup, or a Job.",
        failure="The command ends with its status. Nothing else depends on it.",
    ),
    "migrate": _of_command(
        "Once for each version, in a Job or an init container, before pods of the new version start.",
        limit="activeDeadlineSeconds of the Job holds for all of its tries.",
        failure="The Job tries again, up to its backoffLimit. A roll-out that waits for it stops.",
    ),
    "post_deploy": _of_command(
        "When the application takes requests: a postStart hook with --wait, or a Job behind the roll-out.",
        limit="--wait SECONDS is for the ready hook before it.",
        failure="As postStart, the container is restarted. As a Job, it is tried again.",
    ),
    "jobs": _of_command(
        "When a CronJob calls s2itasks jobs CATEGORY, or somebody does. The scripts run one after another, by name.",
        limit="It holds for each script.",
        failure="The other scripts of the category run, unless --fail-fast is given. The status is 1 at the end.",
    ),
}


def told(name: str) -> Iterator[tuple[str, str]]:
    """Yield the label of each fact about a hook, and what it says; nothing for what is no hook.

    :param name: of a phase or a command.
    """
    facts = FACTS.get(name)
    if facts:
        yield from ((field.capitalize(), text) for field, text in zip(facts._fields, facts))
