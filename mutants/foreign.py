"""Faults in what keeps a stranger's repository from being more than looked at."""

from __future__ import annotations

from .mutant import Mutant

LAYOUT = "s2itasks/layout.py"
READING = "s2itasks/process/reading.py"
GIT = "s2itasks/check/git_index.py"
SOURCE = "s2itasks/check/source.py"
CONSOLE = "s2itasks/console.py"

MUTANTS = (
    Mutant(
        "a link that leads out of a foreign source is not read",
        LAYOUT,
        "return self.foreign and leads_out(self.source, path)",
        "return False",
        ("test_check_selection.py::test_what_is_not_a_file_of_the_source",),
    ),
    Mutant(
        "check reads no link that leads out of its source",
        SOURCE,
        "mode = 0 if leads_out(root, location) else location.stat().st_mode",
        "mode = location.stat().st_mode",
        ("test_check_fix.py::test_links",),
    ),
    Mutant(
        "a FIFO is not waited for",
        READING,
        "    if not stat.S_ISREG(mode):\n",
        "    if stat.S_ISSOCK(mode):\n",
        ("test_check_selection.py::test_what_is_not_a_file_of_the_source",),
    ),
    Mutant(
        "git starts no monitor that a repository names",
        GIT,
        '    *("-c", "core.fsmonitor="),\n',
        "",
        ("test_foreign_sources.py::test_programs_that_a_repository_names",),
    ),
    Mutant(
        "git starts no filter that a repository names",
        GIT,
        "Path(tree), environ, *where",
        "root, environ, where[0]",
        ("test_foreign_sources.py::test_programs_that_a_repository_names",),
    ),
    Mutant(
        "a line stays one line",
        CONSOLE,
        "    if not line.isprintable():\n",
        "    if not line:\n",
        ("test_check_diff.py::test_text",),
    ),
    Mutant(
        "a name is no command to a CI",
        CONSOLE,
        'if line.lstrip().startswith("::"):',
        'if line.startswith(":::"):',
        ("test_show.py::test_what_would_write_on_the_terminal",),
    ),
)
