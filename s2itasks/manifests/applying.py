"""How somebody applies the objects: the text that they begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from . import one_off
from .one_off import OneOff
from .plan import Plan
from .pod import COMPONENT
from .workload import PROGRESS
from .yaml_text import bare

MARK = "# Made by s2itasks manifests"  # by which a file is known that may be written again


def text(plan: Plan, source: str) -> str:
    """Return it, without the signs of a comment.

    :param source: what kubectl is given: ``-f FILE`` or ``-k DIR``.
    """
    return "\n".join([*_first(plan), *_secret(plan), *_order(plan, source)])


def _first(plan: Plan) -> Iterator[str]:
    hooks = sorted(plan.application.hooks)
    made = ", ".join(hooks) or "none"
    yield f"{plan.asked.name} for {plan.asked.platform}. The hooks that there are: {made}."
    for hook, way in (("migrate", plan.migrate), ("post_deploy", plan.post_deploy)):
        if way is not None:
            yield f"The {hook} hook runs in {way.value}."
    if plan.application.deploy_migrates:
        yield "The deploy hook migrates, in each pod: there is no Job for that."


def _order(plan: Plan, source: str) -> Iterator[str]:
    """Yield the order for who applies them by hand."""
    once = list(one_off.of(plan))
    if not once:
        yield f"Apply it:\n  {_tool(plan)} apply {source}"
        return
    failed = f"{_tool(plan)} wait --for=condition=failed"
    yield (
        "Helm and Argo CD keep the order of the Jobs by their annotations. By hand it is what follows. Each wait ends "
        f"when a Job has succeeded, and not when it has failed: {failed} beside it tells that, and {_tool(plan)} logs "
        "-f why. Go on only where it has succeeded."
    )
    for each in once:
        if each.before:
            yield from _run(plan, source, each)
    names = ",".join(each.component for each in once)
    yield f"  {_tool(plan)} apply {source} -l '{COMPONENT} notin ({names})'"
    if any(not each.before for each in once):
        yield f"  {_tool(plan)} rollout status --timeout={PROGRESS}s deployment/{plan.asked.name}"
    for each in once:
        if not each.before:
            yield from _run(plan, source, each)


def _run(plan: Plan, source: str, what: OneOff) -> Iterator[str]:
    name = bare(one_off.job(plan, what))["metadata"]["name"]
    yield f"  {_tool(plan)} apply {source} -l {COMPONENT}={what.component}"
    yield f"  {_tool(plan)} wait --for=condition=complete --timeout={what.seconds}s job/{name}"


def _secret(plan: Plan) -> Iterator[str]:
    if not plan.secret:
        return
    wanted = [each for each in plan.application.wanted if not each.optional]
    keys = "".join(f" --from-literal={each.name}=..." for each in wanted) or " --from-env-file=FILE"
    yield f"The Secret {plan.secret} has to be there first:\n  {_tool(plan)} create secret generic {plan.secret}{keys}"


def _tool(plan: Plan) -> str:
    return "oc" if plan.asked.on_openshift else "kubectl"


def kustomization(files: Sequence[str]) -> dict[str, object]:
    """Return the list of the files for ``kubectl apply -k`` and Argo CD."""
    return {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": sorted(files)}
