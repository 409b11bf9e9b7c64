"""Runs a task of the application's task file. The application's interpreter executes it, so it imports nothing of ours.

Its arguments: a directory with our invoke in it, the task file, how messages call that, the task, and its options.
"""

from __future__ import annotations

import os
import sys

if sys.path[0] == os.path.dirname(os.path.realpath(__file__)):  # noqa: PTH120 - pathlib takes its time
    del sys.path[0]  # it has modules of ours

import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location, spec_from_loader
from typing import Any, NoReturn

USAGE = 2
DEEPEST = 300  # tasks, each before the next; invoke follows them recursively, which Python ends at some 900


def main(packages: str, file: str, shown: str, name: str, *words: str) -> None:
    """Load the file, and let invoke run the task."""
    try:
        loaded("s2i_task_invoke", f"{os.path.dirname(__file__)}/task_invoke.py").provide(packages)  # noqa: PTH120
        import invoke.program  # noqa: PLC0415 - it is there only now
    except Exception as problem:  # noqa: BLE001 - whatever is wrong with it
        end(
            f"invoke cannot be imported: {said(problem)}",
            "correct what is installed with the application's packages, or uninstall it",
        )
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, "")  # the source directory, as for the application's own scripts
    sys.path.insert(1, file.rpartition("/")[0])
    try:
        module = loaded("s2i_tasks", file)
    except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever it does
        end(f"{shown}{place(problem, file)}: {said(problem)}", "correct it")
    tasks: list[Any] = [each for each in vars(module).values() if isinstance(each, invoke.tasks.Task)]
    if name not in [task.name for task in tasks]:
        end(f"{shown} has no task {name!r} once it is imported", "declare it unconditionally")
    require_order(next(task for task in tasks if task.name == name), shown)
    collection = invoke.collection.Collection(auto_dash_names=False)
    for task in tasks:
        collection.add_task(task)
    root = invoke.collection.Collection(auto_dash_names=False)
    root.add_collection(collection, "app")

    class TaskProgram(invoke.program.Program):
        """invoke's program, with our status for a usage error."""

        def parse_tasks(self) -> None:
            """Parse the task's options."""
            try:
                super().parse_tasks()
            except (invoke.exceptions.ParseError, ValueError) as problem:  # the latter of a value, as int() raises it
                end(f"app.{name}: {problem}", f"see s2itasks --help app.{name}")

    class TaskConfig(invoke.config.Config):
        """A configuration that reads no files: whose home directory this is, nobody knows."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "lazy": True})

    program = TaskProgram(namespace=root, name="s2itasks", binary="s2itasks", config_class=TaskConfig)
    program.run(["s2itasks", f"app.{name.replace('-', '_')}", *words])


def loaded(name: str, file: str) -> Any:
    """Import a file, under a name that no module of the application has."""
    loader = SourceFileLoader(name, file)
    spec = spec_from_loader(name, loader)
    assert spec is not None  # noqa: S101 - for the type checker
    module = sys.modules[name] = module_from_spec(spec)
    loader.exec_module(module)
    return module


def require_order(asked: Any, shown: str) -> None:
    """End where a task is its own prerequisite or stands on top of too many, which invoke would not survive.

    Only now is it known for sure: a file may change the lists of its tasks.
    """
    heights: dict[int, int] = {}

    def height(task: Any, above: tuple[Any, ...]) -> int:
        if any(each is task for each in above):
            end(f"{shown}: task {task.name!r} is its own prerequisite", "take it out of pre= or post=")
        if id(task) not in heights and len(above) <= DEEPEST:
            around = [getattr(each, "task", each) for each in (*task.pre, *task.post)]
            for each in around:
                if not hasattr(each, "pre"):
                    problem = f"{shown}: task {task.name!r} has a prerequisite that is not a task: {each!r:.60}"
                    end(problem, "give it the decorator @task, or take it out")
            heights[id(task)] = 1 + max((height(each, (*above, task)) for each in around), default=0)
        if heights.get(id(task), DEEPEST + 1) > DEEPEST:
            problem = f"{shown}: more than {DEEPEST} tasks have to run before task {asked.name!r}, each before the next"
            end(problem, "let fewer of them need each other")
        return heights[id(task)]

    height(asked, ())


def end(problem: str, cure: str) -> NoReturn:
    """Print what is wrong and what to do about it, as `errors.Failure` does, and end."""
    sys.stderr.write(masked(f"s2itasks: error: {problem}; {cure}\n"))
    sys.exit(USAGE)


def masked(text: str) -> str:
    """Mask what looks like a secret, by our own module, under a name that no module of the application has."""
    directory = os.path.join(os.path.dirname(os.path.dirname(__file__)), "masking")  # noqa: PTH118, PTH120
    places = [directory]
    spec = spec_from_file_location("_s2itasks_masking", f"{directory}/__init__.py", submodule_search_locations=places)
    assert spec is not None  # noqa: S101 - for the type checker
    sys.modules[spec.name] = module_from_spec(spec)
    return str(import_module(f"{spec.name}.text").masked_text(text))


def said(problem: BaseException) -> str:
    """Return an error as Python's last line of a traceback has it."""
    return traceback.format_exception_only(type(problem), problem)[-1].strip()


def place(problem: BaseException, file: str) -> str:
    """Return the line of the task file where it went wrong, and of a file that it imports if that is where it did."""
    if isinstance(problem, SyntaxError) and problem.filename == file:
        return f", line {problem.lineno}"
    frames: Sequence[traceback.FrameSummary] = traceback.extract_tb(problem.__traceback__)
    frames = [frame for frame in frames if not frame.filename.startswith("<frozen")]
    ours = [frame.lineno for frame in frames if frame.filename == file]
    if not ours:
        return ""
    last = frames[-1]
    return f", line {ours[-1]}" + (f" (in {last.filename}, line {last.lineno})" if last.filename != file else "")


main(*sys.argv[1:])
