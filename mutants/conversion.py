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
        "what would be noticed in another hook gets a subshell there",
        "s2itasks/convert/v2_joining.py",
        "if _touches(known) or _touches(draft):",
        "if _touches(draft) and not known.path:",
        ("test_convert_sure.py::test_what_is_joined",),
    ),
    Mutant(
        "a migration that a cd decides about stays",
        "s2itasks/convert/v2_hooks.py",
        "or not deploy.path or any(map(moves, deploy.script.commands())):",
        "or not deploy.path:",
        ("test_convert_v2.py::test_a_line", "test_convert_sure.py::test_deploy"),
    ),
    Mutant(
        "links that depend on the directory stay in build",
        "s2itasks/convert/v2_data.py",
        "if goes(draft.script) or not _moves(draft, unit):",
        "if not _moves(draft, unit):",
        ("test_convert_sure.py::test_links_that_cannot_move",),
    ),
    Mutant(
        "an export that something else decides about stays in its hook",
        "s2itasks/convert/v2_sourced.py",
        "kept = [unit for unit in found if not any(",
        "kept = [unit for unit in found if not all(",
        ("test_convert_environment.py::test_what_may_be_something_else_there",),
    ),
    Mutant(
        "what names .openshift still keeps it from being called deletable",
        "s2itasks/convert/v2_helpers.py",
        "    if users:",
        "    if not texts:",
        ("test_convert_helpers.py::test_what_cannot_be_deleted",),
    ),
    Mutant(
        "no path is put behind a variable that the script sets",
        "s2itasks/convert/whereabouts.py",
        "for name, value in values.items() if not sets(text, name)}",
        "for name, value in values.items() if name}",
        ("test_convert_sure.py::test_deploy",),
    ),
    Mutant(
        "a helper keeps its cd",
        "s2itasks/convert/v2_commands.py",
        "if alone and command is not None",
        "if command is not None",
        ("test_convert_sure.py::test_a_helper",),
    ),
    Mutant(
        "a marker is that of --once only where nothing happens without it",
        "s2itasks/convert/warpdrive_marker.py",
        "guard = nodes[0] if len(nodes) == 1 else None",
        "guard = nodes[0] if nodes else None",
        ("test_convert_warpdrive.py::test_what_is_no_marker",),
    ),
    Mutant(
        "a report shows no secrets",
        "s2itasks/convert/report.py",
        'plain(shown(line.replace("\\t", "    ")))',
        'plain(line.replace("\\t", "    "))',
        ("test_convert_command.py::test_nothing_of_a_line_means_anything_to_markdown",),
    ),
)
