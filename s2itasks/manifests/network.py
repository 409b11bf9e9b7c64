"""How requests come to the application: Service, and Route or Ingress."""

from __future__ import annotations

from . import pod
from .plan import Plan
from .pod import WEB, Object
from .yaml_text import Note


def service(plan: Plan) -> Object:
    """Return the Service."""
    ports = [{"name": port.name, "port": port.number, "targetPort": port.name} for port in plan.asked.ports]
    why = "The component keeps the pods of Jobs out, which take no requests."
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": pod.metadata(plan, plan.asked.name, WEB),
        "spec": {"ports": ports, "selector": Note(pod.labels(plan, WEB), why)},
    }


def route(plan: Plan) -> Object:
    """Return the Route of an OpenShift; without a host, the cluster chooses one."""
    spec: Object = {
        "port": {"targetPort": plan.asked.ports[0].name},
        "tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"},
        "to": {"kind": "Service", "name": plan.asked.name, "weight": 100},
    }
    if plan.asked.host:
        spec["host"] = plan.asked.host
    return {
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": pod.metadata(plan, plan.asked.name, WEB),
        "spec": spec,
    }


def ingress(plan: Plan) -> Object:
    """Return the Ingress of any other Kubernetes, for the one host."""
    backend = {"service": {"name": plan.asked.name, "port": {"name": plan.asked.ports[0].name}}}
    rule: Object = {
        "host": plan.asked.host,
        "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]},
    }
    tls = f"tls: [{{hosts: [{plan.asked.host}], secretName: NAME}}]"
    why = f"For HTTPS, add beside it, with the Secret of a certificate:\n  {tls}"
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": pod.metadata(plan, plan.asked.name, WEB),
        "spec": {"rules": Note([rule], why)},
    }
