"""Rules 510 and 511: what is left of powershift-image and of OpenShift V2."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.check import calls
from s2itasks.check.file import File, Role
from s2itasks.check.rule import Spot, at, error, warning
from s2itasks.check.source import Source
from s2itasks.check.variables import first_readings, handled, set_by
from s2itasks.masking.text import masked_words

BROKEN = "powershift-image is broken and no longer maintained"
PACKAGE = re.compile(r"powershift-(image|cli\[[^\]]*(image|all))")
# Variables of an OpenShift V2 gear, and what takes their place.
OF_V2 = {
    "OPENSHIFT_REPO_DIR": "hooks run in the source directory; its path is $S2I_SOURCE_PATH",
    "OPENSHIFT_DATA_DIR": "mount a volume, and say in deploy_env or .s2i/environment where",
    "OPENSHIFT_HOMEDIR": "the application root is $S2I_APPLICATION_PATH",
    "OPENSHIFT_PYTHON_DIR": "the virtual environment is active; the application root is $S2I_APPLICATION_PATH",
    "OPENSHIFT_LOG_DIR": "write to stdout",
    "OPENSHIFT_PYTHON_LOG_DIR": "write to stdout",
    "OPENSHIFT_TMP_DIR": "use /tmp, or $TMPDIR",
    "OPENSHIFT_PYTHON_IP": "listen on 0.0.0.0",
    "OPENSHIFT_PYTHON_PORT": "listen on $PORT, or 8080",
}
ACTIVATES = re.compile(r"/bin/activate\b")


@error(510, "A call to powershift-image", fixable=True)
def powershift(source: Source) -> Iterator[Spot]:
    """It no longer works with today's setuptools."""
    for file in source.scripts:
        for command in file.script.commands():
            words = calls.of_powershift(command)
            if words is not None:
                yield at(file, command.line, f"{BROKEN}; write {' '.join(['s2itasks', *masked_words(words)])!r}")
            elif "install" in command.argv and any(PACKAGE.search(word) for word in command.argv):
                yield at(file, command.line, f"{BROKEN}; install 's2itasks' instead")
    for file in source.of(Role.ELSEWHERE):
        for number in calls.lines_of_powershift(file.text):
            yield at(file, number, f"{BROKEN}; call 's2itasks' with the words behind 'powershift image'")
        for number, line in enumerate(file.lines, start=1):
            if PACKAGE.search(line) and not line.lstrip().startswith("#"):
                yield at(file, number, f"{BROKEN}; install 's2itasks' instead")


@warning(511, "A variable of OpenShift V2 that nothing sets")
def variable_of_v2(source: Source) -> Iterator[Spot]:
    """There are no gears any more."""
    set_anywhere = set(source.variables) | set_by(source, "build_env") | set_by(source, "deploy_env")
    for file in source.scripts:
        for variable, line in first_readings(file):
            if variable in OF_V2 and variable not in set_anywhere | handled(file):
                yield at(file, line, f"nothing sets ${variable} any more; {_cure(file, variable, line)}")


def _cure(file: File, variable: str, line: int) -> str:
    """Return what to do; the values of V2 ended in a slash, and what is put in their place does not."""
    written = file.lines[line - 1]
    if ACTIVATES.search(written):
        return "the virtual environment is active already; delete the line"
    glued = re.search(rf"\$(?:{variable}|\{{{variable}\}})(?=[\w.-])", written)
    return f"{OF_V2[variable]}, with a '/' behind it, which V2's value ended in" if glued else OF_V2[variable]
