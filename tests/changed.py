"""A copy of s2itasks that is changed, and what it does in each form."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import forms
from application import Application, Result

import s2itasks

START = "import sys\n\nsys.path.insert(0, {!r})\nfrom s2itasks.cli.command_line import run\n\nrun()\n"


class Copy:
    """The application's three forms of a changed s2itasks, once it has been built.

    :param changes: the file, a text that is in it once, and what stands there instead.
    """

    def __init__(self, application: Application, *changes: tuple[str, str, str]) -> None:
        self.application = application
        package = application.root / "package"
        shutil.copytree(Path(s2itasks.__file__).parent, package / "s2itasks")  # compiled as it is
        for name, before, after in changes:
            path = package / "s2itasks" / name
            text = path.read_text(encoding="utf-8")
            assert text.count(before) == 1
            path.write_text(text.replace(before, after), encoding="utf-8")
        console = application.write(application.root / "console" / "s2itasks", START.format(str(package)))
        start = application.path / "libexec" / "s2itasks" / "start.py"
        self.programs = {
            forms.CONSOLE: [sys.executable, str(console)],
            forms.RUNTIME: [os.path.realpath(sys.executable), "-IS", str(start)],
            forms.LAUNCHER: [str(application.path / "bin" / "s2itasks")],
        }
        application.builder("assemble", "echo builder >>$LOG")
        self.run(forms.CONSOLE, "assemble").succeeded()

    def run(self, form: str, *words: str, stdin: bytes = b"") -> Result:
        """Run a command line in one form to its end."""
        return self.application.run(*self.programs[form], *words, stdin=stdin)

    def runs(self, *words: str) -> Iterator[tuple[int, str, str]]:
        """Yield the status, the output and the messages of a command line in each form."""
        for form in forms.FORMS:
            result = self.run(form, *words)
            yield result.status, result.out, result.err

    def compiled(self) -> set[str]:
        """Return the names of the programs of bash, those that the commands share included."""
        return {path.stem for path in self.application.path.glob("libexec/s2itasks/programs.*/*.bash")}
