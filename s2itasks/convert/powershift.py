"""Converting an application that used powershift-image: its ``.s2i`` stays, and what it calls changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from s2itasks import application
from s2itasks.check import elsewhere
from s2itasks.check.file import File
from s2itasks.layout import leads_out

from . import bin_scripts, builder_images
from .conversion import Conversion, Origin
from .draft import MARK, Draft
from .entry import Fate
from .meaning import Reader
from .one_file_calls import call_one_file
from .originals import begin_with_shebang, below, runs, say_what_is_passed_over, unreadable
from .originals import draft as begun
from .predecessor_calls import POWERSHIFT, Predecessor, convert_elsewhere, convert_python
from .unit import is_code
from .whereabouts import sets, untouched

ENV_SCRIPTS = ("build_env", "deploy_env")
ENDS = r"(?![\w.-])"
BEGINS = r"(?<![\w./$}])(?<!S2I_SOURCE_PATH:-)(?<!S2I_UPLOAD_PATH:-)(?<!S2I_APPLICATION_PATH:-)"
PATHS = {
    re.compile(rf"{BEGINS}/tmp/src{ENDS}"): "S2I_UPLOAD_PATH",  # noqa: S108 - where S2I uploads to
    re.compile(rf"{BEGINS}/opt/app-root/src{ENDS}"): "S2I_SOURCE_PATH",
    re.compile(rf"{BEGINS}/opt/app-root(?!/src{ENDS}){ENDS}"): "S2I_APPLICATION_PATH",
}
VALUES = {
    "S2I_UPLOAD_PATH": "/tmp/src",  # noqa: S108 - where S2I uploads to
    "S2I_SOURCE_PATH": "/opt/app-root/src",
    "S2I_APPLICATION_PATH": "/opt/app-root",
}
SPLITS = re.compile(r"\bIFS=(?!['\"]{0,2}[ \t]+read\b)")
UNSURE = "{} is written out where no shell puts in ${}, as in single quotes; see whether it should"
LISTS = re.compile(r"(?:\.in|\.toml|\.cfg|(?:^|/)(?:Pipfile|setup\.py|requirements[^/]*\.txt))$")
NOT_NEEDED = "powershift-image is not needed any more: take it out, and let the tool that keeps a lock write that anew"
REQUIRES = re.compile(r"^\s*powershift-(?:cli\b.*\b(?:image|all)\b|image\b).*$")


def convert(
    root: Path, environ: Mapping[str, str], standard: Mapping[str, str], install: str, *, write_manifests: bool
) -> Conversion:
    """Convert a repository; nothing is written yet.

    :param standard: the entry points of a repository that ``init`` has made ready, by their paths.
    :param install: how s2itasks gets into the image.
    :param write_manifests: change manifests as well, and do not only report them.
    """
    made = Conversion(Origin.POWERSHIFT)
    files = below(root, environ, ".s2i")
    predecessor = replace(POWERSHIFT, first=call_one_file) if install == "pyz" else POWERSHIFT
    bin_scripts.convert(made, files, standard, install, predecessor)
    for path, file in files.items():
        if path in standard or path.endswith(".pyz") or path == ".s2i/environment":
            continue
        if file.location.is_symlink():  # what it leads to is converted, if anything
            continue
        _convert(made, path, file, predecessor, install)
    say_what_is_passed_over(made, root, ".s2i")
    convert_elsewhere(made, root, predecessor, write_manifests=write_manifests)
    for location in sorted([*root.glob("requirements*.txt"), *root.glob(".s2i/**/requirements*.txt")]):
        if not leads_out(root, location):
            _not_required(made, root, location.relative_to(root).as_posix())
    _name_other_lists(made, root)
    builder_images.name(made, root)
    return made


def shell_paths(draft: Draft) -> None:
    """Let the variables of s2itasks say what a script writes out, which stays beside them as the default.

    Nobody knows what runs a script besides s2itasks: an entry point, a probe, somebody in a shell of the container.
    """
    reader = Reader(untouched(VALUES, draft.text))
    if SPLITS.search(draft.text):  # also what a variable has in it; a text that is written out is never split
        return
    for pattern, name in PATHS.items():
        path = VALUES[name]
        if not sets(draft.text, name):
            why = f"${name} says where it is, in what s2itasks runs"
            draft.substitute(pattern, f"${{{name}:-{path}}}", reader, why, UNSURE.format(path, name))


def _convert(made: Conversion, path: str, file: File, predecessor: Predecessor, install: str) -> None:
    """Convert a hook, a job or a helper."""
    before = file.content.decode("utf-8", "surrogateescape")
    text = before
    problem = unreadable(file)
    if problem:
        if file.unseen:  # and not something like a wheel
            made.say(path, Fate.LEFT, f"{problem}; see whether it calls powershift image")
    elif path.endswith(".py") or file.interpreter.startswith("python"):
        text = convert_python(made, file, POWERSHIFT, path)
    elif _is_script(path, file):
        draft = begun(file)
        predecessor.convert(draft)
        bin_scripts.convert_installations(draft, install)
        if not path.startswith(".s2i/bin/"):  # S2I runs those, as save-artifacts, without the variables of s2itasks
            shell_paths(draft)
        if path.startswith(".s2i/action_hooks/"):
            begin_with_shebang(draft, executed=file.name not in ENV_SCRIPTS and runs(file) and bool(file.shebang))
        made.entries += draft.entries
        text = draft.text
    if text != before:
        made.write(path, text, executable=runs(file), in_place=True)


def _is_script(path: str, file: File) -> bool:
    name = path.rpartition("/")[2]
    known = file.shebang is not None or name in ENV_SCRIPTS or name.endswith((".sh", ".bash")) or runs(file)
    return known and file.is_shell


def _name_other_lists(made: Conversion, root: Path) -> None:
    """Name what else lists or installs packages; a list may have a lock beside it, which only its tool can write."""
    for path in elsewhere.mentioning(root, elsewhere.PREDECESSOR):
        if path in made.files:
            continue
        for number, line in enumerate(application.text_of(root, root / path).split("\n"), start=1):
            lists = LISTS.search(path) or "install" in line
            if lists and bin_scripts.NAMES.search(line) and is_code(line):
                made.say(path, Fate.LEFT, NOT_NEEDED, number, line)


def _not_required(made: Conversion, root: Path, name: str) -> None:
    """Comment out what installs powershift-image with the application's packages."""
    lines = application.text_of(root, root / name).split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines, start=1):
        if REQUIRES.match(line):
            why = "s2itasks has taken its place, and is not installed with the application's packages"
            kept += [f"{MARK} {why}", f"# {line.strip()}"]
            made.say(name, Fate.CHANGED, why, number, line, kept[-1])
        else:
            kept.append(line)
    if kept != lines:
        made.write(name, "\n".join(kept), in_place=True)
