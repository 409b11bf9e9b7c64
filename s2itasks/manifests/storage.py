"""The volume for what is to last."""

from __future__ import annotations

from . import pod
from .plan import Plan
from .pod import Object
from .yaml_text import Note


def claim(plan: Plan, size: str) -> Object:
    """Return the PersistentVolumeClaim."""
    why = "One node at a time. ReadWriteMany needs a storage class that can do it."
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": pod.metadata(plan, plan.claim, pod.component(plan)),
        "spec": {"accessModes": Note(["ReadWriteOnce"], why), "resources": {"requests": {"storage": size}}},
    }
