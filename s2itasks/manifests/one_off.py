"""Jobs for what runs once for each version: ``migrate`` before the roll-out, ``setup`` and ``post_deploy`` after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import object_names, pod
from .plan import Plan, Way
from .pod import Object
from .yaml_text import Note, bare

MIGRATE_SECONDS = 1800  # for a migration
SECONDS = 600  # for the others
KEPT = 86400  # seconds that a Job is kept for its log
ATTEMPTS_AGAIN = 2


class OneOff(NamedTuple):
    """What one of these Jobs is.

    :param hook: the command of s2itasks.
    :param before: whether it runs before the roll-out.
    :param weight: its turn among those of the same time.
    """

    hook: str
    before: bool
    seconds: int
    weight: int

    @property
    def component(self) -> str:
        """The label by which it is applied alone."""
        return self.hook.replace("_", "-")


MIGRATE = OneOff("migrate", before=True, seconds=MIGRATE_SECONDS, weight=0)
SETUP = OneOff("setup", before=False, seconds=SECONDS, weight=0)
POST_DEPLOY = OneOff("post_deploy", before=False, seconds=SECONDS, weight=1)


def of(plan: Plan) -> Iterator[OneOff]:
    """Yield those that there are, in their order."""
    if plan.migrate is Way.JOB:
        yield MIGRATE
    if plan.asked.setup:
        yield SETUP
    if plan.post_deploy is Way.JOB:
        yield POST_DEPLOY


def job(plan: Plan, what: OneOff) -> Object:
    """Return the Job of one."""
    container = pod.container(plan, what.component, ["s2itasks", what.hook])
    more = {} if what.before else pod.beside_application(plan)
    template: Object = {
        "metadata": {"labels": pod.labels(plan, what.component)},
        "spec": pod.spec(plan, [container], restartPolicy="Never", **more),
    }
    spec: Object = {
        "activeDeadlineSeconds": Note(what.seconds, "A hook that hangs is ended, and the Job has failed then."),
        "backoffLimit": Note(ATTEMPTS_AGAIN, f"Tried again, in case a service was late: {what.hook} has to bear that."),
        "template": template,
        "ttlSecondsAfterFinished": Note(KEPT, "A day, for its log; the next version's has another name."),
    }
    name = object_names.following(bare(spec), plan.asked.name, what.component)
    why = "It follows the image, and the rest of the template: a Job's template cannot be changed."
    metadata = pod.metadata(plan, name, what.component, _annotations(what))
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {**metadata, "name": Note(name, why)}, "spec": spec}


def _annotations(what: OneOff) -> Object:
    """Return what Helm and Argo CD know its turn by; Argo CD ignores Helm's as soon as one of its own exists."""
    time = "pre" if what.before else "post"
    return {
        "argocd.argoproj.io/hook": "PreSync" if what.before else "PostSync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        "argocd.argoproj.io/sync-wave": str(what.weight),
        "helm.sh/hook": f"{time}-install" if what is SETUP else f"{time}-install,{time}-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation",
        "helm.sh/hook-weight": str(what.weight),
    }
