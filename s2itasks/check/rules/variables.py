"""Rules 519 and 520: variables that a deployment needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, hint
from s2itasks.check.source import Source
from s2itasks.check.variables import first_readings, handled, reads_elsewhere, set_by
from s2itasks.environment import required
from s2itasks.environment.required import NoName, Required
from s2itasks.graph import Group, Kind

NAME = re.compile(r"[A-Z][A-Z0-9_]+\Z")  # of what comes from outside; a script's own are mostly written small
# What bash, S2I, its images and the cluster set, whoever the application belongs to.
GIVEN = re.compile(
    r"(?:BASH\w*|COLUMNS|COMP_\w+|DIRSTACK|EPOCH\w+|EUID|FUNCNAME|GROUPS|HIST\w+|HOME|HOSTNAME|HOSTTYPE|IFS|LANG|LC_\w+"
    r"|LINENO|LINES|LOGNAME|MACHTYPE|MAPFILE|OLDPWD|OPTARG|OPTIND|OSTYPE|PATH|PIPESTATUS|PPID|PS[1-4]|PWD|RANDOM|REPLY"
    r"|SECONDS|SHELL|SHELLOPTS|SHLVL|SRANDOM|TERM|TMPDIR|TZ|UID|USER|VIRTUAL_ENV|APP_ROOT|S2I\w+|STI_\w+|SUMMARY"
    r"|DESCRIPTION|PLATFORM|PYTHON\w*|NODEJS_\w+|PIP_\w+|CNB_\w+|NAME|ARCH|CONTAINER\w*|CPU_LIMIT|MEMORY_LIMIT\w*"
    r"|NUMBER_OF_CORES|NO_MEMORY_LIMIT|WEB_CONCURRENCY|LD_\w+|NSS_WRAPPER_\w+|OPENSHIFT_\w+|KUBERNETES_\w+"
    r"|\w+_SERVICE_(?:HOST|PORT)\w*|\w+_PORT_\d+_\w+|(?:HTTPS?|NO)_PROXY)\Z"
)


@hint(519, "A variable that nothing sets")
def not_set(source: Source) -> Iterator[Spot]:
    """A pod finds out when the hook comes to it; .s2i/required has that said before anything is run."""
    known = set(source.variables) | set_by(source, "deploy_env") | {each.name for each in _required(source)}
    scripts = [source.hook("deploy_env"), *_of_deployment(source)]
    if any(file is not None and reads_elsewhere(file) for file in scripts[:1]):
        return  # what deploy_env sources may set anything
    seen: set[str] = set()
    for file in (file for file in scripts if file is not None and not reads_elsewhere(file)):
        for variable, line in first_readings(file):
            own = variable in known | seen | handled(file)
            if NAME.match(variable) and not own and not GIVEN.match(variable):
                seen.add(variable)
                yield at(file, line, f"nothing sets ${variable}; name it in .s2i/required, with what it is for")


@error(520, ".s2i/required is not a list of names")
def not_a_name(source: Source) -> Iterator[Spot]:
    """Nothing of a deployment begins, because nobody knows whether it may."""
    file = source.files.get(".s2i/required")
    if file is not None and file.is_regular:
        try:
            required.parse(file.text, file.path)
        except NoName as failure:
            yield at(file, failure.line, f"{failure.problem.partition(': ')[2]}; {failure.cure}")


def _required(source: Source) -> list[Required]:
    file = source.files.get(".s2i/required")
    try:
        return required.parse(file.text, file.path) if file is not None and file.is_regular else []
    except NoName:
        return []


def _of_deployment(source: Source) -> Iterator[File]:
    """Yield the hooks that pods run, in the order of the phases, and the jobs."""
    places = [each.name for each in source.graph if each.kind is Kind.HOOK and each.group is not Group.BUILD]
    for name in places:
        file = source.hook(name)
        if file is not None and name != "verify":  # which is for where there are no variables of a deployment
            yield file
    yield from source.of(Role.JOB)
