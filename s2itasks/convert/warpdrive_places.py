"""The directories of warpdrive in a hook, and where they are now: another place before the builder's ``assemble``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .meaning import Reader
from .powershift import BEGINS, ENDS
from .unit import is_code
from .whereabouts import moves, untouched

DIRECTORY = ".warpdrive"
OLD = {"WARPDRIVE_APP_ROOT": "/opt/app-root", "WARPDRIVE_SRC_ROOT": "/opt/app-root/src"}
NAMES = {"WARPDRIVE_APP_ROOT": "S2I_APPLICATION_PATH", "WARPDRIVE_SRC_ROOT": "S2I_SOURCE_PATH"}
UPLOADED = {**NAMES, "WARPDRIVE_SRC_ROOT": "S2I_UPLOAD_PATH"}  # for what runs before the builder's assemble
HELPERS = re.compile(rf"(?<![\w-])\{DIRECTORY}/(util_scripts|action_hooks)(?=/)")
HYPHENS = re.compile(r"(?<=/action_hooks/)(pre|build|deploy)-(build|env|cfg)\b")
# The same, with the source directory in front of it, or nothing where that is the current one.
IN_SOURCE = re.compile(
    rf"(?:\$(?P<brace>\{{?)WARPDRIVE_SRC_ROOT(?P<end>\}}?\"?)/|{BEGINS}/opt/app-root/src/|{BEGINS}(?:\./)?)"
    rf"\{DIRECTORY}/(?P<which>util_scripts|action_hooks)(?=/)"
)
RELATIVE = re.compile(rf"{BEGINS}(?:\./)?\.(?:warpdrive|s2i)/(?=(?:util_scripts|action_hooks)/)")
SOURCE = re.compile(rf"{BEGINS}/opt/app-root/src{ENDS}")
ROOT = re.compile(rf"{BEGINS}/opt/app-root(?!/src{ENDS}){ENDS}")
NOT_MOVED = (
    "warpdrive ran it with the source in place; pre_build comes before the builder's assemble, and until that has "
    "moved it, the source is in $S2I_UPLOAD_PATH"
)
UNSURE = "it lies below $S2I_SOURCE_PATH/.s2i now, also where pre_build runs; write that, where a shell reads it"
TAKEN_OUT = "it lies in .s2i now, which is in the source directory already when pre_build runs"


def in_source(draft: Draft) -> None:
    """Put the variables and directories of s2itasks into a script that runs where the source is in its place."""
    known = Reader(untouched({**OLD, **{new: OLD[old] for old, new in NAMES.items()}}, draft.text))
    _substitute_variables(draft, NAMES, known, dict.fromkeys(NAMES, "${} is what it was"))
    same = Reader(same=renamed)
    draft.substitute(HELPERS, r".s2i/\1", same, "it lies in .s2i now")
    draft.substitute(HYPHENS, r"\1_\2", same, "hooks have underscores in their names")


def in_upload(draft: Draft) -> None:
    """Put them into a script that runs while the source is still in the upload, and ``.s2i`` is not any more."""
    values = {**OLD, **{new: OLD[old] for old, new in UPLOADED.items()}, "S2I_SOURCE_PATH": OLD["WARPDRIVE_SRC_ROOT"]}
    values = untouched(values, draft.text)
    stays = not any(map(moves, draft.script.commands()))
    here = f"{OLD['WARPDRIVE_SRC_ROOT']}/.s2i/"  # what a relative path means, where nothing goes elsewhere
    known = Reader(values, same=lambda text: RELATIVE.sub(here, renamed(text)) if stays else renamed(text))

    def moved(found: re.Match[str]) -> str:
        return f"${found['brace'] or ''}S2I_SOURCE_PATH{found['end'] or ''}/.s2i/{found['which']}"

    draft.substitute(IN_SOURCE, moved, known, TAKEN_OUT, UNSURE)
    draft.substitute(HYPHENS, r"\1_\2", known, "hooks have underscores in their names")
    _substitute_variables(
        draft, UPLOADED, known, {"WARPDRIVE_SRC_ROOT": NOT_MOVED, "WARPDRIVE_APP_ROOT": "${} is what it was"}
    )
    draft.substitute(SOURCE, "$S2I_UPLOAD_PATH", known, NOT_MOVED)
    draft.substitute(ROOT, "$S2I_APPLICATION_PATH", known, "$S2I_APPLICATION_PATH says where it is")


def begin_in_upload(made: Conversion, draft: Draft, values: Mapping[str, str]) -> None:
    """Have ``pre_build`` begin where the source is, as warpdrive ran it there.

    :param values: what warpdrive set that the hook still reads: no env script is for this hook.
    """
    code = ['cd "$S2I_UPLOAD_PATH" || exit', *(f"export {name}={value}" for name, value in values.items())]
    if begin(made, draft, [f"{MARK} the source is still in the upload", *code]):
        made.say(draft.path, Fate.CHANGED, NOT_MOVED, after="\n".join(code))


def begin(made: Conversion, draft: Draft, lines: Sequence[str]) -> bool:
    """Put lines before the first command, behind those that set options, and tell whether that was done.

    Of a script in another language the report says what belongs there.
    """
    if not draft.is_shell:
        code = "; ".join(line for line in lines if is_code(line))
        made.say(draft.path, Fate.LEFT, f"it is no shell script; have it run first: {code}")
        return False
    index = next((index for index, line in enumerate(draft.lines) if _begins(line.original)), len(draft.lines) - 1)
    continued = any(line.original.endswith("\\") for line in draft.lines[:index])
    draft.insert(draft.first if continued else index, lines)
    return True


def renamed(text: str) -> str:
    """Return a text with the names that warpdrive's directories and hooks have now."""
    return HYPHENS.sub(r"\1_\2", HELPERS.sub(r".s2i/\1", text))


def _substitute_variables(draft: Draft, names: Mapping[str, str], known: Reader, why: Mapping[str, str]) -> None:
    for old, new in names.items():
        draft.substitute(re.compile(rf"\$({{?){old}\b"), rf"$\g<1>{new}", known, why[old].format(new))


def _begins(line: str) -> bool:
    """Whether a line is the first that does something, behind those that set options of the shell."""
    return is_code(line) and not line.strip().startswith("set ")
