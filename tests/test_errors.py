"""Every failure says in one line what happened and what to do about it, and is printed with one prefix on stderr."""

from __future__ import annotations

import ast
import errno
import pkgutil
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest

import s2itasks
from s2itasks.build.building import BuilderCallsItself
from s2itasks.build.permissions import NotWritable
from s2itasks.builder import errors as of_builder
from s2itasks.check.configuration import Misconfigured
from s2itasks.check.cron_schedule import NotASchedule
from s2itasks.check.git_index import GitRefused
from s2itasks.check.linting import Flawed, Mendable
from s2itasks.check.registry import RULES
from s2itasks.check.reports import Report
from s2itasks.check.rule import Finding
from s2itasks.deployment.arriving import StillMissing
from s2itasks.deployment.commands import CategoryMissing, CommandMissing
from s2itasks.deployment.waiting import NeverReady
from s2itasks.doctor.diagnosing import Ill
from s2itasks.environment import errors as of_environment
from s2itasks.environment.required import Missing, NoName, Required
from s2itasks.errors import ConfigurationError, Failure, PackagesBroken, Stopped, SystemRefused, UsageError, ended
from s2itasks.evaluation import NotEvaluated
from s2itasks.graph import Kind
from s2itasks.hooks.errors import EnvScriptAsTask, HookTwice, TaskFileUnreadable
from s2itasks.hooks.found import Found
from s2itasks.hooks.jobs import JobsFailed, NoSuchCategory
from s2itasks.hooks.marker import MarkerNotWritten, NoPlaceForMarker, WaitsForItself
from s2itasks.inspection.dry_run import JobsWouldFail
from s2itasks.inspection.env_command import ComparedOtherwise, OneEnvironmentAlready
from s2itasks.inspection.env_diff import NotAnEnvironment
from s2itasks.inspection.env_formats import CannotCarry
from s2itasks.inspection.hook_text import NoFileOfItsOwn, NoSuchJob, NothingThere, OutsideSource
from s2itasks.laptop import BelongsOnLaptop
from s2itasks.layout import BuilderScriptMissing, EmbeddedBuilderLeftOut, PathNotAbsolute, SourceMissing
from s2itasks.manifests.described import BadSchedule
from s2itasks.manifests.manifesting import CannotWrite, NotADirectory, NotOurs, StdoutClosed
from s2itasks.process import early_exit
from s2itasks.process.errors import (
    ByteOrderMark,
    CannotExecute,
    CommandNotFound,
    EnvScriptUnparsable,
    HookFailed,
    HookUnparsable,
    InterpreterMissing,
    LoaderMissing,
    NotAFile,
    NotExecutable,
    TimedOut,
    Unreadable,
    WindowsLineEndings,
)
from s2itasks.process.limits import Limit
from s2itasks.process.verdict import State
from s2itasks.rehearse import postgresql, probing, stopping
from s2itasks.rehearse.demanded import NotGiven
from s2itasks.rehearse.engine import EngineFailed, EngineSilent, NoEngine
from s2itasks.rehearse.home import CacheOfOther
from s2itasks.rehearse.image import NoImage
from s2itasks.rehearse.installation import NoVirtualEnvironment
from s2itasks.rehearse.interpreter import NoEnvironments, NoPython, PipWouldRefuse, PythonMissing, PythonTooOld
from s2itasks.rehearse.machine_pythons import Interpreter
from s2itasks.rehearse.python_files import of_number
from s2itasks.rehearse.rehearsal import VerifyFailed
from s2itasks.rehearse.serving import NotReady
from s2itasks.rehearse.source_copy import CannotCopy
from s2itasks.rehearse.started import GunicornMissing, ModuleMissing
from s2itasks.session import NoApplicationRoot

PACKAGE = Path(s2itasks.__file__).parent
PROGRAMS = ("s2itasks.__main__", "s2itasks.builder.__main__", "s2itasks.hooks.task_program")  # run, never imported
DEPLOY, DEPLOY_ENV = ".s2i/action_hooks/deploy", ".s2i/action_hooks/deploy_env"
HERE, SHELL = Path(__file__), Path("/bin/sh")  # without and with a run bit
PYTHON = Interpreter(Path("/usr/bin/python3.11"), (3, 11, 7))
KILLED = 128 + signal.SIGKILL


def refused(number: int, file: str | None = None) -> OSError:
    """Return what Python raises for a system call that fails."""
    return OSError(number, "as the kernel says it", file)


def report(rule: str) -> Report:
    """Return what ``check`` has to say about one finding."""
    return Report(Path(), [Finding(RULES[rule], DEPLOY, 1, "a message")], [])


# One of each class at least, and of those that know several cures, one of each.
FAILURES = [
    UsageError("there is no phase 'x'", cure="see s2itasks --list for what there is"),
    ConfigurationError("A is 'x', which is not a number", cure="give a number"),
    CommandMissing(),
    CategoryMissing(),
    PathNotAbsolute("S2I_SOURCE_PATH", "src"),
    BuilderScriptMissing(Path("/usr/libexec/s2i/run")),
    SourceMissing(Path("/opt/app-root/src")),
    NotWritable(Path("/opt/app-root/src"), Path("/opt/app-root")),
    NoApplicationRoot(Path("/opt/app-root"), None),
    NoPlaceForMarker(Path("/opt/app-root/src/data/done"), "No such file or directory"),
    MarkerNotWritten(Path("/opt/app-root/src/data/done"), "setup", "No space left on device"),
    WaitsForItself(Path("/opt/app-root/src/data/done"), "setup"),
    StillMissing({"tcp://db:5432": "connection refused"}, Limit(60, "--for")),
    NeverReady(Limit(120, "--wait"), ended(7)),
    NoApplicationRoot(Path("/opt/app-root"), Path("/tmp/src")),  # noqa: S108 - where S2I puts it
    EmbeddedBuilderLeftOut(),
    BelongsOnLaptop("check"),
    Mendable(Path("/opt/app-root/src"), 2),
    Misconfigured(Path("pyproject.toml"), "strict in [tool.s2itasks.check] is not true or false", "correct it"),
    PackagesBroken(ImportError("No module named 'invoke'")),
    BuilderCallsItself(Path("/tmp/scripts")),  # noqa: S108 - where S2I puts them
    NotExecutable(HERE, DEPLOY),
    NotExecutable(HERE, "/opt/app-root/deploy"),
    NotExecutable(SHELL, DEPLOY),
    NotAFile(Path("/"), DEPLOY),
    Unreadable(DEPLOY, "Permission denied"),
    Unreadable(".s2i/environment", OSError(errno.EFBIG, "it is larger than 1024 KiB")),
    WindowsLineEndings(DEPLOY),
    ByteOrderMark(DEPLOY),
    InterpreterMissing(DEPLOY, "/no/such"),
    LoaderMissing(DEPLOY),
    CommandNotFound("python"),
    CommandNotFound("./python"),
    CommandNotFound(""),
    CannotExecute("python", "Permission denied", cure="look at its owner and mode"),
    SystemRefused(refused(errno.EACCES, "/opt/app-root")),
    SystemRefused(refused(errno.ENOENT, "/opt/app-root")),
    SystemRefused(refused(errno.ENOSPC)),
    SystemRefused(refused(errno.EMFILE)),
    SystemRefused(refused(errno.EIO)),
    SystemRefused(OSError("in words alone")),
    TaskFileUnreadable(".s2i/tasks.py", 3, "invalid syntax"),
    HookTwice(DEPLOY, "deploy of .s2i/tasks.py (line 3)"),
    EnvScriptAsTask("deploy_env of .s2i/tasks.py (line 3)", "deploy_env"),
    HookFailed(DEPLOY, 3),
    HookFailed(DEPLOY, KILLED),
    HookUnparsable(DEPLOY, 2, 3),
    EnvScriptUnparsable(DEPLOY_ENV, 2, 3),
    EnvScriptUnparsable(DEPLOY_ENV, 2, 3, "unexpected end of file"),
    TimedOut(DEPLOY, "5", "--timeout"),
    Stopped(signal.SIGTERM),
    of_environment.EnvScriptFailed(DEPLOY_ENV, 1, (DEPLOY_ENV, "3"), "what it said"),
    of_environment.EnvScriptFailed(DEPLOY_ENV, 1, None),
    of_environment.EnvScriptFailed(DEPLOY_ENV, KILLED, None),
    of_environment.FunctionFailed(DEPLOY_ENV, 1, ("f", "3", DEPLOY_ENV), "what it said"),
    of_environment.LastCommandFalse(DEPLOY_ENV, 1),
    of_environment.ScriptCalledExit(DEPLOY_ENV),
    of_environment.SourcedAgain(DEPLOY_ENV),
    of_environment.ActivationFailed("/opt/app-root/bin/activate", 0),
    of_environment.EnvironmentLost(DEPLOY_ENV, 126),
    of_environment.EnvironmentLost(DEPLOY_ENV, 0),
    of_environment.HookGone(DEPLOY),
    of_environment.VariableNotSet("A"),
    NotEvaluated("deploy_env"),
    NoName(".s2i/required", 3, "SECRET KEY"),
    NoName(".s2i/required", 3, "SECRET_KEY=x"),
    Missing([Required("SECRET_KEY", "signs sessions", 1)], ".s2i/required"),
    Missing([Required("SECRET_KEY", "", 1), Required("DATABASE_URL", "", 2)], ".s2i/required"),
    BadSchedule(".s2i/jobs/nightly/schedule", NotASchedule("there is no schedule in it")),
    NotOurs(Path("deploy/service.yaml")),
    NotADirectory(Path("deploy.yaml")),
    StdoutClosed(),
    CannotWrite(Path("deploy/service.yaml"), refused(errno.EACCES)),
    JobsFailed("hourly", ["a"], 2),
    NoSuchCategory("weekly", ["hourly"], Path(".s2i/jobs")),
    NoSuchCategory("weekly", [], Path(".s2i/jobs")),
    JobsWouldFail("hourly", ["a"], 2),
    CannotCarry("json", "A", "it holds bytes that are not UTF-8"),
    ComparedOtherwise(),
    OneEnvironmentAlready(),
    NotAnEnvironment("file", "cannot be read: Is a directory"),
    NoFileOfItsOwn("jobs"),
    NoFileOfItsOwn("assemble"),
    NothingThere(Found(Kind.HOOK, Path(".s2i/action_hooks/build"), ".s2i/action_hooks/build", State.MISSING), "build"),
    NoSuchJob("hourly", "a", ["b"]),
    NoSuchJob("hourly", "a", []),
    OutsideSource(".s2i/action_hooks/build"),
    Flawed(report("S2I201")),
    Flawed(report("S2I503")),
    GitRefused("fatal: Unable to create '.git/index.lock': File exists."),
    GitRefused(""),
    VerifyFailed(HookFailed("s2itasks verify", 1)),
    NotReady("port 8080 did not answer within 120 s"),
    NoVirtualEnvironment("python -m venv", 1),
    PythonTooOld("3.8", "3.8"),
    PythonMissing("3.99", [PYTHON]),
    NoPython("/bin/ls"),
    PipWouldRefuse(of_number("requires-python is '>=3.13'", "3.13"), "3.11.7"),
    NoEnvironments(PYTHON),
    ModuleMissing("shop.wsgy", Path("/srv/shop"), "shop/wsgy.py", "shop.wsgi"),
    ModuleMissing("shop.wsgy", Path("/srv/shop"), "shop/wsgy.py", ""),
    GunicornMissing("wsgi.py"),
    probing.ProbesFailed(["ready"]),
    stopping.DoesNotStop("in deploy"),
    postgresql.NotInstalled(),
    NoEngine(),
    CacheOfOther(Path("/tmp/s2itasks-1000650000")),  # noqa: S108 - an example
    Ill(1),
    Ill(3),
    NotGiven([Required("SECRET_KEY", "signs sessions", 1)]),
    EngineSilent("docker", "Cannot connect to the Docker daemon"),
    EngineFailed("podman tag", "no such image"),
    NoImage("registry.example.com/python", 125),
    postgresql.DoesNotStart("initdb failed"),
    CannotCopy("/srv/application/secret", "Permission denied"),
    of_builder.StepFailed("pip install", 1),
    of_builder.StepFailed("pip install", -signal.SIGKILL),
    of_builder.CannotStart("./app.sh", refused(errno.EACCES)),
    of_builder.CannotStart("./app.sh", refused(errno.ENOENT)),
    of_builder.CannotStart("gunicorn", refused(errno.ENOENT)),
    of_builder.CannotStart(str(HERE), refused(errno.ENOENT)),
    of_builder.CannotStart("gunicorn", refused(errno.EIO)),
    of_builder.UnknownScript(["deploy"]),
    of_builder.ConflictingTools(),
    of_builder.HomeMissing(Path("/opt/app-root/src/site"), refused(errno.ENOENT)),
    of_builder.NoSuchApplication("APP_FILE", "main.py"),
    of_builder.NameUnknown(Path("/opt/app-root/src/setup.py")),
    of_builder.NothingToRun(),
    of_builder.NothingToRun("APP_MODULE=shop:app"),
    of_builder.NothingToRun(module="website.wsgi"),
]

# What a cure begins with: a request, or one of the forms that people know from elsewhere.
VERBS = {
    *(
        "add",
        "call",
        "choose",
        "convert",
        "correct",
        "create",
        "declare",
        "do",
        "find",
        "free",
        "give",
        "install",
        "leave",
    ),
    *(
        "let",
        "look",
        "make",
        "mount",
        "move",
        "name",
        "put",
        "raise",
        "remove",
        "rename",
        "run",
        "see",
        "set",
        "shorten",
    ),
    *("take", "try", "unset", "use", "wait", "write"),
}
FORMS = (
    *("did you mean ", "in the image: ", "in the repository: ", "in a clone of the repository: "),
    *("in the Dockerfile, as root: ", "on a laptop, 's2itasks rehearse' "),
)


def is_cure(text: str) -> bool:
    """Whether a text asks for something, in one line and without a full stop."""
    begins = text.split(" ", 1)[0] in VERBS or text.startswith(FORMS)
    return begins and "\n" not in text and not text.endswith((".", ";", " "))


def classes() -> set[type[Failure]]:
    """Return all classes of failures, having imported every module."""
    for module in pkgutil.walk_packages(s2itasks.__path__, "s2itasks."):
        if module.name not in PROGRAMS:
            import_module(module.name)
    found = set(Failure.__subclasses__())
    while below := {each for known in found for each in known.__subclasses__()} - found:
        found |= below
    return found


def test_each_class_is_here() -> None:
    """Who adds one adds it to the table."""
    assert {each.__name__ for each in classes()} == {type(failure).__name__ for failure in FAILURES}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_each_is_one_line_with_a_cure(failure: Failure) -> None:
    """``PROBLEM; CURE``, and a status that a process can end with."""
    assert str(failure) == f"{failure.problem}; {failure.cure}"
    assert str(failure).isprintable()
    assert failure.problem
    assert not failure.problem.endswith((".", ";", ":", " "))
    assert is_cure(failure.cure), failure.cure
    assert 1 <= failure.status <= 255


def test_each_says_what_it_is() -> None:
    """For the reader of the code."""
    assert [each for each in classes() if "." not in (each.__dict__.get("__doc__") or "")] == []


def test_none_can_be_raised_without_a_cure() -> None:
    """Not even by accident."""
    with pytest.raises(TypeError, match="cure"):
        Failure("something is wrong")  # type: ignore[call-arg] # what mypy refuses, Python does, too


CURE_LAST = ("BadDeclaration", "end")  # what takes it as its last argument, without a name
# Cures that no text of their module says, by module; what is raised with them is in FAILURES.
WORKED_OUT = {
    ("check/source.py", "f'{missed}'"),
    ("cli/invoke_options.py", "INSTEAD[option]"),
    ("builder/django.py", "advice(gunicorn=gunicorn.is_installed(), wsgi=wsgi, module=module)"),
    ("builder/errors.py", "cure_of(status)"),
    ("hooks/task_file.py", "cure_of_reading(shown, problem)"),
    ("hooks/task_file.py", "problem.cure"),
    ("process/errors.py", "cure_of_reading(shown, reason)"),
    ("process/errors.py", "cure_of(status)"),
    ("process/execution.py", "cures.get(problem.errno or 0, 'look at its owner and mode')"),
}


@dataclass
class Cures:
    """The cures that a module has in so many words, with their lines; {} for what is filled in.

    :param worked_out: the expressions that are no such words.
    """

    file: Path
    texts: list[tuple[int, str]] = field(default_factory=list)
    worked_out: list[str] = field(default_factory=list)
    _seen: list[ast.expr] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Walk the module."""
        for function in ast.walk(ast.parse(self.file.read_bytes())):
            if isinstance(function, ast.FunctionDef):
                for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults):
                    if argument.arg == "cure" and default is not None:
                        self._add(default, function)
                for node in ast.walk(function):
                    if isinstance(node, ast.keyword) and node.arg == "cure":
                        self._add(node.value, function)
                    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CURE_LAST:
                        self._add(node.args[-1], function)

    def _add(self, value: ast.expr, function: ast.FunctionDef) -> None:
        if isinstance(value, ast.IfExp):
            self._add(value.body, function)
            self._add(value.orelse, function)
        elif isinstance(value, ast.BoolOp):
            for each in value.values:
                self._add(each, function)
        elif isinstance(value, ast.Name):
            self._add_name(value, function)
        elif isinstance(value, ast.Constant):
            self.texts.append((value.lineno, str(value.value)))
        elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
            parts = [str(each.value) if isinstance(each, ast.Constant) else "{}" for each in value.values]
            self.texts.append((value.lineno, "".join(parts)))
        elif not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "did_you_mean"):
            self.worked_out.append(ast.unparse(value))

    def _add_name(self, name: ast.Name, function: ast.FunctionDef) -> None:
        """Add all that a variable can be; a parameter is the business of whoever calls the function."""
        values = [value for node in ast.walk(function) for value in assigned(node, name.id)]
        for value in values:
            if value not in self._seen:  # it may be made of what it was before
                self._seen.append(value)
                self._add(value, function)
        parameters = [*function.args.args, *function.args.kwonlyargs]
        if not values and name.id not in [each.arg for each in parameters]:
            module = import_module(".".join(self.file.relative_to(PACKAGE.parent).with_suffix("").parts))
            self.texts.append((name.lineno, getattr(module, name.id)))


def assigned(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """Return what an assignment gives to a variable, if it is one."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id == name:
            yield node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(target.elts, node.value.elts)
            yield from (value for each, value in pairs if isinstance(each, ast.Name) and each.id == name)


def test_each_cure_where_it_is_raised() -> None:
    """Also of the classes that take a message and a cure from whoever raises them, and of the builder's warnings."""
    modules = {str(file.relative_to(PACKAGE)): Cures(file) for file in PACKAGE.rglob("*.py")}
    found = [(f"{name}:{line}", cure) for name, module in modules.items() for line, cure in module.texts]
    assert len(found) > 110
    assert [(place, cure) for place, cure in found if not is_cure(cure)] == []
    assert {(name, each) for name, module in modules.items() for each in module.worked_out} == WORKED_OUT


def test_one_prefix_everywhere() -> None:
    """Nothing is printed in another style, and what is printed without a failure has a cure, too."""
    for file in (each for each in PACKAGE.rglob("*") if each.is_file() and each.suffix != ".pyc"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\b(?:ERROR|WARNING):", text), file
        for quote, said in re.findall(r"""(['"])s2itasks: (?:error|warning): (.*?)\1""", text):
            assert "; " in said or said in ("{failure}", "{text}"), (file, quote, said)


def test_a_signal_during_an_import_is_said_alike() -> None:
    """By text of its own, because nothing can be imported then."""
    said = f"s2itasks: error: {Stopped(signal.SIGTERM)}\n"
    assert said.encode() == early_exit.SAID % b"SIGTERM"


def test_the_builder_says_its_own_in_the_same_form(tmp_path: Path) -> None:
    """On stderr, under whatever Python, and with the image's words first."""
    environ = {"S2I_SOURCE_PATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [PACKAGE / "builder" / "bin" / "run"], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    said = "s2itasks: error: don't know how to run your application: there is no app.py and no app.sh in "
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
