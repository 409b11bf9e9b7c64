"""Calls of powershift-image and warpdrive, in scripts and in any other text, and what is to be called instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from s2itasks import application
from s2itasks.check import build_scripts, calls, elsewhere
from s2itasks.check.file import File, Role

from .conversion import Conversion
from .draft import Draft
from .entry import Entry, Fate
from .meaning import Reader
from .originals import as_it_is
from .unit import CONTINUED

INSTEAD = {"start": "run", "build": "assemble"}  # of warpdrive, where the name differs
COMMANDS = ("exec", "shell", "setup", "migrate", "ready", "alive", "verify", "run", *INSTEAD)
OF_WARPDRIVE = re.compile(
    r"(?<![\w./$}{-])(?P<a>[\"']?)(?:/[\w./-]+/)?warpdrive(?P=a)"
    r"(?P<between>[ \t]*,\s*|[ \t]*\r?\n[ \t]*-[ \t]+|(?:[ \t]|\\\r?\n)+"
    rf"|\s*\]\s*,?\s*{calls.ARGS}\[\s*|[ \t]*\r?\n[ \t]*{calls.ARGS}\r?\n[ \t]*-[ \t]+)"
    rf"(?P<b>[\"']?)(?P<command>{'|'.join(COMMANDS)}|env(?<=warpdrive env))\b(?P=b)(?![\w.-])"
)
TAKEN = "s2itasks has taken its place"
SCRIPTS = (
    "the build takes its scripts from there before those of .s2i/bin, and so would use nothing of this conversion; "
    "remove this line, here and from the BuildConfig in the cluster"
)
APART = "its args are not beside it; let it be s2itasks, and take 'image' away from them"
FOR_A_PERSON = "write {!r} instead (--write-manifests does it)"


@dataclass(frozen=True)
class Predecessor:
    """What s2itasks has taken the place of.

    :param name: the text that a file has to mention.
    :param pattern: its calls in any text.
    :param instead: returns what stands for a match.
    :param called: returns the texts of a command with what is to be called instead.
    :param first: converts before all others the calls of which more is to become.
    """

    name: str
    pattern: re.Pattern[str]
    instead: Callable[[re.Match[str]], str]
    called: Callable[[tuple[str, ...]], tuple[str, ...]]
    first: Callable[[Draft], None] = lambda _: None

    @property
    def reader(self) -> Reader:
        """What knows that both mean the same."""
        return Reader(same=lambda text: self.pattern.sub(self.instead, text), called=self.called)

    def convert(self, draft: Draft) -> None:
        """Put calls of s2itasks into a script."""
        self.first(draft)
        draft.substitute(self.pattern, self.instead, self.reader, TAKEN, self._unsure)
        convert_continued(draft, self.pattern, self.instead, self.reader, self.name.partition(" ")[0])
        remaining = (each for each in draft.script.commands() if self.called((*each.argv,)) != (*each.argv,))
        for index in sorted({draft.index_of(command.line) for command in remaining}):
            draft.note(index, self._unsure)

    @property
    def _unsure(self) -> str:
        return f"call s2itasks for {self.name} here; it was not sure how the shell reads it"


def convert_continued(
    draft: Draft, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], reader: Reader, named: str
) -> None:
    """Put calls of s2itasks where a call begins in one line, and goes on in the next ones.

    :param named: what the first of the lines has to speak of.
    """
    for first in range(len(draft.lines)):
        last = first
        while last + 1 < len(draft.lines) and CONTINUED.search(draft.lines[last].original):
            last += 1
        lines = [line for each in draft.lines[first : last + 1] for line in each.now]
        text = "\n".join(lines)
        changed = pattern.sub(new, text)
        if last > first and changed != text and named in lines[0]:
            rest = dict.fromkeys(range(first + 1, last + 1), ())
            if draft.propose({first: (*changed.split("\n"),), **rest}, reader):
                before = "\n".join(each.original for each in draft.lines[first : last + 1])
                draft.entries.append(Entry(draft.path, first + 1, Fate.CHANGED, TAKEN, before, changed))


def _of_powershift(texts: tuple[str, ...]) -> tuple[str, ...]:
    for index, (text, following) in enumerate(zip(texts, texts[1:])):
        if text.rpartition("/")[2] == "powershift" and following == "image":
            rest = (
                (*calls.EXPORT, *texts[index + 3 :]) if texts[index + 2 : index + 3] == ("env",) else texts[index + 2 :]
            )
            return (*texts[:index], f"{text.removesuffix('powershift')}s2itasks", *rest)
    return texts


def _of_warpdrive(texts: tuple[str, ...]) -> tuple[str, ...]:
    for index, (text, following) in enumerate(zip(texts, texts[1:])):
        if text.rpartition("/")[2] == "warpdrive" and following in (*COMMANDS, "env"):
            instead = calls.EXPORT if following == "env" else (INSTEAD.get(following, following),)
            return (*texts[:index], "s2itasks", *instead, *texts[index + 2 :])
    return texts


def _instead_of_warpdrive(found: re.Match[str]) -> str:
    command = calls.export("") if found["command"] == "env" else INSTEAD.get(found["command"], found["command"])
    return f"{found['a']}s2itasks{found['a']}{found['between']}{found['b']}{command}{found['b']}"


POWERSHIFT = Predecessor("powershift image", calls.OF_POWERSHIFT, calls.of_s2itasks_instead, _of_powershift)
WARPDRIVE = Predecessor("warpdrive", OF_WARPDRIVE, _instead_of_warpdrive, _of_warpdrive)


def convert_elsewhere(made: Conversion, root: Path, predecessor: Predecessor, *, write_manifests: bool) -> None:
    """Convert the calls outside of ``.s2i``: in scripts and Python files; in manifests where that is asked for."""
    for path in elsewhere.mentioning(root, predecessor.name.partition(" ")[0].encode()):
        if path.startswith((".openshift/", ".warpdrive/")):
            continue
        file = File(path, root / path, Role.ELSEWHERE, (root / path).stat().st_mode)
        in_code = path.endswith(".py") or (path.endswith(".sh") and file.is_shell)
        if in_code:
            _convert_code(made, file, predecessor)
        else:
            _convert_manifest(made, file, predecessor, write=write_manifests)
    _tell_scripts(made, root)


def _tell_scripts(made: Conversion, root: Path) -> None:
    """Name what has builds use scripts from elsewhere, such as those of warpdrive."""
    for path in elsewhere.mentioning(root, build_scripts.STRATEGY.encode()):
        for line, place in build_scripts.named(application.text_of(root, root / path)):
            made.say(path, Fate.LEFT, SCRIPTS, line, f"scripts: {place}")


def converted_python(text: str, predecessor: Predecessor) -> str:
    """Return Python code with calls of s2itasks; as it is where that would be no Python any more, or was none."""
    changed = predecessor.pattern.sub(predecessor.instead, text)
    return changed if _is_python(text) and _is_python(changed) else text


def convert_python(made: Conversion, file: File, predecessor: Predecessor, target: str = "") -> str:
    """Convert a Python file, say so, and return its text."""
    text = as_it_is(file)
    changed = converted_python(text, predecessor)
    _tell_calls(made, file, predecessor, done=changed != text, why=TAKEN)
    if changed != text and not target:
        made.write(file.path, changed, executable=bool(file.mode & 0o111), in_place=True)
    return changed


def _convert_code(made: Conversion, file: File, predecessor: Predecessor) -> None:
    if file.path.endswith(".py"):
        convert_python(made, file, predecessor)
        return
    draft = Draft(file.path, file.text)
    predecessor.convert(draft)
    made.entries += draft.entries
    if draft.text != file.text:
        made.write(file.path, draft.text, executable=bool(file.mode & 0o111), in_place=True)


def _convert_manifest(made: Conversion, file: File, predecessor: Predecessor, *, write: bool) -> None:
    changed = predecessor.pattern.sub(predecessor.instead, file.text)
    for found in calls.ALONE.finditer(changed) if predecessor.name == POWERSHIFT.name else ():
        made.say(file.path, Fate.LEFT, APART, changed.count("\n", 0, found.start()) + 1, found[0])
    if changed == file.text:
        return
    _tell_calls(made, file, predecessor, done=write, why=TAKEN if write else "")
    if write:
        text = predecessor.pattern.sub(predecessor.instead, as_it_is(file))
        made.write(file.path, text, executable=bool(file.mode & 0o111), in_place=True)


def _tell_calls(made: Conversion, file: File, predecessor: Predecessor, *, done: bool, why: str) -> None:
    """Say what each call is, or would be; nothing else of its line, which may be a whole template with secrets."""
    for found in predecessor.pattern.finditer(file.text):
        instead = predecessor.instead(found)
        line = file.text.count("\n", 0, found.start()) + 1
        reason = why or FOR_A_PERSON.format(" ".join(instead.split()))
        made.say(file.path, Fate.CHANGED if done else Fate.LEFT, reason, line, found[0], instead if done else "")


def _is_python(text: str) -> bool:
    try:
        ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
