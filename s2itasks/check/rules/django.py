"""Rules 505 to 507: what a Django application's hooks and the builder both do, or should not do where they do it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from s2itasks.check import calls
from s2itasks.check.file import File
from s2itasks.check.rule import Spot, at, warning
from s2itasks.check.source import Source, is_file
from s2itasks.shell import Command


@warning(505, "Static files are collected twice")
def collectstatic_twice(source: Source) -> Iterator[Spot]:
    """The builder's assemble does it for every Django application, before the build hook."""
    file = source.hook("build")
    if file is None or not source.django or source.switched_off("DISABLE_COLLECTSTATIC", "build_env"):
        return
    for command in islice(calls.of_django(file, "collectstatic"), 1):
        message = "the builder collects static files, too; write DISABLE_COLLECTSTATIC=1 into .s2i/environment"
        yield at(file, command.line, message)


@warning(506, "The database is migrated twice")
def migrate_twice(source: Source) -> Iterator[Spot]:
    """The builder's run does it for every Django application that it serves with gunicorn, after the deploy hook."""
    file = source.hook("deploy")
    if file is None or not source.django or not builder_migrates(source):
        return
    hook = source.hook("migrate")
    migrates = hook is not None and any(calls.of_django(hook, "migrate"))
    for command in migrations(file)[:1]:
        if migrates or command in list(calls.of_django(file, "migrate")):
            message = "the builder's run migrates, too, in every pod; write DISABLE_MIGRATE=1 into .s2i/environment"
            yield at(file, command.line, message)


@warning(507, "Migration in the deploy hook")
def migrate_in_deploy(source: Source) -> Iterator[Spot]:
    """Every pod runs the deploy hook, at the same time as others, while those of the old version still serve."""
    file = source.hook("deploy")
    if file is None:
        return
    for command in migrations(file)[:1]:
        message = (
            "every pod of a scaled application migrates here; call 's2itasks migrate' once before a rollout, in the "
            "Job that 's2itasks manifests' writes or a pipeline step"
        )
        yield at(file, command.line, message)


def migrations(file: File) -> list[Command]:
    """Return the commands of a hook that migrate, by themselves or through the ``migrate`` hook."""
    direct = list(calls.of_django(file, "migrate"))
    called = [command for command, name in calls.phases(file) if name == "migrate"]
    return [command for command in file.script.commands() if command in direct or command in called]


def builder_migrates(source: Source) -> bool:
    """Whether the builder's run comes to migrating, as far as the source tells."""
    if source.hook("run") is not None or source.switched_off("DISABLE_MIGRATE", "deploy_env"):
        return False
    if any(source.variables.get(name) for name in ("APP_SCRIPT", "APP_FILE")):
        return False
    home = source.root / source.variables.get("APP_HOME", ".")
    unnamed = [] if source.variables.get("APP_MODULE") else [home / "app.sh", home / "app.py"]
    return not any(is_file(path) for path in (source.root / "gunicorn.conf.py", *unnamed))
