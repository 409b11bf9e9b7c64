"""Calls of ``assemble`` where s2itasks is the one file in the repository: no command of its name is there before it."""

from __future__ import annotations

import re

from s2itasks.check import calls
from s2itasks.shell import parse

from .draft import Draft
from .meaning import Reader
from .predecessor_calls import TAKEN, convert_continued
from .unit import COMMENT

QUOTED = calls.START_ONE_FILE
INSIDE = QUOTED.replace('"', "")  # for a text in quotes that another shell reads
ASSEMBLES = re.compile(
    rf"(?<![\w.-])(?P<a>[\"']?)(?:(?<![\w/])[\w./${{}}-]*/)?(?<![\w.-])powershift(?P=a){calls.BETWEEN}"
    rf"(?P<b>[\"']?)image(?P=b)(?={calls.BETWEEN}(?P<c>[\"']?)assemble(?P=c)(?![\w.-]))"
)
# What may start a command that is not there yet: any call but one of a phase that comes behind `assemble`.
BARE = re.compile(
    rf"(?<![\w.-])(?:powershift(?![\w.-])|s2itasks(?![\w.-])(?!{calls.BETWEEN}[\"']?(?!assemble){calls.COMMANDS}))"
)
INSTALLS = re.compile(r"\binstall\b[^\n]*\bs2itasks\b")
SAID = re.compile(r"\s*(?:echo|printf)\b[^;&|`$]*$")  # a line that says something, and does nothing
NOT_THERE = (
    "s2itasks is the one file in the repository, and there is no command of that name before assemble has run; "
    f"write here: {INSIDE}"
)


def call_one_file(draft: Draft) -> None:
    """Have a script start the one file where it called ``powershift image assemble``."""
    as_words = Reader(called=_called)
    in_texts = Reader(same=lambda text: ASSEMBLES.sub(_inside, text))
    for new, reader in ((_quoted, as_words), (_inside, in_texts)):
        draft.substitute(ASSEMBLES, new, reader, TAKEN)
        convert_continued(draft, ASSEMBLES, new, reader, "powershift")


def bare(draft: Draft) -> list[int]:
    """Return the indices of the lines that may call a command of s2itasks's name before there is one."""
    text = "\n".join("" if COMMENT.match(line) or SAID.match(line) else line for line in draft.text.split("\n"))
    if INSTALLS.search(text):
        return []
    return sorted({draft.index_of(text.count("\n", 0, found.start()) + 1) for found in BARE.finditer(text)})


def _quoted(_: re.Match[str]) -> str:
    return QUOTED


def _inside(_: re.Match[str]) -> str:
    return INSIDE


def _called(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of a command with the one file in the place of ``powershift image``."""
    for index, (text, following, last) in enumerate(zip(texts, texts[1:], texts[2:])):
        if (text.rpartition("/")[2], following, last) == ("powershift", "image", "assemble"):
            return (*texts[:index], *WORDS, *texts[index + 2 :])
    return texts


WORDS = tuple(Reader().word(word) for command in parse(QUOTED).commands() for word in command.words)
