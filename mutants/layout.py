"""Faults in where things are, and in what `.s2i/environment` says."""

from __future__ import annotations

from .mutant import Mutant

LAYOUT = "s2itasks/layout.py"
SESSION = "s2itasks/session.py"
FAST_PATH = "s2itasks/launcher/fast_path.py"
FILE = "s2itasks/environment/environment_file.py"

MUTANTS = (
    Mutant(
        "S2I_APPLICATION_PATH comes before APP_ROOT",
        LAYOUT,
        'image = "S2I_APPLICATION_PATH" if given else "APP_ROOT"',
        'image = "APP_ROOT" if environ.get("APP_ROOT") else "S2I_APPLICATION_PATH"',
        ("test_hooks.py::test_layout_variables_are_there_for_every_hook",),
    ),
    Mutant(
        "a relative path is refused",
        LAYOUT,
        'if not value.startswith("/"):',
        'if value.startswith("."):',
        ("test_fast_path.py::test_what_fails",),
    ),
    Mutant(
        "the image says where its scripts are",
        LAYOUT,
        'environ.get("STI_SCRIPTS_PATH")',
        'environ.get("NO_STI_SCRIPTS_PATH")',
        ("test_run.py::test_the_image_says_where_the_builder_is",),
    ),
    Mutant(
        "STI_SCRIPTS_PATH may be a URL",
        LAYOUT,
        'removeprefix("image://")',
        'removeprefix("image:/x")',
        ("test_run.py::test_the_image_says_where_the_builder_is",),
    ),
    Mutant(
        "a source directory that is not there is said",
        LAYOUT,
        "if not self.source.is_dir():",
        "if not self.source:",
        ("test_hooks.py::test_a_source_directory_that_is_not_there_is_said",),
    ),
    Mutant(
        "in a container the application is that of the root",
        LAYOUT,
        "    if layout.has_root:\n",
        '    if (layout.source / ".s2i").is_dir():\n',
        ("test_place.py::test_a_container_started_in_another_repository",),
    ),
    Mutant(
        "acting refuses without an application root",
        SESSION,
        "not (phase.makes_root and layout.upload.is_dir())",
        "not layout.upload.is_dir()",
        ("test_place.py::test_assemble_makes_the_application_root",),
    ),
    Mutant(
        "acting refuses in the pinned runtime, too",
        FAST_PATH,
        "if not session.layout.has_root or not",
        "if not",
        ("test_place.py::test_every_form_refuses",),
    ),
    Mutant(
        "listing jobs runs nothing",
        FAST_PATH,
        'if phase["operand"] in (None, *options) else ()',
        "if phase else ()",
        ("test_place.py::test_listing_jobs_runs_nothing",),
    ),
    Mutant(
        "a value with a NUL byte is left out",
        FILE,
        ' and "\\0" not in each.name + each.value',
        "",
        ("test_environment_file.py::test_reading_the_file",),
    ),
    Mutant(
        "bytes that are no text are kept",
        FILE,
        'reading.content(path).decode("utf-8", "surrogateescape")',
        'reading.content(path).decode("utf-8", "replace")',
        ("test_environment_file.py::test_reading_the_file",),
    ),
    Mutant(
        "a name with an equals sign in it is left out",
        FILE,
        'and "=" not in each.name and',
        "and",
        ("test_environment_file.py::test_reading_the_file",),
    ),
    Mutant(
        "a file that cannot be read is said",
        FILE,
        '    except FileNotFoundError:\n        return ""',
        '    except OSError:\n        return ""',
        ("test_environment.py::test_a_directory_in_place_of_the_file_is_said",),
    ),
    Mutant(
        "lines count from the first",
        FILE,
        'enumerate(content.split("\\n"), start=1)',
        'enumerate(content.split("\\n"), start=0)',
        ("test_environment_file.py::test_what_both_read_alike",),
    ),
    Mutant(
        "S2I reads no comment that begins further in",
        FILE,
        'if line.startswith("#") or',
        'if line.strip().startswith("#") or',
        ("test_environment_file.py::test_what_they_read_differently",),
    ),
)
