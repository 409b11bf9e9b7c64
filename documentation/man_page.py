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
from s2itasks.phases import graph, namespace

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "share" / "man" / "man1" / "s2itasks.1"
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
EXIT_STATUSES = {
    "0": "All went well. A hook that is not there is skipped.",
    "that of the hook, command or builder script": "It decides.",
    "1": "A job failed, an application did not become ready, check found something, doctor found that something fails, "
    "the embedded builder found nothing to run, or the system refused something, such as a file on a full disk.",
    "2": "Usage, a configuration that cannot work, or a script that bash cannot parse.",
    "124": "It took longer than its limit.",
    "126": "It is not executable, has CRLF line endings or a byte-order mark, or the environment is too large.",
    "127": "It or its interpreter was not found, or the build had the hook and it is gone.",
    "128+n": "It was ended by signal n.",
}
ENVIRONMENT = {
    "S2I_APPLICATION_PATH": "The application root (default: $APP_ROOT, else /opt/app-root).",
    "S2I_SOURCE_PATH": "The source directory (default: src of the application root).",
    "S2I_SCRIPTS_PATH": "The directory of the builder's assemble and run (default: $STI_SCRIPTS_PATH, else "
    "/usr/libexec/s2i). Where neither script is there, s2itasks has a builder of its own.",
    "S2I_UPLOAD_PATH": "The directory that a build finds the application's files in (default: /tmp/src).",
    "S2ITASKS_TIMEOUT_NAME": "Seconds that the phase NAME may take in what assemble and run start, such as "
    "S2ITASKS_TIMEOUT_DEPLOY=60.",
    "S2ITASKS_PROBE_LOG": "1 shows the output of ready and alive in the container's log.",
    "S2ITASKS_IMAGE_HOOKS": "off leaves out the hooks and jobs of the image.",
    "NO_COLOR, FORCE_COLOR": "No colours on a terminal; colours elsewhere.",
}
FILES = {
    ".s2i/bin/assemble, .s2i/bin/run": "What S2I calls instead of the builder's scripts.",
    ".s2i/s2itasks.pyz": "s2itasks in one file, which init writes.",
    ".s2i/environment": "NAME=value lines; they fill in variables that are not set.",
    ".s2i/required": "The variables without which a deployment ends before it begins.",
    ".s2i/action_hooks/NAME": "Hooks, executable and in any language; build_env and deploy_env are bash, and sourced.",
    ".s2i/jobs/CATEGORY/NAME": "The jobs of a category, and its schedule in the file schedule.",
    ".s2i/tasks.py": "Hooks and tasks of the application in Python.",
    "/opt/app-root/bin/s2itasks": "What pods call; assemble writes it.",
    "/opt/app-root/libexec/s2itasks": "The copy of s2itasks that assemble sets aside for pods.",
    "/opt/app-root/etc/s2itasks": "Hooks and jobs of the image.",
}
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
    yield r".\" Made by ./inv man from the task graph; a test compares the two."
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
    for title, items in (("EXIT STATUS", EXIT_STATUSES), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
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


if __name__ == "__main__":
    PAGE.write_text(written(graph), encoding="utf-8")
