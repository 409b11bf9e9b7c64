"""What an API server accepts, as far as it can be told without one: schemas, and the rules that none of them has."""

from __future__ import annotations

import functools
import gzip
import json
import os
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

Object = dict[str, Any]
VERSIONS = ("1.30", "1.37")  # the first that has preStop.sleep, and the newest that there is
OPENSHIFT = ("build.openshift.io/v1", "image.openshift.io/v1", "route.openshift.io/v1")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
LIMITS = {"Service": 63, "Job": 63, "CronJob": 52}
CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
DAYS = {name: number for number, name in enumerate(("sun", "mon", "tue", "wed", "thu", "fri", "sat"))}


# Schemas.


@functools.cache
def _of_kubernetes(version: str, kind: str, api_version: str) -> Any:
    """Return the strict schema of kubernetes-validate for a kind, as a validator that is kept."""
    place = resources.files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    schema = json.loads((place / f"{kind.lower()}-{group}.json").read_text())
    registry: Any = Resource.from_contents(schema) @ (_definitions(version) @ Registry())
    return jsonschema.Draft202012Validator(schema, registry=registry)


@functools.cache
def _definitions(version: str) -> Any:
    place = resources.files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}.0-local-strict"
    return Resource.from_contents(json.loads((place / "_definitions.json").read_text()))


def openshift_document() -> Path | None:
    """Return where OpenShift's OpenAPI document is, None where nobody has said it."""
    path = os.environ.get("OPENSHIFT_OPENAPI")
    return Path(path) if path else None


@functools.cache
def _of_openshift(document: Path) -> dict[str, Any]:
    """Return the definitions, in which nothing may be there that they do not name."""
    with gzip.open(document) as opened:
        definitions: dict[str, Any] = json.load(opened)["definitions"]
    for name, each in definitions.items():
        if "properties" in each:
            each["additionalProperties"] = False
        if name.endswith("IntOrString"):
            each.update(type=["string", "integer"])
    return definitions


@functools.cache
def _openshift_schema(document: Path, kind: str, api_version: str) -> Any:
    group, version = api_version.split(".", maxsplit=1)[0], api_version.rpartition("/")[2]
    name = f"com.github.openshift.api.{group}.{version}.{kind}"
    return jsonschema.Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": _of_openshift(document)})


def misfits(found: Object) -> list[str]:
    """Return where an object does not fit its schema, which names everything that may be there."""
    kind, api_version = found["kind"], found["apiVersion"]
    if api_version in OPENSHIFT:
        document = openshift_document()
        validators = [_openshift_schema(document, kind, api_version)] if document else []
    else:
        validators = [_of_kubernetes(version, kind, api_version) for version in VERSIONS]
    return [f"{kind} {error.json_path}: {error.message}" for each in validators for error in each.iter_errors(found)]


# Rules.


def refusals(objects: list[Object]) -> list[str]:
    """Return why a server would refuse objects that fit their schemas, or warn of them, or why they would not work."""
    return [
        f"{each['kind']} {each['metadata']['name']}: {why}"
        for each in objects
        for rule in (_of_names, _of_pods, _of_deployment, _of_cron_job, _of_job, _of_network)
        for why in rule(each, objects)
    ]


def pods(found: Object) -> Iterator[Object]:
    """Yield the template of an object's pods."""
    spec = found.get("spec", {})
    if found["kind"] in ("Deployment", "Job"):
        yield spec["template"]
    if found["kind"] == "CronJob":
        yield spec["jobTemplate"]["spec"]["template"]


def containers(pod: Object) -> list[Object]:
    """Return all containers of a pod."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def _of_names(found: Object, objects: list[Object]) -> Iterator[str]:
    metadata = found["metadata"]
    name = metadata["name"]
    if not all(LABEL.fullmatch(part) for part in name.split(".")) or len(name) > LIMITS.get(found["kind"], 253):
        yield "metadata.name"
    if found["kind"] == "Service" and not name[0].isalpha():
        yield "metadata.name of a Service begins with a letter"
    if sum((each["kind"], each["metadata"]["name"]) == (found["kind"], name) for each in objects) > 1:
        yield "there are two of that name"
    for labels in (metadata["labels"], *(pod["metadata"]["labels"] for pod in pods(found))):
        if not all(LABEL_VALUE.fullmatch(value) for value in labels.values()):
            yield "labels"


def _of_pods(found: Object, objects: list[Object]) -> Iterator[str]:
    claims = {each["metadata"]["name"] for each in objects if each["kind"] == "PersistentVolumeClaim"}
    for pod in pods(found):
        spec = pod["spec"]
        if spec.get("restartPolicy", "Always") not in (
            ("Always",) if found["kind"] == "Deployment" else ("Never", "OnFailure")
        ):
            yield "restartPolicy"
        volumes = {each["name"]: each["persistentVolumeClaim"]["claimName"] for each in spec.get("volumes", [])}
        if set(volumes.values()) - claims:
            yield "volumes"
        names = [each["name"] for each in containers(pod)]
        if len(set(names)) < len(names) or not all(map(LABEL.fullmatch, names)):
            yield "names of containers"
        if not spec["securityContext"].get("runAsNonRoot"):
            yield "restricted: runAsNonRoot"
        if spec["securityContext"].get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield "restricted: seccompProfile"
        for container in containers(pod):
            yield from _of_container(container, spec, set(volumes))


def _of_container(container: Object, pod: Object, volumes: set[str]) -> Iterator[str]:
    yield from _of_rights(container["securityContext"])
    if {each["name"] for each in container.get("volumeMounts", [])} - volumes:
        yield "volumeMounts"
    if not all(each["mountPath"].startswith("/") for each in container.get("volumeMounts", [])):
        yield "mountPath"
    variables = [each["name"] for each in container.get("env", [])]
    if len(set(variables)) < len(variables):
        yield "env"
    ports = container.get("ports", [])
    names = [each["name"] for each in ports]
    numbers = [each["containerPort"] for each in ports]
    if len(set(names)) < len(names) or len(set(numbers)) < len(numbers) or any(len(name) > 15 for name in names):
        yield "ports"
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        if kind in container:
            yield from (f"{kind}: {why}" for why in _of_probe(kind, container[kind]))
    grace = pod.get("terminationGracePeriodSeconds", 30)
    for each in container.get("lifecycle", {}).values():
        if len(each) != 1:
            yield "lifecycle: two handlers"
        if "sleep" in each and not 0 < each["sleep"]["seconds"] < grace:
            yield "preStop.sleep"


def _of_rights(security: Object) -> Iterator[str]:
    if security.get("allowPrivilegeEscalation") is not False:
        yield "restricted: allowPrivilegeEscalation"
    if security.get("capabilities", {}).get("drop") != ["ALL"]:
        yield "restricted: capabilities"


def _of_probe(kind: str, probe: Object) -> Iterator[str]:
    if sum(handler in probe for handler in ("exec", "httpGet", "tcpSocket", "grpc")) != 1:
        yield "two handlers"
    if kind != "readinessProbe" and probe.get("successThreshold", 1) != 1:
        yield "successThreshold"
    command = probe["exec"]["command"]
    if "--timeout" not in command or float(command[command.index("--timeout") + 1]) >= probe["timeoutSeconds"]:
        yield "--timeout"
    hook = {"livenessProbe": "alive"}.get(kind, "ready")
    if command[:2] != ["s2itasks", hook]:
        yield "its hook"


def _of_deployment(found: Object, objects: list[Object]) -> Iterator[str]:
    if found["kind"] != "Deployment":
        return
    spec = found["spec"]
    labels = spec["template"]["metadata"]["labels"]
    if not spec["selector"]["matchLabels"].items() <= labels.items():
        yield "selector"
    rolling = spec["strategy"].get("rollingUpdate", {})
    if spec["strategy"]["type"] == "Recreate" and rolling:
        yield "strategy"
    if (
        spec["strategy"]["type"] == "RollingUpdate"
        and not rolling.get("maxSurge")
        and not rolling.get("maxUnavailable")
    ):
        yield "maxSurge and maxUnavailable"
    if spec["template"]["spec"].get("volumes") and (spec["strategy"]["type"] != "Recreate" or spec["replicas"] != 1):
        yield "a volume for one pod"
    probe = spec["template"]["spec"]["containers"][0].get("startupProbe")
    if probe and probe["failureThreshold"] * probe["periodSeconds"] >= spec.get("progressDeadlineSeconds", 600):
        yield "progressDeadlineSeconds"
    for trigger in json.loads(found["metadata"].get("annotations", {}).get("image.openshift.io/triggers", "[]")):
        stream, _, tag = trigger["from"]["name"].partition(":")
        streams = [each for each in objects if each["kind"] == "ImageStream" and each["metadata"]["name"] == stream]
        path = re.fullmatch(
            r'spec\.template\.spec\.(\w+)\[\?\(@\.name=="([a-z0-9-]+)"\)\]\.image', trigger["fieldPath"]
        )
        if len(streams) != 1 or not tag or not path:
            yield "image trigger"
        elif path[2] not in [each["name"] for each in spec["template"]["spec"][path[1]]]:
            yield "the container of an image trigger"


def _of_cron_job(found: Object, objects: list[Object]) -> Iterator[str]:
    del objects
    if found["kind"] != "CronJob":
        return
    spec = found["spec"]
    if spec["concurrencyPolicy"] not in ("Allow", "Forbid", "Replace"):
        yield "concurrencyPolicy"
    if not re.fullmatch(r"[A-Z]\w+(/[\w+-]+)*", spec["timeZone"]) or spec["timeZone"] == "Local":
        yield "timeZone"
    fields = spec["schedule"].split()
    if len(fields) != 5 or not all(_is_field(field, *limits) for field, limits in zip(fields, CRON)):
        yield "schedule"
        return
    late, limit = spec["startingDeadlineSeconds"], spec["jobTemplate"]["spec"]["activeDeadlineSeconds"]
    if late < 10 or limit <= 0 or late + limit >= _shortest(spec["schedule"]):
        yield "startingDeadlineSeconds and activeDeadlineSeconds"


def _of_job(found: Object, objects: list[Object]) -> Iterator[str]:
    del objects
    if found["kind"] != "Job":
        return
    annotations = found["metadata"]["annotations"]
    needed = {
        "argocd.argoproj.io/hook",
        "argocd.argoproj.io/hook-delete-policy",
        "helm.sh/hook",
        "helm.sh/hook-delete-policy",
    }
    if needed - set(annotations):
        yield "annotations"
    phase, _, time = annotations.get("helm.sh/hook", "").partition(",")[0].partition("-")
    if annotations.get("argocd.argoproj.io/hook", "").lower() != f"{phase}sync" or time not in ("install", "upgrade"):
        yield "Helm and Argo CD differ"
    image = containers(found["spec"]["template"])[0]["image"]
    if image.endswith(":latest") or not re.search(r"[:@][^/]+$", image):
        yield "a Job of an image that moves"


def _of_network(found: Object, objects: list[Object]) -> Iterator[str]:
    spec = found.get("spec", {})
    served = {
        (each["metadata"]["name"], port["name"])
        for each in objects
        if each["kind"] == "Service"
        for port in each["spec"]["ports"]
    }
    if found["kind"] == "Service":
        pods_of = [pod for each in objects for pod in pods(each)]
        chosen = [pod for pod in pods_of if spec["selector"].items() <= pod["metadata"]["labels"].items()]
        ports = {port["name"] for pod in chosen for port in pod["spec"]["containers"][0].get("ports", [])}
        if len(chosen) != 1 or {port["targetPort"] for port in spec["ports"]} != ports:
            yield "its pods"
    if found["kind"] == "Route":
        tls = spec["tls"]
        if tls["termination"] not in ("edge", "passthrough", "reencrypt"):
            yield "termination"
        if tls["insecureEdgeTerminationPolicy"] not in ("None", "Allow", "Redirect"):
            yield "insecureEdgeTerminationPolicy"
        if (spec["to"]["name"], spec["port"]["targetPort"]) not in served:
            yield "its Service"
    if found["kind"] == "Ingress":
        for path in (path for rule in spec["rules"] for path in rule["http"]["paths"]):
            backend = path["backend"]["service"]
            if (backend["name"], backend["port"]["name"]) not in served:
                yield "its Service"


def _is_field(field: str, least: int, most: int) -> bool:
    return bool(_values(field, least, most)) and all(least <= value <= most for value in _values(field, least, most))


def _values(field: str, least: int, most: int) -> list[int]:
    """Return the numbers of a field as they are written, and those between."""
    found = []
    for part in field.split(","):
        span, _, step = part.partition("/")
        ends = [str(least), str(most)] if span == "*" else span.split("-")
        numbers = [DAYS.get(end, int(end) if end.isdigit() else -1) for end in ends]
        found += list(range(numbers[0], numbers[-1] + 1, int(step or 1))) if numbers[0] >= 0 else [-1]
    return found


@functools.cache
def _shortest(schedule: str) -> int:
    """Return the shortest time between two runs in seconds, found by going through the minutes of eight weeks."""
    fields = schedule.split()
    minutes, hours, days, _, weekdays = (set(_values(field, *limits)) for field, limits in zip(fields, CRON))
    times = [
        ((day * 24 + hour) * 60 + minute) * 60
        for day in range(56)
        if day % 7 in weekdays and (fields[2] == "*" or day % 28 + 1 in days)
        for hour in sorted(hours)
        for minute in sorted(minutes)
    ]
    return min(later - earlier for earlier, later in zip(times, times[1:])) if len(times) > 1 else 10**9
