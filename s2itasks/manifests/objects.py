"""All objects of an application, in the order in which they are written, each with the name of its file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import builds, cron_jobs, network, object_names, one_off, storage, workload
from .one_off import OneOff
from .plan import Plan
from .pod import Object


class Written(NamedTuple):
    """An object, and where it is written to.

    :param file: a name that stays the same from version to version.
    """

    file: str
    content: Object


def objects(plan: Plan) -> Iterator[Written]:
    """Yield the objects: what others need comes first."""
    once = list(one_off.of(plan))
    yield from _before_pods(plan)
    yield from (_job(plan, each) for each in once if each.before)
    if plan.asked.ports:
        yield from _network(plan)
    yield Written("deployment.yaml", workload.deployment(plan))
    for category in plan.application.categories:
        name = object_names.joined("cronjob", category.name)
        yield Written(f"{name}.yaml", cron_jobs.cron_job(plan, category))
    yield from (_job(plan, each) for each in once if not each.before)


def _before_pods(plan: Plan) -> Iterator[Written]:
    """Yield what pods wait for: their volume and their image."""
    asked = plan.asked
    if asked.data:
        yield Written("persistentvolumeclaim.yaml", storage.claim(plan, asked.data.size))
    if asked.on_openshift:
        yield Written("imagestream.yaml", builds.image_stream(plan))
    if asked.git:
        yield Written("buildconfig.yaml", builds.build_config(plan, asked.git))


def _network(plan: Plan) -> Iterator[Written]:
    yield Written("service.yaml", network.service(plan))
    if plan.asked.on_openshift:
        yield Written("route.yaml", network.route(plan))
    elif plan.asked.host:
        yield Written("ingress.yaml", network.ingress(plan))


def _job(plan: Plan, what: OneOff) -> Written:
    return Written(f"job-{what.component}.yaml", one_off.job(plan, what))
