"""A CronJob for each category of jobs."""

from __future__ import annotations

from . import object_names, pod
from .described import Category
from .plan import Plan
from .pod import Object
from .yaml_text import Note

COMPONENT = "jobs"
LATEST, LONGEST = 3600, 21600  # seconds
SOONEST = 10  # seconds between two looks of the controller, which would miss a start that has less


def cron_job(plan: Plan, category: Category) -> Object:
    """Return the CronJob of a category.

    A run that starts as late as it may, and takes as long as it may, is over before the next one begins.
    """
    period = category.schedule.period()
    late, limit = min(max(period // 6, SOONEST), LATEST), min(period * 3 // 4, LONGEST)
    words = ["--", category.name] if category.name.startswith("-") else [category.name]
    container = pod.container(plan, COMPONENT, ["s2itasks", "jobs", *words])
    template: Object = {
        "metadata": {"labels": pod.labels(plan, COMPONENT)},
        "spec": pod.spec(plan, [container], restartPolicy="Never", **pod.beside_application(plan)),
    }
    why = f"Ended after that, before the next run: {_shown(period)} from one to the next."
    job: Object = {
        "activeDeadlineSeconds": Note(limit, why),
        "backoffLimit": Note(0, "What has failed runs again at its next time."),
        "template": template,
    }
    name = object_names.joined(plan.asked.name, category.name, longest=object_names.LONGEST_CRON_JOB)
    spec: Object = {
        "concurrencyPolicy": Note("Forbid", "While one still runs, the next does not start."),
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": pod.labels(plan, COMPONENT)}, "spec": job},
        "schedule": category.schedule.cron,
        "startingDeadlineSeconds": Note(late, "A run that could not start until then is left out."),
        "successfulJobsHistoryLimit": 1,
        "timeZone": category.schedule.zone,
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": pod.metadata(plan, name, COMPONENT),
        "spec": spec,
    }


def _shown(seconds: int) -> str:
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds % size == 0 and (seconds > size or unit != "days"):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
