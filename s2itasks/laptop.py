"""The commands of a laptop; they import what they do when they are called, because images do without it."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from s2itasks.errors import UsageError
from s2itasks.process import limits
from s2itasks.session import Session


class BelongsOnLaptop(UsageError):
    """A command is asked of the copy in an image, which holds only what pods use."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} belongs on a laptop: images do without it",
            cure="run it in a clone of the repository, which has .s2i/s2itasks.pyz, or with an installed s2itasks",
        )


def rehearse(
    session: Session,
    source: str = ".",
    root: str | None = None,
    check: bool = False,  # noqa: FBT001, FBT002 - a flag
    env: list[str] | None = None,
    env_file: list[str] | None = None,
    inherit: bool = False,  # noqa: FBT001, FBT002 - a flag
    wait: str = "120",
    fresh: bool = False,  # noqa: FBT001, FBT002 - a flag
    clean: bool = False,  # noqa: FBT001, FBT002 - a flag
    no_namespace: bool = False,  # noqa: FBT001, FBT002 - a flag
    container: bool = False,  # noqa: FBT001, FBT002 - a flag
    image: str | None = None,
    read_only: bool = False,  # noqa: FBT001, FBT002 - a flag
    with_: list[str] | None = None,
    probes: bool = False,  # noqa: FBT001, FBT002 - a flag
    stop_test: bool = False,  # noqa: FBT001, FBT002 - a flag
    exec_: bool = False,  # noqa: FBT001, FBT002 - a flag
    python: str | None = None,
) -> None:
    """Build, verify and run an application without an image or a cluster.

    The source is copied like an upload into a private application root with a virtual environment of its own, and
    goes through assemble, verify and run with the embedded builder, on a free port. It is ready when the ready hook
    passes, or without one when the port answers. With --container it does the same with podman or docker, in an image
    that is built with a builder image. When the rehearsal ends, nothing is left running. Its environment is a pod's: of
    the shell it has LANG, LC_*, TZ, TERM, proxies, certificates, and what it is asked to have; pip's settings are for
    the build alone. Without --python, its Python is what .python-version, requires-python or runtime.txt want, where
    this machine has that. What would fail later is said first.
    """
    if not source or root == "":
        raise UsageError(
            "rehearse needs the name of a directory, and not an empty one", cure="give it one, or leave it out"
        )
    if exec_ and not session.command:
        raise UsageError(
            "rehearse --exec needs a command", cure="put it at the end: s2itasks rehearse --exec -- COMMAND ARGUMENT …"
        )
    with left_out_of_images("rehearse"):
        from s2itasks.rehearse import kept, rehearsal, wishes  # noqa: PLC0415 - see above

    if clean:
        session.do("rehearse", "remove what rehearsals have kept", partial(kept.clean, session.environ))
        return
    limit = limits.parse(wait, "--wait")
    asked = wishes.Wishes(
        root=None if root is None else Path(root),
        fresh=fresh,
        check=check,
        wait=limit.seconds if limit else math.inf,
        namespace=not no_namespace,
        container=container,
        image=image,
        read_only=read_only,
        probes=probes,
        stop_test=stop_test,
        command=(session.command or ()) if exec_ else (),
        services=with_ or [],
        env=env or [],
        env_files=[Path(file) for file in env_file or []],
        inherit=inherit,
        python=python,
    )
    session.do(
        "rehearse",
        "build, verify and run the application without an image or a cluster",
        partial(rehearsal.rehearse, Path(source), session.graph, session.environ, asked),
    )


def check(
    session: Session,
    source: str = ".",
    format: str = "text",  # noqa: A002 - the name of the option
    strict: bool = False,  # noqa: FBT001, FBT002 - a flag
    select: list[str] | None = None,
    ignore: list[str] | None = None,
    fix: bool = False,  # noqa: FBT001, FBT002 - a flag
    diff: bool = False,  # noqa: FBT001, FBT002 - a flag
    statistics: bool = False,  # noqa: FBT001, FBT002 - a flag
    explain: str | None = None,
) -> None:
    """Look for mistakes in .s2i.

    Hooks that would never run, what S2I or a clone makes of them, secrets on their way into a log or an image. It runs
    nothing of the application; it asks bash about syntax, and shellcheck where that is installed. The status is 1 if
    there is an error, with --strict also if there is a warning. In a file, '# s2itasks: ignore=S2I503' silences a rule:
    in its line, in the comment above it, or for the whole file in the comment it begins with. [tool.s2itasks.check] of
    the source's pyproject.toml may set select, ignore and strict.
    """
    if not source:
        raise UsageError(
            "check needs the name of a directory, and not an empty one", cure="give it one, or leave it out"
        )
    with left_out_of_images("check"):
        from s2itasks.check import explaining, linting  # noqa: PLC0415 - see above

    if explain is not None:
        session.do("check", "explain a rule", partial(explaining.explain, explain))
        return
    lint = partial(linting.lint, Path(source), session.graph, session.environ, format=format, strict=strict)
    lint = partial(lint, fix=fix, diff=diff, statistics=statistics)
    session.do("check", "look for mistakes in .s2i", partial(lint, select=select or [], ignore=ignore or []))


def init(
    session: Session,
    source: str = ".",
    install: str = "pyz",
    hooks: list[str] | None = None,
    force: bool = False,  # noqa: FBT001, FBT002 - a flag
    upgrade: bool = False,  # noqa: FBT001, FBT002 - a flag
    dry_run: bool = False,  # noqa: FBT001, FBT002 - a flag
    from_: str = "",
    report: str = "",
    write_manifests: bool = False,  # noqa: FBT001, FBT002 - a flag
) -> None:
    """Make a repository ready: write .s2i/bin/assemble, .s2i/bin/run and s2itasks itself.

    What is there already is left as it is. Run bits go into git's index, too, where there is git; nothing is committed.
    With --from, hooks for powershift-image, OpenShift V2 or warpdrive are converted: what is sure is changed, the rest
    is named. What was there for V2 and warpdrive stays beside it.
    """
    if not source:
        raise UsageError(
            "init needs the name of a directory, and not an empty one", cure="give it one, or leave it out"
        )
    with left_out_of_images("init"):
        from s2itasks.init import converting, initialising  # noqa: PLC0415 - see above

    write = partial(initialising.init, Path(source), session.environ, install=install, hooks=hooks or [])
    write = partial(write, force=force, upgrade=upgrade, dry_run=dry_run)
    if from_ or report or write_manifests:
        convert = partial(converting.convert, write, Path(source), session.environ, session.graph, install)
        convert = partial(convert, origin=from_, file=report, write_manifests=write_manifests, dry_run=dry_run)
        session.do("init", "make a repository ready, and convert its hooks", convert)
    else:
        session.do("init", "make a repository ready", write)


def manifests(
    session: Session,
    source: str = ".",
    image: str | None = None,
    name: str | None = None,
    for_: str = "kubernetes",
    host: str | None = None,
    port: list[str] | None = None,
    no_web: bool = False,  # noqa: FBT001, FBT002 - a flag
    replicas: str = "1",
    data: str | None = None,
    secret: str | None = None,
    with_: list[str] | None = None,
    git: str | None = None,
    ref: str | None = None,
    context_dir: str | None = None,
    builder: str | None = None,
    output: str | None = None,
) -> None:
    """Write the Kubernetes or OpenShift objects that an application's hooks call for, as YAML.

    The Deployment has its probes from ready and alive; migrate and post_deploy become Jobs; each category of jobs is a
    CronJob; verify tests the image of a BuildConfig; what .s2i/required names is read from a Secret. Nothing of the
    application is run, and no cluster is asked. Options that contradict each other or the hooks are refused.
    """
    if not source or output == "":
        raise UsageError(
            "manifests needs the name of a directory, and not an empty one", cure="give it one, or leave it out"
        )
    with left_out_of_images("manifests"):
        from s2itasks.manifests import asked, manifesting  # noqa: PLC0415 - see above

    asks = asked.Asked(
        name=asked.name(name),
        image=asked.image(image),
        platform=asked.platform(for_),
        host=asked.host(host, web=not no_web),
        ports=asked.ports(port or [], web=not no_web),
        replicas=asked.replicas(replicas),
        data=asked.data(data),
        secret=asked.secret(secret),
        git=asked.git(git, ref, context_dir, builder),
        setup=asked.setup(with_ or []),
    )
    target = None if output is None else Path(output)
    write = partial(manifesting.manifests, Path(source), session.graph, session.environ, asks, target)
    session.do("manifests", "write the objects of the application as YAML", write)


@contextlib.contextmanager
def left_out_of_images(name: str) -> Iterator[None]:
    """Import within what `launcher.packages` leaves out of the copy in an image.

    :param name: what was asked for.
    :raises BelongsOnLaptop: where it is not there.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        if not f"{missing.name}".startswith("s2itasks."):
            raise
        raise BelongsOnLaptop(name) from None
