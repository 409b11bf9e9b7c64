"""Rules 510, 511 and 518: what is left of powershift-image and of OpenShift V2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.application import text_of
from s2itasks.check import calls, elsewhere
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import TASKS, Source
from s2itasks.check.variables import first_readings, handled, set_by
from s2itasks.masking.text import masked_words

from .entry_points import has_one_file

BROKEN = "powershift-image is broken and no longer maintained"
PACKAGE = re.compile(r"powershift-(image|cli\[[^\]]*(image|all))")
LISTS_PACKAGES = re.compile(r"(?:^requirements.*\.txt|\.in|\.toml|\.cfg|^Pipfile|^setup\.py)$")
# Variables of an OpenShift V2 gear, and what takes their place.
OF_V2 = {
    re.compile(name): cure
    for name, cure in {
        "OPENSHIFT_REPO_DIR": "hooks run in the source directory; its path is $S2I_SOURCE_PATH",
        "OPENSHIFT_DATA_DIR": "mount a volume, and say in deploy_env or .s2i/environment where",
        "OPENSHIFT_HOMEDIR": "the application root is $S2I_APPLICATION_PATH",
        "OPENSHIFT_PYTHON_DIR": "the virtual environment is active; the application root is $S2I_APPLICATION_PATH",
        r"OPENSHIFT(_[A-Z]+)?_LOG_DIR": "write to stdout",
        "OPENSHIFT_TMP_DIR": "use /tmp, or $TMPDIR",
        "OPENSHIFT_(PYTHON|DIY)_IP": "listen on 0.0.0.0",
        "OPENSHIFT_(PYTHON|DIY)_PORT": "listen on $PORT, or 8080",
        r"OPENSHIFT_(MYSQL|POSTGRESQL|MONGODB)_\w+": "give pods the address and the password of the service",
        r"OPENSHIFT_(APP|GEAR|CLOUD|SECRET)_\w+": "set it for the deployment, or in .s2i/environment",
    }.items()
}
ACTIVATES = re.compile(r"/bin/activate\b")
ACTIVE = "the virtual environment is active already"
STATEMENT = re.compile(r"\s*(?:\.|source)\s+[^\s;&|]+\s*(?:#.*)?\Z")  # which can go as a line
BEFORE_BUILD_ENV = (".s2i/action_hooks/pre_build",)
MANIFESTS = (".yaml", ".yml", ".json")


@error(510, "A call to powershift-image", fixable=True)
def powershift(source: Source) -> Iterator[Spot]:
    """It no longer works with today's setuptools."""
    for file in _all(source):
        written = dict.fromkeys(calls.lines_of_powershift(file.text), "call 's2itasks' with the words behind it")
        for command in file.script.commands():
            words = calls.of_powershift(command)
            if words is not None:
                words = [*calls.EXPORT, *words[1:]] if words[:1] == ["env"] else words
                written[command.line] = f"write {' '.join(['s2itasks', *masked_words(words)])!r}"
        for line, cure in sorted(written.items()):
            yield at(file, line, f"{BROKEN}; {cure}")


@error(518, "powershift-image is installed")
def installed(source: Source) -> Iterator[Spot]:
    """Where nothing calls it any more, it only takes its place."""
    cure = "delete that: .s2i/s2itasks.pyz is there" if has_one_file(source) else "install 's2itasks' instead"
    for file in source.scripts:
        for command in file.script.commands():
            if "install" in command.argv and any(PACKAGE.search(word) for word in command.argv):
                yield at(file, command.line, f"{BROKEN}; {cure}")
    for file in source.of(Role.ELSEWHERE):
        for number, line in enumerate(file.lines, start=1):
            said = LISTS_PACKAGES.search(file.name) or "install" in line  # and not only spoken of
            if said and PACKAGE.search(line) and not line.lstrip().startswith("#"):
                yield at(file, number, f"{BROKEN}; {cure}")


def _all(source: Source) -> Iterator[File]:
    """Return what may call it: scripts, the task file, and files elsewhere that speak of it."""
    yield from source.scripts
    yield from source.of(Role.ELSEWHERE)
    if TASKS in source.files:
        yield source.files[TASKS]


@warning(511, "A variable of OpenShift V2 that nothing sets")
def variable_of_v2(source: Source) -> Iterator[Spot]:
    """There are no gears any more."""
    by_env_scripts = set_by(source, "build_env") | set_by(source, "deploy_env")
    for file in source.scripts:
        sets = set(source.variables) | handled(file)
        sets |= by_env_scripts if file.path not in BEFORE_BUILD_ENV else set()
        for variable, line in first_readings(file):
            if _is_of_v2(variable) and variable not in sets and not _is_given(source, variable):
                yield at(file, line, f"nothing sets ${variable} any more; {_cure(file, variable, line)}")


def _is_given(source: Source, variable: str) -> bool:
    """Whether a manifest or a template of the source gives a container a variable."""
    given = re.compile(rf"\bname[\"']?\s*:\s*[\"']?{variable}\b")
    paths = elsewhere.mentioning(source.root, variable.encode())
    return any(path.endswith(MANIFESTS) and given.search(text_of(source.root, source.root / path)) for path in paths)


def _is_of_v2(variable: str) -> bool:
    return variable.startswith("OPENSHIFT_") and any(pattern.fullmatch(variable) for pattern in OF_V2)


def _cure(file: File, variable: str, line: int) -> str:
    """Return what to do; the values of V2 ended in a slash, and what is put in their place does not."""
    if ACTIVATES.search(file.lines[line - 1]):
        if STATEMENT.match(file.lines[line - 1]):
            return f"{ACTIVE}; delete the line, or write ':' for it where it is all that an 'if' has"
        return (
            f"{ACTIVE}, and its activate is not in that place: see which commands are meant to run, and delete what "
            "asks for it as a whole (an 'if' up to its 'fi')"
        )
    cure = next((cure for pattern, cure in OF_V2.items() if pattern.fullmatch(variable)), "")
    glued = re.search(rf"\$(?:{variable}|\{{{variable}\}})[\"']?(?=[\w.-])", file.text)
    return f"{cure}, with a '/' behind it, which V2's value ended in" if glued else cure
