"""The command ``init``: write what is missing, name what is there already, and say what to type next."""

from __future__ import annotations

import difflib
import io
import json
import os
import shlex
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2itasks import console
from s2itasks.check import calls, git_index
from s2itasks.check.file import File, Role
from s2itasks.check.fixing import shown, shown_in_script
from s2itasks.check.source import ENTRY_POINTS
from s2itasks.convert import report
from s2itasks.convert.conversion import Conversion
from s2itasks.errors import Failure, UsageError
from s2itasks.layout import leads_out
from s2itasks.onefile.start import MANIFEST
from s2itasks.process import reading
from s2itasks.process.replacing import replace

from . import converting, planning
from .planning import ONE_FILE, Wanted

LARGEST = 16 << 20  # bytes of a file that is compared with what it is to be


@dataclass(frozen=True)
class Step:
    """What becomes of one file.

    :param before: its content; None where there is none.
    :param after: what is written; None where it stays as it is.
    """

    wanted: Wanted
    said: str
    before: bytes | None
    after: bytes | None
    gets_run_bit: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether the file is then what it is to be, and not what somebody has made of it."""
        return self.after is not None or self.wanted.adds or self.before == self.wanted.content


def init(
    source: Path,
    environ: Mapping[str, str],
    *,
    install: str = "pyz",
    hooks: Sequence[str] = (),
    force: bool = False,
    upgrade: bool = False,
    dry_run: bool = False,
    conversion: Conversion | None = None,
) -> None:
    """Make a repository ready for s2itasks.

    :param source: its directory.
    :param install: how s2itasks gets into the image: ``pyz``, ``pip`` or ``wheel``.
    :param hooks: starter hooks to write.
    :param force: replace files that are there and differ.
    :param upgrade: replace the one file, and nothing else.
    :param dry_run: only show what would be changed.
    :param conversion: what becomes of hooks that were written for something else.
    :raises UsageError: when it is no directory that can be written to, or there is no such way or hook.
    :raises GitRefused: when the files cannot be put into git's index, after everything has been written.
    """
    require_writable(source)
    if upgrade and (hooks or force or install != "pyz" or conversion):
        raise UsageError(f"--upgrade replaces {ONE_FILE} and nothing else", cure="leave out the other options")
    if upgrade:
        wanted = [Wanted(ONE_FILE, planning.one_file())]
        if not os.path.lexists(source / ONE_FILE):
            raise UsageError(f"there is no {ONE_FILE} in {source} to upgrade", cure="run init without --upgrade")
    else:
        converted = list(converting.wanted(conversion)) if conversion else []
        paths = {each.path for each in converted}
        planned = planning.wanted(source, install, hooks, converts=conversion is not None)
        wanted = [each for each in planned if each.path not in paths] + converted
    steps = [_step(source, each, force=force or upgrade) for each in wanted]
    converting.tell_of_kept(conversion, [step.wanted.path for step in steps if not step.is_ours])
    lines = list(planning.environment(step.wanted for step in steps if step.is_ours))
    lines = list(converting.added(conversion, lines)) if conversion else lines
    steps += [_step(source, each, force=False) for each in lines]
    if conversion and not dry_run:
        _warn_of_uncommitted(source, environ, steps)
    for step in steps:
        changes = step.after is not None or step.gets_run_bit
        if changes and not dry_run:
            _write(source, step)
        console.show(f"{step.wanted.path}: {f'would be {step.said}' if dry_run and changes else step.said}")
        if dry_run:
            _show(step)
    if not dry_run:
        _add_to_index(source, environ, steps)
        _say_next(source, install, upgrade=upgrade)
    hint = "" if conversion or upgrade else converting.hint(source)
    if hint:
        console.show(hint)


def _warn_of_uncommitted(source: Path, environ: Mapping[str, str], steps: Sequence[Step]) -> None:
    """Say how many files nobody can get back as they were."""
    changed = {step.wanted.path: step.before for step in steps if step.before is not None and step.after is not None}
    count = len(git_index.uncommitted(source, environ, changed))
    if count:
        said = "1 file is changed here as no commit has it" if count == 1 else f"{count} files are changed here as no "
        said += "" if count == 1 else "commit has them"
        console.warning(
            f"{said}, so git cannot bring back what was there; commit before you convert, and look first with --dry-run"
        )


def require_writable(source: Path) -> None:
    """Refuse a directory that is none, or in which nothing can be written.

    :raises UsageError: says so.
    """
    if not source.is_dir():
        raise UsageError(f"{source} is no directory", cure="give the directory of the application's repository")
    directories = (source, source / ".s2i", source / ".s2i" / "bin", source / ".s2i" / "action_hooks")
    for directory in directories:
        if directory.is_symlink() and leads_out(source, directory):
            raise UsageError(f"{directory} is a link that leads out of {source}", cure="put a directory there")
        if directory != source and directory.is_symlink():
            raise UsageError(f"{directory} is a link", cure="put the directory itself there: S2I moves it")
        if os.path.lexists(directory) and not directory.is_dir():
            raise UsageError(f"{directory} is no directory", cure="move it away")
        if directory.is_dir() and not os.access(directory, os.W_OK | os.X_OK):
            raise UsageError(f"nothing can be written into {directory}", cure="look at its owner and mode")


def _step(source: Path, wanted: Wanted, *, force: bool) -> Step:
    """Decide what becomes of a file."""
    path = source / wanted.path
    if leads_out(source, path):
        raise UsageError(f"{path} is a link that leads out of {source}", cure="put the file itself there")
    if not os.path.lexists(path):
        return Step(wanted, "written", None, wanted.content)
    try:
        before = reading.content(path, LARGEST)
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {problem.strerror}", cure="move it away") from None
    lacks_run_bit = wanted.executable and not path.stat().st_mode & 0o111
    if wanted.adds:
        return _added(wanted, before)
    if before == wanted.content:
        return Step(wanted, "given its run bit" if lacks_run_bit else "as it is to be", before, None, lacks_run_bit)
    if wanted.in_place:
        return Step(wanted, "converted", before, wanted.content)
    if not force:
        return Step(wanted, _left(path, wanted), before, None)
    said = f"replaced {_version(before)} by {_version(wanted.content)}" if wanted.path == ONE_FILE else "replaced"
    return Step(wanted, said, before, wanted.content)


def _left(path: Path, wanted: Wanted) -> str:
    """Say that a file stays, and what would replace it; of an entry point that does its work, nothing should."""
    if wanted.path == ONE_FILE:
        return "left as it is; --upgrade replaces it"
    if wanted.path in ENTRY_POINTS:
        script = File(wanted.path, path, Role.ENTRY_POINT, path.stat().st_mode).script
        if any(calls.of_s2itasks(command) for command in script.commands()):
            return "left as it is: it calls s2itasks in a way of its own"
    return "left as it is; --force replaces all of it"


def _added(wanted: Wanted, before: bytes) -> Step:
    """Add the lines of variables that the file does not set."""
    known = {line.partition(b"=")[0].strip() for line in before.splitlines()}
    wished = wanted.content.splitlines(keepends=True)
    lines = [line for line in wished if line.partition(b"=")[0].strip() not in known]
    if not lines:
        return Step(wanted, "as it is to be", before, None)
    end = b"" if not before or before.endswith(b"\n") else b"\n"
    names = ", ".join(line.partition(b"=")[0].strip().decode("utf-8", "replace") for line in lines)
    return Step(wanted, f"extended by {names}", before, before + end + b"".join(lines))


def _version(content: bytes) -> str:
    """Say which s2itasks a file holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            versions = json.loads(opened.read(MANIFEST))["versions"]
    except (zipfile.BadZipFile, KeyError, ValueError):
        return "something else"
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _show(step: Step) -> None:
    """Show a change as git does; of a file that is no text, only that there is one."""
    if step.after is None:
        return
    old = "/dev/null" if step.before is None else f"a/{step.wanted.path}"
    if b"\0" in step.after:
        console.show(f"Binary files {old} and b/{step.wanted.path} differ")
        return
    texts = (text.decode("utf-8", "replace").splitlines() for text in (step.before or b"", step.after))
    before, after = ([*report.without_keys(lines)] for lines in texts)
    of_script = step.wanted.path != ".s2i/environment"  # where a value goes on to the end of its line
    for line in difflib.unified_diff(before, after, old, f"b/{step.wanted.path}", lineterm=""):
        console.show_content(line[:1] + (shown_in_script if of_script else shown)(line[1:]))


def _write(source: Path, step: Step) -> None:
    path = source / step.wanted.path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o7777 if step.before is not None else 0o644
        mode = mode | 0o111 if step.wanted.executable else mode
        if step.after is not None:
            replace(path, step.after, mode)
        else:
            path.chmod(mode)
    except OSError as problem:
        raise Failure(
            f"{path} cannot be written: {problem.strerror}", cure="correct that, and run init again", status=1
        ) from None


def _add_to_index(source: Path, environ: Mapping[str, str], steps: Sequence[Step]) -> None:
    """Stage the files: a clone, and so a build, has what the index has, and gets run bits from it alone."""
    known = git_index.modes(source, environ, ".")
    for step in steps:
        path, mode = step.wanted.path, 0o100755 if step.wanted.executable else 0o100644
        if step.is_ours and (step.after is not None or known.get(path) != mode):
            content = step.after if step.after is not None else step.before or b""
            git_index.add(source, environ, path, mode, content)


def _say_next(source: Path, install: str, *, upgrade: bool) -> None:
    """End with what to type."""
    program = f"python3 {shlex.quote(str(source / ONE_FILE))}" if install == "pyz" or upgrade else "s2itasks"
    if install == "wheel":
        console.show(f"Put the wheels of s2itasks, invoke and python-dotenv into {source / '.s2i/wheels'}.")
    console.show("Commit .s2i. Next:")
    console.show(f"    {program} check {shlex.quote(str(source))}")
    console.show(f"    {program} rehearse {shlex.quote(str(source))}")
