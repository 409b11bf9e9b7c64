"""Running a command where a rehearsal's directories are ``/opt/app-root`` and ``/tmp/src``, as whom a pod runs it.

This package needs nothing but a Python from 3.9 on, because each rehearsal keeps a copy of it for its script:

    python -I -B own_namespace DESCRIPTION.json [OPTION ...] -- COMMAND [ARGUMENT ...]

The command gets user, mount, UTS and PID namespaces of its own (user_namespaces(7)). It is PID 1 there, and when it
ends, so does every process within. All that the machine has is read-only for it, but what the description binds
writably; ``/opt``, ``/tmp`` and their like are new, and hold what the description wants of the machine's. The options:

- ``--init``: it is the child of a PID 1 that reaps, and that hands signals on to it
- ``--with-parent``: it is killed when whoever started this program has gone
- ``--read-only``: it cannot write to the root file system, as with ``readOnlyRootFilesystem`` of Kubernetes
- ``--main``: others can join it
- ``--join``: it joins the namespaces of the main one, as ``oc rsh`` does
- ``--alone``: where there is no main one, it gets namespaces of its own
"""
