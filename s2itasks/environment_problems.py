"""What is wrong with ``.s2i/environment``: every line that S2I and s2itasks read differently, or that is lost.

Under a real S2I build, S2I's reading is what the image gets; under the embedded builder it is ours. So a file has to
be written in the way on which both agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .environment_file import S2I_LINE_LIMIT, Assignment, as_dotenv, as_s2i
from .masking import masked

VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Problem:
    """Something that somebody should look at.

    :param line: number of the line it begins in, from 1.
    :param message: what it is and what to write instead, with secrets masked.
    """

    line: int
    message: str


def problems(content: str) -> list[Problem]:
    """Find them, at most one for a line, in the order of lines."""
    ours = {each.line: each for each in as_dotenv(content)}
    theirs = {each.line: each for each in as_s2i(content)}
    found: list[Problem] = []
    seen: dict[str, int] = {}
    covered = 0
    for number, line in enumerate(content.split("\n"), start=1):
        our, their = ours.get(number), theirs.get(number)
        if len(line.encode("utf-8", "surrogateescape")) >= S2I_LINE_LIMIT:
            found.append(Problem(number, "the line is longer than 64 KiB: S2I reads neither it nor anything after it"))
            break
        if number <= covered or (our is None and their is None):
            continue
        covered = number + our.lines - 1 if our else number
        message = _difference(our, their) or _flaw(line, our, seen)
        if message:
            found.append(Problem(number, message))
        if our and our.name is not None:
            seen[our.name] = number
    return found


def _difference(our: Assignment | None, their: Assignment | None) -> str | None:
    """Say where the two readings of a line differ, or that the line is lost."""
    lost = "the line gives no variable, neither for S2I nor for s2itasks; a variable is NAME=value"
    ours, theirs = _variable(our), _variable(their)
    if our and our.lines == 1 and ours == theirs:
        return None if ours else lost
    if ours is None and theirs is None:
        return lost
    return f"S2I reads {_shown(theirs)}, s2itasks reads {_shown(ours)}; {_cure(ours or theirs, our)}"


def _flaw(line: str, our: Assignment | None, seen: dict[str, int]) -> str | None:
    """Say what else is wrong with a line that both read alike."""
    if our is None or our.name is None:
        return None
    if "\0" in line:
        return f"{_printable(our.name)} holds a NUL byte, which no variable can; s2itasks leaves it out"
    if any("\udc80" <= character <= "\udcff" for character in line):
        return f"{our.name} holds bytes that are not UTF-8; they are kept, but other tools may refuse them"
    if not VALID_NAME.fullmatch(our.name):
        return f"{our.name!r} is not a name that a shell can use: letters, digits and _ only, no digit first"
    if our.name in seen:
        return f"{our.name} is already in line {seen[our.name]}, which this line replaces"
    return None


def _variable(assignment: Assignment | None) -> tuple[str, str] | None:
    if assignment is None or assignment.name is None or assignment.value is None:
        return None
    return assignment.name, assignment.value


def _shown(variable: tuple[str, str] | None) -> str:
    if variable is None:
        return "no variable"
    name, value = variable
    return f"{_printable(name)} as {_printable(masked(name, value))}"


def _cure(meant: tuple[str, str] | None, our: Assignment | None) -> str:
    """Give the spelling on which both agree, if there is one."""
    if meant is None or our is None:
        return "write a comment with its # in the first column"
    name, value = meant
    name = name.lstrip("\ufeff")
    if _variable(our) is None:  # quotes that do not match are why
        value = value.replace('"', "").replace("'", "")
    line = f"{name}={value}"
    agreed = [_variable(each) for each in (*as_dotenv(line), *as_s2i(line))]
    if agreed == [(name, value)] * 2:
        return f"both agree on {_printable(f'{name}={masked(name, value)}', quoted=False)}"
    return "no spelling means that to both; set it in build_env or deploy_env"


def _printable(string: str, *, quoted: bool = True) -> str:
    """Show a string on one line, whatever is in it."""
    shown = repr(string)
    return shown if quoted else shown[1:-1].replace("\\'", "'").replace("\\\\", "\\")
