"""The man page s2itasks(1): phases and options as ``--help`` explains them, and what stands nowhere in the code."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from s2itasks import __version__
from s2itasks.cli.arguments import SHOWN
from s2itasks.cli.program import console_script
from s2itasks.graph import Graph, Group, Phase
from s2itasks.inspection.hook_facts import told
from s2itasks.phases import namespace

from .reference import EXIT_STATUSES, FILES, VARIABLES

ROOT = Path(__file__).parent.parent
CHANGELOG = ROOT / "CHANGELOG.md"
COLUMNS = 78  # of a line of the source

DESCRIPTION = """\
s2itasks gives Source-to-Image (S2I) images of Python applications action hooks: small scripts in .s2i/action_hooks of
an application's repository, which it runs at the right moment, in the right environment, at build time, in the pod, in
probes and in cron jobs.

S2I builds an image by running .s2i/bin/assemble, which calls s2itasks assemble, and starts it by running
.s2i/bin/run, which calls s2itasks run. Each phase runs its prerequisites first. The other commands are for pods,
or for a laptop.

What s2itasks itself finds wrong is one line on stderr: the file or the option, what is wrong with it, and what to do
about it."""
EXAMPLES = {
    "Make a repository ready, with hooks to begin with:": "python3 s2itasks.pyz init --hooks build,ready",
    "Look for mistakes, and mend what can be mended:": "s2itasks check --fix",
    "Take the application through its whole life on a laptop:": "s2itasks rehearse --check",
    "Run a command in a pod as the application would:": "oc rsh POD s2itasks exec -- python manage.py shell",
}


def written(graph: Graph) -> str:
    """Return the page."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    yield r".\" Made by ./inv docs from the task graph; a test compares the two."
    yield f'.TH S2ITASKS 1 "{_date()}" "s2itasks {__version__}" "User Commands"'
    yield from (".SH NAME", r"s2itasks \- action hooks for Python Source\-to\-Image images")
    yield ".SH SYNOPSIS"
    yield from (r"\fBs2itasks\fR [\fIoptions\fR] \fIPHASE\fR [\fIphase options\fR] ...", ".br")
    yield from (r"\fBs2itasks \-\-help\fR [\fIPHASE\fR]", ".br", r"\fBs2itasks \-\-list\fR")
    yield from (".SH DESCRIPTION", *_paragraphs(DESCRIPTION))
    yield ".SH OPTIONS"
    program = console_script().initial_context
    yield from _options(program.help_for(f"--{name}") for name in SHOWN)
    yield ".SH PHASES AND COMMANDS"
    options = {context.name: context.help_tuples() for context in namespace.to_contexts()}
    for group in Group:
        phases = [phase for phase in graph if phase.group is group]
        if phases:
            yield f".SS {_escaped(group.value)}"
        for phase in phases:
            yield from _phase(phase, options[phase.name])
    for title, items in (("EXIT STATUS", EXIT_STATUSES), ("ENVIRONMENT", VARIABLES), ("FILES", FILES)):
        yield f".SH {title}"
        for name, text in items.items():
            yield from (".TP", rf"\fB{_escaped(name)}\fR", _text(text))
    yield ".SH EXAMPLES"
    for number, (what, command) in enumerate(EXAMPLES.items()):
        yield from ([".PP"] if number else [])
        yield from (_text(what), ".PP", ".RS 4", ".nf", _escaped(command), ".fi", ".RE")
    yield from (".SH SEE ALSO", r"\fBbash\fR(1), \fBgit\fR(1), \fBpip\fR(1), \fBpodman\fR(1)")


def _phase(phase: Phase, options: list[tuple[str, str | None]]) -> Iterator[str]:
    takes = r" \-\- \fICMD ARGS\fR..." if phase.takes_command else ""
    takes = rf" [\fI{phase.operands.upper()}\fR]" if phase.operands else takes
    takes += "..." if phase.many_operands else ""
    name = "app.NAME" if phase.group is Group.APPLICATION else phase.name
    yield from (".TP", rf"\fB{name}\fR{' [options]' if phase.flags else ''}{takes}")
    yield from _paragraphs(inspect.cleandoc(phase.documentation), ".IP")
    for label, text in told(phase.name):
        yield from (".IP", rf"\fI{label}:\fR {_text(text)}")
    if phase.prerequisites:
        yield from (".IP", f"Runs first: {', '.join(phase.prerequisites)}.")
    if options:
        yield from (".RS", *_options(options), ".RE")


def _options(options: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """Yield a paragraph for each, with the values that they take in italics."""
    for names, help_ in options:
        marked = re.sub(r"\bSTRING\b", r"\\fISTRING\\fB", _escaped(names))
        yield from (".TP", rf"\fB{marked}\fR", _text(help_ or ""))


def _paragraphs(text: str, between: str = ".PP") -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        yield from ([between] if number else [])
        yield _text(" ".join(paragraph.split()))


def _text(text: str) -> str:
    """Return a text in lines, none of which anything takes for a request."""
    lines = textwrap.wrap(_escaped(text), COLUMNS, break_long_words=False, break_on_hyphens=False)
    return "\n".join(rf"\&{line}" if line.startswith((".", "'")) else line for line in lines)


def _escaped(text: str) -> str:
    """Return a text in which each character means itself; hyphens can be copied into a shell."""
    for character, escape in (("\\", r"\e"), ("-", r"\-"), ("~", r"\(ti"), ("^", r"\(ha"), ("`", r"\(ga")):
        text = text.replace(character, escape)
    return text


def _date() -> str:
    """Return the date of this version in the changelog.

    :raises ValueError: when it has none there.
    """
    found = re.search(rf"^## {re.escape(__version__)} - (\S+)$", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError(f"CHANGELOG.md has no section '## {__version__} - YYYY-MM-DD'")
    return found[1]
