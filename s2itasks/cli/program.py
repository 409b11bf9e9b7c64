"""invoke's program, with our phases as its subcommands and without what makes no sense for them."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable

from invoke.exceptions import Exit, ParseError
from invoke.parser.argument import Argument
from invoke.parser.context import ParserContext
from invoke.program import Program

from s2itasks import __version__, columns, console
from s2itasks.console import Line
from s2itasks.errors import Failure, UsageError
from s2itasks.hooks import task_process
from s2itasks.hooks.inventory import Inventory
from s2itasks.inspection import hook_text, list_formats, listing
from s2itasks.inspection.dry_run import DryRun
from s2itasks.inspection.list_formats import FORMATS
from s2itasks.laptop import left_out_of_images
from s2itasks.layout import inspected_layout
from s2itasks.phase import session_of, use_session
from s2itasks.phases import graph, namespace
from s2itasks.process.inherited import of_this_process

from . import arguments
from .arguments import OPTIONS, SHOWN
from .executor import PhaseConfig, PhaseExecutor
from .invoke_options import refusal

REFUSED = ("debug", "list-depth", "write-pyc")  # invoke reads these, but they are no options of ours
INTERNAL = ("complete", *REFUSED)  # completion scripts use the other


class PhaseProgram(Program):
    """The console script."""

    def core_args(self) -> list[Argument]:
        """Return the options that stand before a phase."""
        dry = Argument(names=("dry",), kind=bool, default=False, help="Tell what would be run, and run nothing.")
        show = Argument(names=("show",), help="Print a hook, an own task (app.NAME) or a job (jobs CATEGORY/NAME).")
        invokes = (each for each in super().core_args() if each.name in (*SHOWN, *INTERNAL) and each.name != "dry")
        return [dry, show, *invokes]

    @property
    def initial_context(self) -> ParserContext:
        """The options before a phase, ours with our own help."""
        context: ParserContext = super().initial_context
        context.args["help"].help = "Show this help, or explain one phase."
        context.args["list-depth"].kind = bool  # it is refused, whatever it is
        context.args["list"].optional, context.args["list"].kind = False, bool
        context.args["list"].help = "List the phases with their prerequisites and the state of their hooks."
        context.args[
            "list-format"
        ].help = "How to list them: flat (default), nested (what runs before what, as a tree) or json."
        return context

    def create_config(self) -> None:
        """Make a configuration that depends on nothing outside."""
        self.config = self.config_class()

    def update_config(self, merge: bool = True) -> None:  # noqa: FBT001, FBT002 - invoke's signature
        """Leave the configuration alone: the options it would be updated from do not exist here."""

    def parse_core_args(self) -> None:
        """Parse the options before the first phase, and translate everything from there on."""
        if self.argv[1:2] == ["help"]:
            self.argv[1] = "--help"
        super().parse_core_args()
        shell = self.args["print-completion-script"].value
        if shell:
            with left_out_of_images("--print-completion-script"):
                from .completion import script  # noqa: PLC0415 - images do without it
            print(script(shell), end="")
            raise Exit
        if self.args.complete.value:
            return  # what follows is a command line in the making
        for refused in (f"--{name}" for name in REFUSED if self.args[name].got_value):
            raise refusal(refused) or UsageError(f"there is no option {refused!r}", cure="see s2itasks --help")
        words = self.argv[1:]
        end = words.index("--") if "--" in words else len(words)
        behind = words[end - len(self.core.unparsed) :]
        if self.args.show.value:
            self.shown, self.core.unparsed = [self.args.show.value, *behind], []
            return
        line = arguments.translate(behind, graph, self.inspected)
        self.core.unparsed = line.tokens
        if self.args.dry.value:
            use_session(self.config, DryRun(of_this_process(), graph))
        session_of(self.config).command = line.command

    def main(self) -> int:
        """Run ``sys.argv`` and give its status; messages go to stderr."""
        try:
            self.create_config()
            self.parse_core(None)
            self.parse_collection()
            self.parse_tasks()
            self.parse_cleanup()
            self.execute()
        except ParseError as problem:
            raise UsageError(str(problem), cure="see s2itasks --help") from None
        except Exit as end:
            if end.message:
                console.say(end.message)
            return end.code
        return 0

    def parse_cleanup(self) -> None:
        """Show help or list where that is asked for."""
        if self.args.complete.value:
            self.complete()
            raise Exit
        if self.args.show.value:
            self.show(*self.shown)
            raise Exit
        wanted = self.args.help.value
        if isinstance(wanted, str) and wanted.partition(".")[0] == "app":
            has = self.inspected()
            entry = listing.application_entry(graph, has, wanted.partition(".")[2])
            invoke = task_process.invoke(has.layout, os.environ)
            self.print_lines(list_formats.application_explanation(entry, has, invoke))
            raise Exit
        if isinstance(wanted, str):
            self.print_task_help(arguments.find(wanted, graph, self.inspected).name)
            raise Exit
        if self.args["list-format"].value not in FORMATS:
            problem = f"there is no list format {self.args['list-format'].value!r}"
            raise UsageError(problem, cure=f"choose one of: {', '.join(FORMATS)}")
        if self.args.dry.value and not self.tasks:
            raise UsageError("--dry needs a phase or command", cure="give it one: s2itasks --dry assemble")
        super().parse_cleanup()

    def show(self, name: str, *more: str) -> None:
        """Print a hook, a task of the application's own or a job, whose name is two words, as everywhere.

        :raises Failure: when there is no such thing, or it cannot be read.
        """
        of_jobs = name == "jobs" and more
        asked, *rest = more if of_jobs else (name, *more)
        if rest:
            raise UsageError(f"--show takes one name, and {rest[0]!r} is one too many", cure="leave it out")
        has = self.inspected(syntax=True)
        if of_jobs and "/" not in asked:
            raise UsageError(f"{asked!r} is no job", cure=f"name one of its scripts: s2itasks --show jobs {asked}/NAME")
        if "/" not in asked and asked.partition(".")[0] != "app":
            asked = arguments.find(asked, graph, self.inspected).name
        hook_text.show(hook_text.entry_of(asked, graph, has), has)

    def complete(self) -> None:
        """Print what the last word behind ``--`` can become, one candidate a line, and never an error."""
        words = self.argv[self.argv.index("--") + 2 :] if "--" in self.argv else []
        with contextlib.suppress(Failure, OSError):
            with left_out_of_images("completion"):
                from .completion import candidates  # noqa: PLC0415 - likewise
            self.print_lines(candidates(words, graph, self.inspected, OPTIONS))

    def print_task_help(self, name: str) -> None:
        """Explain one phase."""
        phase = graph[name]
        has = self.inspected(syntax=True)
        entry = next(each for each in listing.entries(graph, has) if each.name == name)
        self.print_lines(list_formats.explanation(phase, entry, has, columns.of_terminal(sys.stdout)))
        options = self.parser.contexts[phase.name].help_tuples()
        if options:
            print()
            print("Options:")
            print()
            self.print_columns(options)

    def print_help(self) -> None:
        """Print usage, options and the list of phases."""
        print("Usage: s2itasks [--options] PHASE [--phase-options] ...")
        print()
        print("Options:")
        print()
        context = self.initial_context
        self.print_columns([context.help_for(f"--{name}") for name in SHOWN])
        self.list_tasks()

    def list_tasks(self) -> None:
        """List what there is, in the format asked for.

        :raises Failure: after the list, which is complete but for what could not be read.
        """
        has = self.inspected(syntax=True)
        listed = listing.entries(graph, has)
        if self.list_format == "json":
            print(json.dumps(list_formats.serialized(listed), indent=2))
        else:
            draw = list_formats.nested if self.list_format == "nested" else list_formats.flat
            self.print_lines(draw(listed, has, columns.of_terminal(sys.stdout)))
            sys.stdout.flush()
            for missed in has.near_misses:
                console.warning(f"{missed.path}: {missed}")
        if has.broken and has.unlisted_jobs:
            console.error(str(has.unlisted_jobs))
        failure = has.broken or has.unlisted_jobs
        if failure:
            sys.stdout.flush()
            raise failure

    def inspected(self, *, syntax: bool = False) -> Inventory:
        """Look at what the application has, in a container or in a checkout."""
        return Inventory(inspected_layout(os.environ), graph.hooks, syntax=syntax)

    def print_lines(self, lines: Iterable[Line]) -> None:
        """Print them, one by one."""
        for line in lines:
            console.show(line)


def console_script() -> PhaseProgram:
    """Make the console script's program."""
    return PhaseProgram(
        version=__version__,
        namespace=namespace,
        name="s2itasks",
        binary="s2itasks",
        binary_names=["s2itasks"],
        executor_class=PhaseExecutor,
        config_class=PhaseConfig,
    )
