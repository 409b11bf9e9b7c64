"""``manifests``: what an application's hooks mean on a cluster, as Kubernetes and OpenShift objects."""
