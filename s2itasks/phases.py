"""The Makefile of it all: every phase and command with its prerequisites, in the order of an application's life.

What a phase does is a function of its name in one of the packages below. ``--list``, ``--help``, the pinned runtime and
the compiled programs are all made from what stands here.
"""

from __future__ import annotations

from functools import partial

from s2itasks.build import assembling, building, uploading
from s2itasks.deployment import app as own_task
from s2itasks.deployment import arriving, commands, deploying
from s2itasks.doctor import diagnosing
from s2itasks.graph import Group, Kind, Timeout
from s2itasks.inspection import env_command
from s2itasks.phase import PhaseTask, collected, phase

from . import laptop

# A build, called by .s2i/bin/assemble.

in_build = partial(phase, group=Group.BUILD)
build_hook = partial(in_build, kind=Kind.HOOK, timeout=Timeout.WHOLE)
VERIFY = {"verify": "run the verify hook at the end, where nothing else does: the build has no postCommit"}

upload = in_build(uploading.upload, makes_root=True)
pre_build = build_hook(building.pre_build, pre=[upload])
builder_assemble = in_build(building.builder_assemble, timeout=Timeout.WHOLE)
build_env = in_build(building.build_env, kind=Kind.ENV_SCRIPT, timeout=Timeout.WHOLE)
build = build_hook(building.build, pre=[build_env])
assemble = in_build(assembling.assemble, pre=[pre_build, builder_assemble, build_env, build], help=VERIFY)

# A deployment, called by .s2i/bin/run in every container.

in_deployment = partial(phase, group=Group.DEPLOYMENT)

deploy_env = in_deployment(deploying.deploy_env, kind=Kind.ENV_SCRIPT, timeout=Timeout.WHOLE)
deploy = in_deployment(deploying.deploy, pre=[deploy_env], kind=Kind.HOOK, timeout=Timeout.WHOLE)
run = in_deployment(deploying.run, pre=[deploy_env, deploy], kind=Kind.HOOK, becomes=True)

# Commands that run in a container, in the application environment.

command = partial(phase, group=Group.COMMANDS, quiet=True)
hook_command = partial(command, kind=Kind.HOOK, timeout=Timeout.WHOLE)
LOG = {"log": "show the hook's output in the container's log, too; S2ITASKS_PROBE_LOG=1 does the same"}
ONCE = {
    "once": "run it only where this file, relative to the source, is not; success writes it, and two at once are one"
}
WAIT = {"wait": "seconds that the ready hook has to succeed in before, 0 for none; the status is 124 where it does not"}

exec_ = command(commands.exec_, pre=[deploy_env], name="exec", becomes=True, takes_command=True)
shell = command(commands.shell, pre=[deploy_env], becomes=True)
verify = hook_command(commands.verify, pre=[deploy_env])
ready = hook_command(commands.ready, pre=[deploy_env], help=LOG)
alive = hook_command(commands.alive, pre=[deploy_env], help=LOG)
setup = hook_command(commands.setup, pre=[deploy_env], help=ONCE)
migrate = hook_command(commands.migrate, pre=[deploy_env], help=ONCE)
post_deploy = hook_command(commands.post_deploy, pre=[deploy_env], help={**WAIT, **ONCE})
jobs = command(
    commands.jobs,
    pre=[deploy_env],
    timeout=Timeout.EACH,
    operands="category",
    help={
        "category": "directory below .s2i/jobs; the bare word does: s2itasks jobs hourly",
        "fail-fast": "stop at the first job that fails",
    },
)
wait = command(
    arriving.wait,
    pre=[deploy_env],
    operands="target",
    iterable=["target", "hook"],
    help={
        "target": "tcp://HOST:PORT, http://HOST/PATH or postgresql://HOST/NAME; the bare words do",
        "hook": "a hook that has to succeed, such as ready; may be given more than once",
        "for": "seconds after which it gives up with status 124 (default: 60), 0 for never",
    },
)
app = command(
    own_task.app,
    pre=[deploy_env],
    group=Group.APPLICATION,
    kind=Kind.TASK,
    becomes=True,
    takes_command=True,
)

# Looking at an application where it runs.

env = phase(
    env_command.env,
    group=Group.INSPECTION,
    quiet=True,
    operands="name",
    iterable=["name"],
    help={
        "name": "show only this variable, umask or ulimit (all limits); bare words do",
        "build": "the build environment instead",
        "format": "table (default), json, dotenv or export",
        "changed": "only what differs from the environment that s2itasks was started with",
        "show-secrets": "show the values of what looks like a secret in the table, too",
        "wide": "show values whole in the table, which cuts them to the width of a terminal; a name does the same",
        "diff": "compare with a file that s2itasks env --format dotenv has written elsewhere",
        "diff-build": "compare with the build environment, evaluated now",
    },
)

doctor = phase(
    diagnosing.doctor,
    group=Group.INSPECTION,
    quiet=True,
    help={
        "format": "text (default) or json",
        "probe-timeout": "seconds that probes have, their timeoutSeconds (default: 1, as Kubernetes')",
    },
)

# Commands of a laptop, which need no container.

on_laptop = partial(phase, group=Group.LAPTOP, operands="source")

init = on_laptop(
    laptop.init,
    quiet=True,
    iterable=["hooks"],
    help={
        "source": "the application's repository (default: the current directory); the bare word does",
        "install": "how s2itasks gets into the image: pyz (default), one file in the repository; pip; or wheel",
        "hooks": "write starter hooks, which fit the application: build,ready,migrate; may be given more than once",
        "force": "replace files that are there and differ",
        "upgrade": "replace .s2i/s2itasks.pyz by the running s2itasks, and nothing else",
        "dry-run": "show what would be changed, as a diff, and change nothing",
        "from": "convert what was made for v2 (OpenShift V2), powershift or warpdrive; --report alone finds out which",
        "report": "write what was done, and what is left to a person, into this file: Markdown, or JSON (.json)",
        "write-manifests": "convert calls in manifests and templates, too, which are else only reported",
    },
)
rehearse = on_laptop(
    laptop.rehearse,
    quiet=True,
    iterable=["env", "env_file", "with_"],
    command_flag="--exec",
    help={
        "source": "the application's repository (default: the current directory); the bare word does",
        "root": "directory to do it in, kept and reused (default: one for each source in the user's cache)",
        "check": "end when the application is ready, instead of staying until Ctrl-C",
        "env": "a variable of its environment, NAME=VALUE, or NAME for this shell's; may be given more than once",
        "env-file": "a file of such variables, as s2itasks env --format dotenv writes them; likewise",
        "inherit": "let it have all variables of this shell",
        "python": "the Python for it, 3.12 or a path (default: what the application's files want, if it is there)",
        "wait": "seconds that it has to become ready in (default: 120)",
        "fresh": "begin with an empty root, and install everything anew",
        "clean": "only remove the roots that rehearsals have kept in the user's cache",
        "no-namespace": "do without the namespace in which /opt/app-root, the random UID and PID 1 are as in a pod",
        "container": "use containers of podman or docker, and an image that is built with the builder image",
        "image": "that builder image (default: registry.access.redhat.com/ubi9/python-312)",
        "read-only": "let the application write to /tmp alone, as with readOnlyRootFilesystem",
        "with": "a service for the time of the rehearsal: postgresql, which DATABASE_URL then names; likewise",
        "probes": "ask its probes as Kubernetes does, for 20 s or until Ctrl-C, and tell which would have failed",
        "stop-test": "send SIGTERM while its deploy hook runs and while it serves, and tell how it ends",
        "exec": "run the command at the end of the line, behind '--', when it is ready, and end with its status",
    },
)
check = on_laptop(
    laptop.check,
    quiet=True,
    iterable=["select", "ignore"],
    help={
        "source": "the directory that holds .s2i (default: the current directory); the bare word does",
        "format": "text (default), json, sarif for code scanning, github for the annotations of a workflow, or gitlab "
        "for a Code Quality report",
        "strict": "let warnings count, too",
        "select": "ask only this rule (S2I503), or those that begin so (S2I5); may be given more than once",
        "ignore": "leave out this rule, or those that begin so; may be given more than once",
        "fix": "mend run bits, line endings and spellings, and show what was changed",
        "diff": "print what --fix would change, and change nothing; status 1 if there is something",
        "statistics": "print how often each rule does not hold, the most frequent first, instead of the findings",
        "explain": "print the page of the rule with this id, and check nothing",
    },
)
manifests = on_laptop(
    laptop.manifests,
    quiet=True,
    iterable=["port", "with_"],
    help={
        "source": "the application's repository (default: the current directory); the bare word does",
        "image": "the application's image: REGISTRY/NAME:TAG, or NAME:TAG of an ImageStream",
        "name": "the application's name, and that of its objects",
        "for": "kubernetes (default) or openshift",
        "host": "the host that requests are sent to; a Route without one lets the cluster choose",
        "port": "a port that it listens at, [NAME=]NUMBER (default: 8080); may be given more than once",
        "no-web": "it has no web server, so there is no Service, and no Route or Ingress",
        "replicas": "how many pods (default: 1)",
        "data": "a volume for what is to last, PATH[=SIZE] (default: 1Gi); then there is one pod",
        "secret": "the Secret that variables come from (default: one of its name, where .s2i/required names some)",
        "with": "setup: also a Job for the setup hook",
        "git": "OpenShift builds the image from this repository",
        "ref": "its branch or tag",
        "context-dir": "the directory of the application in it",
        "builder": "the builder's ImageStreamTag, [NAMESPACE/]NAME:TAG (default: openshift/python:latest)",
        "output": "a directory for one file an object and a kustomization.yaml (default: all to stdout)",
    },
)

namespace, graph = collected(*(each for each in list(globals().values()) if isinstance(each, PhaseTask)))
