"""The entry points of an application that used powershift-image: ``.s2i/bin/assemble`` and ``run``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from s2itasks.check import calls
from s2itasks.check.file import File
from s2itasks.shell import Command

from . import one_file_calls
from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .originals import draft as begun
from .predecessor_calls import POWERSHIFT, Predecessor
from .unit import Unit, is_code

INSTALLED = {
    "pyz": "",
    "pip": "s2itasks",
    "wheel": '--no-index --find-links "${S2I_UPLOAD_PATH:-/tmp/src}/.s2i/wheels" s2itasks',
}
PACKAGE = re.compile(r"\s+[\"']?powershift-(?:cli|image)(?:\[[^\]\s]*\])?(?:[=<>~!][^\s\"']*)?[\"']?(?=\s|$)")
NAMES = re.compile(r"powershift-(?:cli|image)\b")
OPTION = re.compile(r"-|install$|pip[\d.]*$|python[\d.]*$|exec$")
NOT_ANY_MORE = "powershift-image is not needed any more: install s2itasks instead, if it is not in the repository"
NO_SHELL = "it is for {}, of which nothing is changed; have it do what a shell does with: {}"
IN_REPOSITORY = "s2itasks.pyz lies in the repository: nothing has to be installed"
# An entry point that does by itself what s2itasks does, as it was handed round before there was a package.
INLINE = re.compile(r"action_hooks/(?:pre_build|build_env|build|deploy_env|deploy)\b")
KNOWN = re.compile(
    r"""(?:export[ ])?S2I_(?:SOURCE_PATH|SHELL_PWD|MARKERS?_\w+|SCRIPTS_PATH|APPLICATION_PATH)
        (?:=(?:`pwd`|\$\(pwd\)|[^;&|<>`()]*))?
    |set[ ]-\w+(?:[ ]pipefail)?|echo\b[^;&|<>`()]*|executable\."|then|else|fi|pwd
    |cd[ ]"?\$\{?S2I_(?:SHELL_PWD|SOURCE_PATH)\}?"?
    |(?:test|\[)[ ]-d[ ]/tmp/src/\.s2i[^;&|<>`()]*(?:&&[ ]mv[ ]/tmp/src/\.s2i[ ][^;&|<>`()]*)?
    |mv[ ]/tmp/src/\.s2i[ ][^;&|<>`()]*
    |if[ ]\[[^;&|<>`()]*(?:action_hooks/|S2I_MARKERS?|\$\{?S2I_(?:BASH_ENV|SOURCE_PATH)\}?"?[ ])[^;&|<>`()]*
        (?:;[ ]*then)?
    |(?:exec[ ]|bash[ ])?"?[\w./${}-]*\.s2i/action_hooks/\w+"?
    |set[ ]-a;[ ]*(?:\.|source)[ ][^;&|<>`()]*action_hooks/\w+"?;[ ]*set[ ]\+a
    |(?:\.|source)[ ][^;&|<>`()]*action_hooks/\w+"?(?:[ ]2>/dev/null)?(?:[ ]\|\|[ ]true)?
    |(?:exec[ ])?"?(?:\$\{?S2I_SCRIPTS_PATH\}?|/usr/libexec/s2i)/(?:assemble|run)"?
    |fix-permissions\b[^;&|<>`()]*|cat[ ]>>[ ]\$S2I_BASH_ENV[ ]<<[ ]EOF|EOF""",
    re.VERBOSE,
)
DOES_IT = "s2itasks does what this script did: it runs the hooks and the builder's script"
NOT_IN_TEMPLATE = (
    "what s2itasks does not do by itself; put it into a hook if it is still needed: pre_build or build, deploy"
)


def convert(
    made: Conversion, files: Mapping[str, File], standard: Mapping[str, str], install: str, predecessor: Predecessor
) -> None:
    """Convert both entry points.

    :param standard: what they are in a repository that ``init`` has made ready.
    :param install: how s2itasks gets into the image.
    :param predecessor: how calls are converted.
    """
    for path, text in standard.items():
        file = files.get(path)
        if file is None or not file.has_code:
            continue
        if not file.is_shell:
            if POWERSHIFT.name.partition(" ")[0] in file.text:
                made.say(path, Fate.LEFT, NO_SHELL.format(file.interpreter, text.rstrip().rpartition("\n")[2]))
            continue
        if INLINE.search(_code(file)) and not calls_s2itasks(file):
            _replace_inline(made, file, text)
            continue
        draft = begun(file)
        predecessor.convert(draft)
        early = one_file_calls.bare(draft) if install == "pyz" and file.name == "assemble" else []
        convert_installations(draft, "pip" if early else install)
        for index in early:
            draft.note(index, one_file_calls.NOT_THERE)
        made.entries += draft.entries
        if draft.text != file.content.decode("utf-8", "surrogateescape"):
            made.write(path, draft.text, executable=True, in_place=True)


def convert_installations(draft: Draft, install: str) -> None:
    """Put s2itasks, or nothing, where powershift-image is installed; where that is not sure, name the line."""
    draft.visit(partial(_installed, draft, install))
    for index, line in enumerate(draft.lines):
        if any(NAMES.search(each) and is_code(each) and not one_file_calls.SAID.match(each) for each in line.now):
            draft.note(index, NOT_ANY_MORE)


def calls_s2itasks(file: File) -> bool:
    """Whether a script calls s2itasks or its predecessor."""
    return any(True for _ in calls.phases(file))


def _installed(draft: Draft, install: str, unit: Unit) -> bool:
    text = "\n".join(line for each in draft.lines[unit.first : unit.last + 1] for line in each.now)
    command = unit.command
    if command is None or "install" not in command.argv or not any(map(NAMES.search, command.argv)):
        return False
    return _not_installed(draft, unit, command, text, install)


def _not_installed(draft: Draft, unit: Unit, command: Command, text: str, install: str) -> bool:
    """Install s2itasks instead of powershift-image, or nothing; other packages stay."""
    others = [word for word in command.argv if not OPTION.match(word) and not NAMES.search(word)]
    if not others and not INSTALLED[install]:
        return draft.comment_out(unit, IN_REPOSITORY, Fate.CHANGED)
    if others and install == "wheel":
        return draft.comment_out(unit, "install s2itasks from .s2i/wheels, and the others as here")
    first = f" {INSTALLED[install]}" if INSTALLED[install] else ""
    once = PACKAGE.sub(lambda _: first, text, count=1)
    new = PACKAGE.sub("", once).strip()
    return draft.replace(unit, new.split("\n"), "s2itasks has taken the place of powershift-image")


def _replace_inline(made: Conversion, file: File, text: str) -> None:
    """Replace an entry point that runs the hooks by itself by the usual one; what it does besides is a comment."""
    made.say(file.path, Fate.CHANGED, DOES_IT)
    comments: list[str] = []
    for number, line in enumerate(file.lines, start=1):
        if not is_code(line):
            continue
        if KNOWN.fullmatch(line.strip()):
            made.say(file.path, Fate.REMOVED, DOES_IT, number, line)
        else:
            comments.append(f"# {line.strip()}")
            made.say(file.path, Fate.COMMENTED, NOT_IN_TEMPLATE, number, line, comments[-1])
    shebang, _, rest = text.partition("\n")
    kept = "".join(f"{line}\n" for line in ([f"{MARK} {NOT_IN_TEMPLATE}", *comments] if comments else []))
    made.write(file.path, f"{shebang}\n{kept}{rest}", executable=True, in_place=True)


def _code(file: File) -> str:
    return "\n".join(line for line in file.lines if is_code(line))
