"""The source that is checked: what lies below ``.s2i``, and what the rules want to know of the rest."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from s2itasks import application
from s2itasks.environment import environment_file
from s2itasks.errors import UsageError
from s2itasks.graph import Graph, Kind
from s2itasks.hooks import jobs, near_misses, task_file
from s2itasks.hooks.errors import TaskFileUnreadable
from s2itasks.hooks.task_declarations import ApplicationTask
from s2itasks.layout import Layout, leads_out
from s2itasks.process import reading
from s2itasks.process.verdict import BYTE_ORDER_MARK

from . import build_scripts, elsewhere, git_index
from .file import File, Role

ACTION_HOOKS = ".s2i/action_hooks"
TASKS = ".s2i/tasks.py"
ENTRY_POINTS = (".s2i/bin/assemble", ".s2i/bin/run")
JOBS = (".s2i/cron_jobs", ".s2i/jobs")
NO_NAME = re.compile(r"[^\w.+@-]+")  # what stands between the names of files
PACKED = re.compile(r"\.(?:git|zip|tgz|tar(?:\.\w+)?)\Z")  # what is unpacked into a directory of the same name


@dataclass
class Source:
    """A directory with ``.s2i`` in it.

    :param root: the directory.
    :param graph: the phases that there are.
    :param environ: the environment for the tools that are asked: git, bash, shellcheck.
    :param files: what lies below ``.s2i``, ``.s2iignore``, and what rules look at elsewhere, by path.
    """

    root: Path
    graph: Graph
    environ: Mapping[str, str]
    files: dict[str, File] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path, graph: Graph, environ: Mapping[str, str]) -> Source:
        """Read a source.

        :raises UsageError: when there is no ``.s2i``.
        """
        if not (root / ".s2i").is_dir():
            missed = next(near_misses.of_directories(lambda below: _names(root, root / below), graph.hooks), None)
            cure = f"{missed}" if missed else "give the directory that holds it"
            raise UsageError(f"there is no .s2i in {root}", cure=cure)
        if leads_out(root, root / ".s2i"):
            raise UsageError(f"{root}/.s2i is a link that leads out of {root}", cure="put the directory itself there")
        source = cls(root, graph, environ)
        index = git_index.modes(root, environ, ".s2i")
        tree_counts = not index or git_index.trusts_the_tree(root, environ)
        ignoring = [root / ".s2iignore"] if os.path.lexists(root / ".s2iignore") else []
        for location in (*_walk(root / ".s2i"), *ignoring):
            path = location.relative_to(root).as_posix()
            source.files[path] = _file(root, path, graph, index.get(path), tree_counts=tree_counts)
        for path in elsewhere.mentioning(root, elsewhere.PREDECESSOR, build_scripts.STRATEGY.encode()):
            source.files[path] = File(path, root / path, Role.ELSEWHERE, (root / path).stat().st_mode)
        source._add_application_script(tree_counts=tree_counts)
        return source

    def _add_application_script(self, *, tree_counts: bool) -> None:
        """Add the script that the builder's ``run`` starts, where there is one."""
        path = self.application_script
        location = self.root / path
        if path and path not in self.files and location.is_file() and not leads_out(self.root, location):
            index_mode = git_index.modes(self.root, self.environ, path).get(path)
            mode = location.stat().st_mode
            self.files[path] = File(path, location, Role.ELSEWHERE, mode, index_mode, tree_counts)

    def of(self, *roles: Role) -> Iterator[File]:
        """Return the regular files of these roles."""
        return (file for file in self.files.values() if file.role in roles and file.is_regular)

    @property
    def scripts(self) -> Iterator[File]:
        """Everything that is run or sourced: entry points, hooks, env scripts, jobs, and what they may call."""
        return self.of(Role.ENTRY_POINT, Role.HOOK, Role.ENV_SCRIPT, Role.JOB, Role.HELPER)

    @property
    def strangers(self) -> Iterator[File]:
        """What has no role of its own."""
        return self.of(Role.HELPER, Role.OTHER)

    @property
    def probes(self) -> Iterator[File]:
        """The hooks of the readiness and the liveness probe."""
        return (file for file in map(self.hook, ("ready", "alive")) if file is not None)

    def hook(self, name: str) -> File | None:
        """Return a hook or an env script of a name, if there is one."""
        file = self.files.get(f"{ACTION_HOOKS}/{name}")
        return file if file is not None and file.is_regular else None

    def knows(self, name: str) -> bool:
        """Whether there is a phase of a name, or may be one: tasks of the application are ``app.NAME``."""
        return self.graph.get(name) is not None or name.startswith("app.")

    @property
    def layout(self) -> Layout:
        """The layout of a container whose source this is."""
        return Layout.from_environment({"S2I_SOURCE_PATH": os.path.realpath(self.root)})._replace(
            foreign=True, image=None
        )

    @cached_property
    def tasks(self) -> dict[str, ApplicationTask]:
        """What ``.s2i/tasks.py`` declares, as far as it can be read."""
        try:
            return task_file.tasks(self.layout)
        except TaskFileUnreadable:
            return {}

    @cached_property
    def variables(self) -> dict[str, str]:
        """What ``.s2i/environment`` says, as s2itasks reads it."""
        file = self.files.get(".s2i/environment")
        if file is None:
            return {}
        read = environment_file.as_dotenv(file.text)
        return {each.name: each.value for each in read if each.name and each.value is not None}

    @cached_property
    def dockerfile(self) -> bool:
        """Whether a Dockerfile calls s2itasks, so that no script in ``.s2i/bin`` has to."""
        candidates = [*self.root.glob("Dockerfile*"), *self.root.glob("Containerfile*")]
        return any("s2itasks" in self.text_of(each) for each in candidates)

    @cached_property
    def mentions(self) -> Counter[str]:
        """How many commands of all scripts speak of a name, such as that of a file."""
        counted: Counter[str] = Counter()
        for file in self.scripts:
            commands = [[word.text for word in command.all_words()] for command in file.script.commands()]
            for texts in commands if file.is_shell else [[line] for line in file.lines]:
                counted.update({PACKED.sub("", name) for text in texts for name in NO_NAME.split(text)})
        return counted

    @cached_property
    def unversioned(self) -> set[str]:
        """The names in ``.gitignore``."""
        return set(NO_NAME.split(self.text_of(self.root / ".gitignore")))

    @cached_property
    def application_script(self) -> str:
        """The path of what the builder's ``run`` would start as a script, if there is one; empty where it would not."""
        if self.hook("run") is not None or "run" in self.tasks:
            return ""
        deploy_env = self.hook("deploy_env")
        gunicorn_conf = self.text_of(self.root / "gunicorn.conf.py")
        name = application.started_script(self.variables, deploy_env.text if deploy_env else "", gunicorn_conf)
        path = os.path.normpath(name) if name else ""
        return path if path and is_file(self.root / path) else ""

    @cached_property
    def django(self) -> bool:
        """Whether the builder would take the application for a Django one: by its manage.py and its requirements."""
        home = self.root / self.variables.get("APP_HOME", ".")
        return is_file(home / "manage.py") and "django" in application.frameworks(self.root)

    def names(self, directory: str) -> list[str]:
        """Return the names in a directory of the source, those of directories with a slash at their end."""
        return _names(self.root, self.root / directory)

    def text_of(self, path: Path) -> str:
        """Return the text of some file of the source; nothing where there is none, or none that belongs to it."""
        return application.text_of(self.root, path)

    def switched_off(self, variable: str, *env_scripts: str) -> bool:
        """Whether a variable is set by ``.s2i/environment`` or one of the env scripts."""
        if self.variables.get(variable):
            return True
        scripts = [file for file in map(self.hook, env_scripts) if file is not None]
        return any(re.search(rf"^[^#\n]*\b{variable}=", file.text, re.MULTILINE) for file in scripts)


def _walk(directory: Path) -> Iterator[Path]:
    for here, directories, names in os.walk(directory):
        directories.sort()
        links = [name for name in directories if (Path(here) / name).is_symlink()]
        yield from (Path(here) / name for name in sorted([*names, *links]))


def _file(root: Path, path: str, graph: Graph, index_mode: int | None, *, tree_counts: bool) -> File:
    location = root / path
    try:
        mode = 0 if leads_out(root, location) else location.stat().st_mode
    except OSError:
        mode = 0  # a link to nothing
    role = _role(path, graph)
    if role is Role.OTHER and stat.S_ISREG(mode) and _begins_with_shebang(location):
        role = Role.HELPER
    return File(path, location, role, mode, index_mode, tree_counts)


def _begins_with_shebang(location: Path) -> bool:
    try:
        return reading.head(location, 64).removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"#!")
    except OSError:
        return False


def _names(root: Path, directory: Path) -> list[str]:
    return [] if leads_out(root, directory) else near_misses.entries(directory)


def _role(path: str, graph: Graph) -> Role:
    directory, _, name = path.rpartition("/")
    if path in ENTRY_POINTS:
        return Role.ENTRY_POINT
    if path == ".s2i/environment":
        return Role.ENVIRONMENT
    if directory == ACTION_HOOKS and name in graph.places():
        return Role.HOOK if graph[name].kind is Kind.HOOK else Role.ENV_SCRIPT
    if directory.rpartition("/")[0] in JOBS and name != jobs.SCHEDULE and not is_passed_over(path):
        return Role.JOB
    return Role.OTHER


def is_passed_over(path: str) -> bool:
    """Whether ``s2itasks jobs`` passes over a file or its category by their names."""
    names = path.split("/")[2:]
    return any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in jobs.NOT_JOBS)


def is_file(path: Path) -> bool:
    """Whether there is a file of a name that somebody wrote: it may be too long for one, or hold a NUL byte."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
