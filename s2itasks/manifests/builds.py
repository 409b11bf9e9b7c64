"""Where an OpenShift has the image from: ImageStream and BuildConfig."""

from __future__ import annotations

from . import pod
from .asked import Git
from .plan import Plan
from .pod import Object
from .yaml_text import Note

COMPONENT = "image"


def image_stream(plan: Plan) -> Object:
    """Return the ImageStream: of images that are pushed into it, or of one in a registry elsewhere."""
    image = plan.asked.image
    spec: Object = {}
    if image.has_registry:
        tag: Object = {"name": image.stream_tag, "from": {"kind": "DockerImage", "name": image.reference}}
        if not image.is_fixed:
            tag["importPolicy"] = Note(
                {"scheduled": True}, "The tag moves: OpenShift looks for a new image every 15 min."
            )
        spec["tags"] = [tag]
    else:
        why = "Pods of the project find the image under the name of the stream."
        spec["lookupPolicy"] = Note({"local": True}, why)
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": pod.metadata(plan, plan.asked.name if image.has_registry else image.repository, COMPONENT),
        "spec": spec,
    }


def build_config(plan: Plan, git: Git) -> Object:
    """Return the BuildConfig."""
    namespace, name, tag = git.builder
    builder = {"kind": "ImageStreamTag", "name": f"{name}:{tag}", **({"namespace": namespace} if namespace else {})}
    image = plan.asked.image
    triggers = [{"type": "ConfigChange"}, {"type": "ImageChange", "imageChange": {}}]
    spec: Object = {
        "output": {"to": {"kind": "ImageStreamTag", "name": f"{image.repository}:{image.stream_tag}"}},
        "runPolicy": "Serial",
        "source": {
            "type": "Git",
            "git": {"uri": git.url, **({"ref": git.ref} if git.ref else {})},
            **({"contextDir": git.context_dir} if git.context_dir else {}),
        },
        "strategy": {"type": "Source", "sourceStrategy": {"from": builder}},
        "triggers": Note(triggers, "Builds when it is made, and when there is a newer builder image."),
    }
    if "verify" in plan.application.hooks:
        why = "An image that the verify hook fails in is not pushed."
        spec["postCommit"] = Note({"script": "s2itasks verify"}, why)
    return {
        "apiVersion": "build.openshift.io/v1",
        "kind": "BuildConfig",
        "metadata": pod.metadata(plan, plan.asked.name, COMPONENT),
        "spec": spec,
    }
