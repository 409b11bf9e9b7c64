"""Faults in what keeps the conversion of a repository from losing or inventing anything."""

from __future__ import annotations

from .mutant import Mutant

DRAFT = "s2itasks/convert/draft.py"
UNIT = "s2itasks/convert/unit.py"

MUTANTS = (
    Mutant(
        "a line is changed only where it then means the same",
        DRAFT,
        "if not fresh.unread and agrees(self.script, fresh):",
        "if not fresh.unread:",
        ("test_convert_powershift.py::test_hooks",),
    ),
    Mutant(
        "nothing is changed in a script that cannot be read",
        DRAFT,
        "return self.is_shell and not self.script.unread and len",
        "return self.is_shell and len",
        ("test_convert_powershift.py::test_hooks", "test_convert_v2.py::test_the_file_itself"),
    ),
    Mutant(
        "no block is left empty",
        DRAFT,
        'kept[-1] = (*kept[-1], f"{blank}:")',
        "pass",
        ("test_convert_v2.py::test_what_is_around_a_line",),
    ),
    Mutant(
        "what decides about an if is not taken out of it",
        UNIT,
        "or nodes[0].in_condition or nodes[0].captured",
        "or nodes[0].captured",
        ("test_convert_v2.py::test_what_is_around_a_line",),
    ),
    Mutant(
        "what V2 did not run is not run now",
        "s2itasks/convert/v2.py",
        "elif must_run and not runs(file):",
        "elif must_run and not file.path:",
        ("test_convert_v2.py::test_what_v2_did_not_run",),
    ),
    Mutant(
        "a report shows no secrets",
        "s2itasks/convert/report.py",
        'plain(shown(line.replace("\\t", "    ")))',
        'plain(line.replace("\\t", "    "))',
        ("test_convert_command.py::test_nothing_of_a_line_means_anything_to_markdown",),
    ),
)
