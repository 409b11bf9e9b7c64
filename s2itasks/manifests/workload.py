"""The Deployment: the pods that take requests."""

from __future__ import annotations

import json
from typing import Any

from . import pod, probes
from .one_off import MIGRATE_SECONDS
from .plan import Plan, Way
from .pod import Object
from .yaml_text import Note

GRACE = 30  # seconds from the request to end until a pod is killed
DRAIN = 5  # seconds of these in which it still serves
WAIT = 120  # seconds that post_deploy waits for ready
PROGRESS = 600  # seconds, Kubernetes' own, in which a roll-out has to get on


def deployment(plan: Plan) -> Object:
    """Return the Deployment."""
    asked = plan.asked
    spec: Object = {
        "replicas": asked.replicas,
        "selector": {"matchLabels": pod.labels(plan, pod.component(plan))},
        "strategy": _strategy(plan),
        "template": {"metadata": {"labels": pod.labels(plan, pod.component(plan))}, "spec": _pod(plan)},
    }
    if plan.migrate is Way.INIT_CONTAINER:
        why = f"A migration has {MIGRATE_SECONDS} s, the start {probes.START} s behind it."
        spec["progressDeadlineSeconds"] = Note(MIGRATE_SECONDS + probes.START + PROGRESS, why)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": pod.metadata(plan, asked.name, pod.component(plan), _annotations(plan)),
        "spec": spec,
    }


def _strategy(plan: Plan) -> Note:
    if plan.mount:
        why = "The volume is ReadWriteOnce: the old pod has to be gone before a new one can have it."
        return Note({"type": "Recreate"}, why)
    if plan.application.deploy_migrates:
        why = (
            "The deploy hook migrates: the old pod has to be gone before a new one does, or it meets a schema too new."
        )
        return Note({"type": "Recreate"}, why)
    rolling = {"maxSurge": 1, "maxUnavailable": 0}
    why = "A pod is taken away when a new one is ready, and not before; one more than replicas has to find room."
    return Note({"type": "RollingUpdate", "rollingUpdate": rolling}, why)


def _pod(plan: Plan) -> Object:
    more: Object = {"terminationGracePeriodSeconds": GRACE}
    if plan.migrate is Way.INIT_CONTAINER:
        why = "Migrates before the application starts, in the one pod that there is."
        if plan.mount:
            why = "Migrates before the application starts, when the old pod has left the volume."
        command = ["s2itasks", "migrate", "--timeout", str(MIGRATE_SECONDS)]
        more["initContainers"] = [Note(pod.container(plan, "migrate", command), why)]
    return pod.spec(plan, [_application(plan)], **more)


def _application(plan: Plan) -> Object:
    more: Object = dict(probes.probes(plan))
    if lifecycle := _lifecycle(plan):
        more["lifecycle"] = lifecycle
    if plan.asked.ports:
        more["ports"] = [{"name": port.name, "containerPort": port.number} for port in plan.asked.ports]
    return pod.container(plan, plan.asked.name, **more)


def _lifecycle(plan: Plan) -> Object:
    why = (
        f"Requests come for some seconds after a pod has to end: it serves on for {DRAIN} of the {GRACE} s of "
        "terminationGracePeriodSeconds. This needs Kubernetes 1.30; before that:\n"
        f'  exec: {{command: [sleep, "{DRAIN}"]}}'
    )
    found: Object = {"preStop": Note({"sleep": {"seconds": DRAIN}}, why)} if plan.asked.ports else {}
    if plan.post_deploy is Way.POST_START:
        wait = ["--wait", str(WAIT)] if "ready" in plan.application.hooks else []
        why = "No Job can follow an image trigger. Where this fails, the container is restarted."
        found["postStart"] = Note({"exec": {"command": ["s2itasks", "post_deploy", *wait]}}, why)
    return found


def _annotations(plan: Plan) -> Object:
    """Return what makes an OpenShift roll a new image out."""
    asked = plan.asked
    if not asked.on_openshift:
        return {}
    stream = asked.image.repository if not asked.image.has_registry else asked.name
    image = {"kind": "ImageStreamTag", "name": f"{stream}:{asked.image.stream_tag}"}
    paths = [("containers", asked.name)]
    paths += [("initContainers", "migrate")] if plan.migrate is Way.INIT_CONTAINER else []
    triggers: list[Any] = [
        {"from": image, "fieldPath": f'spec.template.spec.{kind}[?(@.name=="{name}")].image'} for kind, name in paths
    ]
    why = "OpenShift writes the image of the ImageStreamTag into this Deployment, now and whenever that changes."
    return {"image.openshift.io/triggers": Note(json.dumps(triggers, sort_keys=True), why)}
