"""What a container gives to the application: a user with a name, places to write to, programs that PATH finds."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from s2itasks.launcher import pinned
from s2itasks.layout import Layout

from .symptom import Symptom, fails, ok, warns


def symptoms(layout: Layout, given: Mapping[str, str], application: Mapping[str, str]) -> Iterator[Symptom]:
    """Look at the process that s2itasks runs in.

    :param given: its environment, which is what probes find s2itasks by.
    :param application: that of hooks, where it can be evaluated.
    """
    yield _user()
    yield from _places(layout, application)
    yield from _programs(layout, application)
    yield _s2itasks(layout, given)


def _user() -> Symptom:
    user, groups = os.geteuid(), sorted({os.getegid(), *os.getgroups()})
    ids = f"UID {user} in group {' and '.join(map(str, groups))}"
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:
        return warns(
            "user",
            f"{ids} has no name: whoami says so, and ssh and some database drivers fail",
            "let deploy_env source the image's generate_container_user, or use an image that has it",
        )
    return ok("user", f"{ids} is {name}")


def _places(layout: Layout, environ: Mapping[str, str]) -> Iterator[Symptom]:
    """Tell what is writable: nothing need be but the place for temporary files, which bash and gunicorn use."""
    home, temporary = environ.get("HOME") or "/", environ.get("TMPDIR") or tempfile.gettempdir()
    for what, place in (("the source", layout.source), ("HOME", Path(home))):
        if not place.is_dir():
            yield warns("writable", f"{what}, {place}, is not there", "let the build make it, or mount it")
            continue
        yield ok("writable", f"{what}, {place}, is {'' if _is_writable(place) else 'not '}writable")
    if _is_writable(Path(temporary)):
        yield ok("writable", f"temporary files go to {temporary}")
    else:
        cure = "mount an emptyDir there, or set TMPDIR to a directory that is writable"
        yield fails("writable", f"temporary files cannot go to {temporary}", cure)


def _programs(layout: Layout, environ: Mapping[str, str]) -> Iterator[Symptom]:
    path = environ.get("PATH", os.defpath)
    for name in ("python", "bash"):
        found = shutil.which(name, path=path)
        if found is None:
            yield fails(
                "PATH", f"PATH finds no {name}", "set PATH as the image has it, and put other directories first"
            )
        else:
            yield ok("PATH", f"{name} is {found}{_leads_to(found)}")
    own = layout.application / "bin" / "python"
    found = shutil.which("python", path=path)
    if found and own.exists() and os.path.realpath(found) != os.path.realpath(own):
        cure = f"let PATH begin with {own.parent}"
        yield warns("PATH", f"python is not {own}, which has the application's packages", cure)


def _s2itasks(layout: Layout, environ: Mapping[str, str]) -> Symptom:
    launcher, other = pinned.launcher_of(layout), pinned.found_first(layout, environ)
    if other:
        cure = f"in the Dockerfile: ENV PATH={launcher.parent}:$PATH"
        return warns("PATH", f"s2itasks is {other}, and {launcher} starts faster", cure)
    if shutil.which("s2itasks", path=environ.get("PATH", os.defpath)):
        return ok("PATH", f"s2itasks is {launcher}")
    return fails("PATH", "PATH finds no s2itasks, which probes and jobs call", f"let it hold {launcher.parent}")


def _leads_to(program: str) -> str:
    real = os.path.realpath(program)
    return "" if real == program else f", which leads to {real}"


def _is_writable(place: Path) -> bool:
    return os.access(place, os.W_OK | os.X_OK)
