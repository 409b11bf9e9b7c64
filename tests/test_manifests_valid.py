"""manifests: whatever is asked for and not refused, a cluster takes it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from api_server import Object, containers, misfits, openshift_document, pods, refusals
from hook_sets import FULL, SETS, Files, application, asks, every
from kubernetes_validate import utils as kubernetes_validate

from s2itasks.errors import UsageError
from s2itasks.manifests import described, manifesting
from s2itasks.manifests.described import Application
from s2itasks.manifests.objects import objects
from s2itasks.manifests.plan import plan
from s2itasks.manifests.yaml_text import bare
from s2itasks.phases import graph

STEP = 401  # of the combinations, one of so many is in the everyday run; it divides none of the numbers of options
Change = Callable[[dict[str, Object]], Any]


def made(has: Application, **options: Any) -> list[Object]:
    """Return the objects of an application, as YAML has them."""
    return [each for each in yaml.safe_load_all(manifesting.stream(plan(asks(**options), has))) if each]


def judged(has: Application, step: int) -> tuple[int, int]:
    """Judge what is made of each combination of options; return how many there were, and how many were refused."""
    seen: set[str] = set()
    count = refused = 0
    for asked in every(step):
        count += 1
        try:
            found = [bare(each.content) for each in objects(plan(asked, has))]
        except UsageError:
            refused += 1
            continue
        assert refusals(found) == [], asked
        for each in found:
            text = json.dumps(each, sort_keys=True)
            if text not in seen:
                seen.add(text)
                assert misfits(each) == [], asked
    return count, refused


@pytest.mark.parametrize("name", SETS)
def test_some_combinations_of_options(tmp_path: Path, name: str) -> None:
    """For each set of hooks; where there is no document of OpenShift, its kinds are judged by the rules alone."""
    count, refused = judged(application(tmp_path, SETS[name]), STEP)
    assert 0 < refused < count


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_every_combination_of_options(tmp_path: Path, name: str) -> None:
    """Likewise."""
    count, refused = judged(application(tmp_path, SETS[name]), 1)
    assert count == 7200
    assert refused < count - 500


def test_the_examples() -> None:
    """The applications to copy; the Django one migrates in its deploy hook, which leaves it one replica."""
    examples = Path(__file__).parent.parent / "examples"
    for example in (each.parent for each in examples.glob("*/.s2i")):
        count, refused = judged(described.read(example, graph, {"PATH": "/usr/bin:/bin"}), STEP)
        assert 0 < refused < count


def test_with_the_validator_itself(tmp_path: Path) -> None:
    """kubernetes-validate, as it is called by everybody, and not only its schemas."""
    found = [
        each for each in made(application(tmp_path, FULL), data="data") if each["kind"] in ("Deployment", "CronJob")
    ]
    for each in found[:2]:
        assert kubernetes_validate.validate(each, "1.37", strict=True) == "1.37"


def test_openshift_is_judged_by_its_own_document(tmp_path: Path) -> None:
    """What is misspelt in its kinds is found, where $OPENSHIFT_OPENAPI names the document."""
    if openshift_document() is None:
        pytest.skip("OPENSHIFT_OPENAPI does not name OpenShift's OpenAPI document (openshift-openapi.json.gz)")
    for found in made(
        application(tmp_path, FULL), for_="openshift", image="shop:1", git="https://example.com/shop.git"
    ):
        if found["apiVersion"].split("/")[0].endswith("openshift.io"):
            assert misfits(found) == []
            assert len(misfits({**found, "specs": 1})) == 1
            assert len(misfits({**found, "spec": {**found["spec"], "postCommits": {}}})) == 1


def web(found: dict[str, Object]) -> Object:
    """Return the application's container."""
    container: Object = found["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return container


def cron(found: dict[str, Object]) -> Object:
    """Return the spec of a CronJob."""
    spec: Object = found["CronJob"]["spec"]
    return spec


# What a generator could do wrong that no schema knows of, and what is said of it: FACTS of the API server, one by one.
WRONG: dict[str, tuple[Change, str]] = {
    "a concurrency policy": (lambda it: cron(it).update(concurrencyPolicy="forbid"), "concurrencyPolicy"),
    "a cron range": (lambda it: cron(it).update(schedule="0 24 * * *"), "schedule"),
    "Sunday as 7": (lambda it: cron(it).update(schedule="0 0 * * 7"), "schedule"),
    "four fields": (lambda it: cron(it).update(schedule="0 0 * *"), "schedule"),
    "a time zone": (lambda it: cron(it).update(timeZone="Local"), "timeZone"),
    "a selector": (lambda it: it["Deployment"]["spec"]["selector"]["matchLabels"].update(tier="x"), "selector"),
    "upper case in a name": (lambda it: it["Deployment"]["metadata"].update(name="Shop"), "metadata.name"),
    "a digit first": (lambda it: it["Service"]["metadata"].update(name="1shop"), "begins with a letter"),
    "restartPolicy of a Job": (
        lambda it: it["Job"]["spec"]["template"]["spec"].update(restartPolicy="Always"),
        "restartPolicy",
    ),
    "successThreshold of alive": (lambda it: web(it)["livenessProbe"].update(successThreshold=2), "successThreshold"),
    "successThreshold of a start": (lambda it: web(it)["startupProbe"].update(successThreshold=2), "successThreshold"),
    "no room to roll": (
        lambda it: it["Deployment"]["spec"]["strategy"]["rollingUpdate"].update(maxSurge=0),
        "maxSurge and maxUnavailable",
    ),
    "a CronJob's name": (lambda it: it["CronJob"]["metadata"].update(name="x" * 53), "metadata.name"),
    "two handlers": (lambda it: web(it)["readinessProbe"].update(httpGet={"path": "/", "port": 80}), "two handlers"),
    "two handlers of the end": (lambda it: web(it)["lifecycle"]["preStop"].update(exec={}), "two handlers"),
    "a long sleep": (lambda it: web(it)["lifecycle"]["preStop"]["sleep"].update(seconds=30), "preStop.sleep"),
    "a termination": (lambda it: it["Route"]["spec"]["tls"].update(termination="Edge"), "termination"),
    "root": (lambda it: it["Job"]["spec"]["template"]["spec"].update(securityContext={}), "runAsNonRoot"),
    "seccomp": (
        lambda it: it["Job"]["spec"]["template"]["spec"]["securityContext"].pop("seccompProfile"),
        "seccompProfile",
    ),
    "escalation": (lambda it: web(it)["securityContext"].pop("allowPrivilegeEscalation"), "allowPrivilegeEscalation"),
    "capabilities": (lambda it: web(it)["securityContext"].pop("capabilities"), "capabilities"),
    # And what would be taken, and not work.
    "a limit above the probe's": (lambda it: web(it)["readinessProbe"].update(timeoutSeconds=4), "--timeout"),
    "alive for readiness": (
        lambda it: web(it)["readinessProbe"]["exec"]["command"].__setitem__(1, "alive"),
        "its hook",
    ),
    "a deadline": (
        lambda it: cron(it)["jobTemplate"]["spec"].update(activeDeadlineSeconds=10**6),
        "activeDeadlineSeconds",
    ),
    "a Job that moves": (lambda it: containers(next(pods(it["Job"])))[0].update(image="shop:latest"), "moves"),
    "no policy": (lambda it: it["Job"]["metadata"]["annotations"].pop("helm.sh/hook-delete-policy"), "annotations"),
    "another time": (lambda it: it["Job"]["metadata"]["annotations"].update({"helm.sh/hook": "pre-install"}), "differ"),
    "a Job's pods": (lambda it: it["Service"]["spec"]["selector"].pop("app.kubernetes.io/component"), "its pods"),
    "a port": (lambda it: it["Route"]["spec"]["port"].update(targetPort="web"), "its Service"),
    "a trigger": (
        lambda it: it["Deployment"]["metadata"]["annotations"].update(
            {"image.openshift.io/triggers": '[{"from": {"name": "shop:1"}, "fieldPath": "spec.template"}]'}
        ),
        "image trigger",
    ),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Object]:
    """Return objects of an OpenShift by their kinds, one of each."""
    return {each["kind"]: each for each in made(application(tmp_path_factory.mktemp("sound"), FULL), for_="openshift")}


@pytest.mark.parametrize("flaw", WRONG)
def test_the_judge_finds(sound: dict[str, Object], flaw: str) -> None:
    """A judge that finds nothing would be none."""
    change, why = WRONG[flaw]
    found = copy.deepcopy(sound)
    assert refusals(list(found.values())) == []
    change(found)
    assert any(why in each for each in refusals(list(found.values()))), flaw


def test_no_two_categories_have_one_name(tmp_path: Path) -> None:
    """Also where they differ in what a name cannot have."""
    names = ("nightly_run", "nightly run", "Nightly-run", "nightly-run", "é", "è", "x" * 70, "x" * 71)
    files: Files = {f".s2i/jobs/{name}/job": "#!/bin/bash\nset -e\nmake\n" for name in names}
    files |= {f".s2i/jobs/{name}/schedule 644": "0 1 * * *\n" for name in names}
    found = [each for each in made(application(tmp_path, files)) if each["kind"] == "CronJob"]
    assert len({each["metadata"]["name"] for each in found}) == len(names)
    assert refusals(made(application(tmp_path, files))) == []
