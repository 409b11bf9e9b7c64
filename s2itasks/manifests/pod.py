"""What all pods of an application have in common: its image, variables and volume, and the rules that they keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .plan import Plan, Way
from .yaml_text import Note

Object = dict[str, Any]

WEB = "web"  # the component that takes requests
WORKER = "worker"  # the one that takes none
COMPONENT = "app.kubernetes.io/component"
USER = 1001  # of S2I's images
VOLUME = "data"
MEMORY, MEMORY_LIMIT = "256Mi", "512Mi"
CPU = "100m"


def component(plan: Plan) -> str:
    """Return what the application's own pods are."""
    return WEB if plan.asked.ports else WORKER


def labels(plan: Plan, component: str) -> Object:
    """Return the labels of an object or its pods."""
    return {**plan.labels, COMPONENT: component}


def metadata(plan: Plan, name: str, component: str, annotations: Object | None = None) -> Object:
    """Return the metadata of an object."""
    found: Object = {"name": name, "labels": labels(plan, component)}
    return {**found, "annotations": annotations} if annotations else found


def spec(plan: Plan, containers: Sequence[Object], **more: Any) -> Object:
    """Return the spec of a pod."""
    found: Object = {
        "automountServiceAccountToken": Note(False, "No hook needs the cluster's API. Who asks it takes this away."),  # noqa: FBT003 - as YAML has it
        "containers": list(containers),
        "securityContext": _pod_security(plan),
        **more,
    }
    if plan.mount:
        found["volumes"] = [{"name": VOLUME, "persistentVolumeClaim": {"claimName": plan.claim}}]
    return found


def container(plan: Plan, name: str, command: Sequence[str] = (), **more: Any) -> Object:
    """Return a container of the application's image.

    :param command: what it runs instead of the application.
    """
    image = plan.asked.image
    found: Object = {
        "name": name,
        "image": plan.asked.image_name,
        "imagePullPolicy": "IfNotPresent" if image.is_fixed else Note("Always", "The tag moves from image to image."),
        "resources": _resources(),
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        **more,
    }
    if command:
        found["command"] = list(command)
    if variables := _variables(plan):
        found["env"] = variables
    if plan.asked.secret:
        secret = {"secretRef": {"name": plan.asked.secret}}
        found["envFrom"] = Note([secret], "All of the Secret, for what is not required but used where it is there.")
    if plan.mount:
        found["volumeMounts"] = [{"name": VOLUME, "mountPath": plan.mount}]
    return found


def beside_application(plan: Plan) -> Object:
    """Return what lets a pod find the volume: it can be mounted by several pods, but on one node."""
    if not plan.mount:
        return {}
    term = {
        "labelSelector": {"matchLabels": labels(plan, component(plan))},
        "topologyKey": "kubernetes.io/hostname",
    }
    rule = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    why = "The volume is ReadWriteOnce: pods share it on one node only, the one of the application's pod."
    return {"affinity": Note(rule, why)}


def _pod_security(plan: Plan) -> Note:
    context: Object = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    if plan.asked.on_openshift:
        why = "The pod security profile restricted; OpenShift adds a user and a group of the project."
        return Note(context, why)
    context["runAsUser"] = Note(USER, "The user that S2I images are made for. Their files belong to group 0.")
    context["runAsGroup"] = 0
    if plan.mount:
        context["fsGroup"] = Note(USER, "The group that the volume is made writable for.")
        context["fsGroupChangePolicy"] = "OnRootMismatch"
    return Note(context, "The pod security profile restricted.")


def _resources() -> Note:
    why = (
        "Measure and adapt them. There is no limit of CPU: it would slow down requests and probes alike, and the "
        "request alone says what a pod gets where a node is full."
    )
    return Note({"requests": {"cpu": CPU, "memory": MEMORY}, "limits": {"memory": MEMORY_LIMIT}}, why)


def _variables(plan: Plan) -> list[Any]:
    """Return the variables that are set one by one, by their names."""
    found: dict[str, Any] = {}
    port = str(plan.asked.ports[0].number) if plan.asked.ports else ""
    if port and port != (plan.application.port or "8080"):
        found["PORT"] = Note({"name": "PORT", "value": port}, "Where the builder's run lets the application listen.")
    if plan.migrate in (Way.JOB, Way.INIT_CONTAINER) and plan.application.builder_migrates:
        why = "The builder's run would migrate in every pod; the migrate hook has done so by then."
        found["DISABLE_MIGRATE"] = Note({"name": "DISABLE_MIGRATE", "value": "1"}, why)
    for each in plan.application.wanted:
        key: Object = {"name": plan.secret, "key": each.name}
        why = each.purpose
        if each.optional:
            key["optional"] = True
            why = f"{why}\n" * bool(why) + "deploy_env sets it, too: the Secret may do without."
        found[each.name] = Note({"name": each.name, "valueFrom": {"secretKeyRef": key}}, why)
    return [found[name] for name in sorted(found)]
