"""What is wrong with ``.s2i/environment``: every line that S2I and s2itasks read differently, or that is lost.

Under a real S2I build, S2I's reading is what the image gets; under the embedded builder it is ours. So a file has to
be written in the way on which both agree.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from s2itasks.masking.text import masked, masked_name

from .environment_file import S2I_LINE_LIMIT, Assignment, as_dotenv, as_s2i

VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Kind(enum.Enum):
    """What a problem is about."""

    QUOTES = "quotes that S2I takes for a part of the value"
    EXPORT = "export, which S2I takes for a part of the name"
    COMMENT = "a comment that is none for S2I"
    DIFFERENCE = "any other line that is read in two ways"
    LOST = "a line that gives no variable"
    NAME = "a name that no shell can use"
    DUPLICATE = "a variable that is there twice"
    NOT_TEXT = "bytes that are no text"
    TOO_LONG = "a line that S2I gives up on"


@dataclass(frozen=True)
class Problem:
    """Something that somebody should look at.

    :param line: number of the line it begins in, from 1.
    :param message: what it is and what to write instead, with secrets masked.
    :param agreed: the line on which S2I and s2itasks agree, nothing masked, where one can take its place.
    """

    line: int
    message: str
    kind: Kind
    agreed: str | None = None


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
            message = "the line is longer than 64 KiB: S2I reads neither it nor anything after it"
            found.append(Problem(number, message, Kind.TOO_LONG))
            break
        if number <= covered or (our is None and their is None):
            continue
        covered = number + our.lines - 1 if our else number
        problem = _difference(number, line, our, their) or _flaw(number, line, our, seen)
        if problem:
            found.append(problem)
        if our and our.name is not None:
            seen[our.name] = number
    return found


def _difference(number: int, line: str, our: Assignment | None, their: Assignment | None) -> Problem | None:
    """Return where the two readings of a line differ, or that the line is lost."""
    lost = "the line gives no variable, neither for S2I nor for s2itasks; a variable is NAME=value"
    ours, theirs = _variable(our), _variable(their)
    if our and our.lines == 1 and ours == theirs:
        return None if ours else Problem(number, lost, Kind.LOST)
    if ours is None and theirs is None:
        return None if line.lstrip().startswith("#") else Problem(number, lost, Kind.LOST)
    agreed = _agreed(ours or theirs, our)
    message = f"S2I reads {_shown(theirs)}, s2itasks reads {_shown(ours)}; {_cure(our, agreed)}"
    spelling = line.strip() if our is None and theirs else f"{agreed[0]}={agreed[1]}" if agreed else None
    return Problem(number, message, _kind(line, ours, theirs), None if our and our.lines > 1 else spelling)


def _kind(line: str, ours: tuple[str, str] | None, theirs: tuple[str, str] | None) -> Kind:
    """Return what makes the two readings of a line differ."""
    value = theirs[1] if theirs else ""
    behind = value[len(ours[1]) :] if ours and value.startswith(ours[1]) else ""
    if line.lstrip().startswith("#") or re.match(r"\s+#", behind):
        return Kind.COMMENT
    if line.lstrip("\ufeff \t").startswith("export"):
        return Kind.EXPORT
    return Kind.QUOTES if value[:1] in tuple("\"'") else Kind.DIFFERENCE


def _flaw(number: int, line: str, our: Assignment | None, seen: dict[str, int]) -> Problem | None:
    """Return what else is wrong with a line that both read alike."""
    if our is None or our.name is None:
        return None
    name = masked_name(our.name)
    if "\0" in line:
        message = f"{_printable(name)} holds a NUL byte, which no variable can; s2itasks leaves it out"
        return Problem(number, message, Kind.NOT_TEXT)
    if any("\udc80" <= character <= "\udcff" for character in line):
        message = f"{name} holds bytes that are not UTF-8; they are kept, but other tools may refuse them"
        return Problem(number, message, Kind.NOT_TEXT)
    if not VALID_NAME.fullmatch(our.name):
        message = f"{name!r} is not a name that a shell can use: letters, digits and _ only, no digit first"
        return Problem(number, message, Kind.NAME)
    if our.name in seen:
        message = f"{name} is already in line {seen[our.name]}, which this line replaces"
        return Problem(number, message, Kind.DUPLICATE)
    return None


def _variable(assignment: Assignment | None) -> tuple[str, str] | None:
    if assignment is None or assignment.name is None or assignment.value is None:
        return None
    return assignment.name, assignment.value


def _shown(variable: tuple[str, str] | None) -> str:
    if variable is None:
        return "no variable"
    name, value = variable
    return f"{_printable(masked_name(name))} as {_printable(masked(name, value))}"


def _agreed(meant: tuple[str, str] | None, our: Assignment | None) -> tuple[str, str] | None:
    """Return the variable as both read it when it is spelled plainly, if they agree on that."""
    if meant is None or our is None:
        return None
    name, value = meant
    name = name.lstrip("\ufeff")
    if _variable(our) is None:  # quotes that do not match are why
        value = value.replace('"', "").replace("'", "")
    line = f"{name}={value}"
    agreed = [_variable(each) for each in (*as_dotenv(line), *as_s2i(line))]
    return (name, value) if agreed == [(name, value)] * 2 else None


def _cure(our: Assignment | None, agreed: tuple[str, str] | None) -> str:
    """Return what to write instead."""
    if our is None:
        return "write a comment with its # in the first column"
    if agreed is None:
        return "no spelling means that to both; set it in build_env or deploy_env"
    name, value = agreed
    return f"both agree on {_printable(f'{masked_name(name)}={masked(name, value)}', quoted=False)}"


def _printable(string: str, *, quoted: bool = True) -> str:
    """Show a string on one line, whatever is in it."""
    shown = repr(string)
    return shown if quoted else shown[1:-1].replace("\\'", "'").replace("\\\\", "\\")
