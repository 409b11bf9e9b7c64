"""The pinned runtime: a copy of s2itasks inside the application root that nothing of the application can break.

It is set aside before anything of the application runs, and the ``s2itasks`` on PATH is made to start it: isolated
from PYTHONPATH, from the application's packages and its ``sitecustomize``, with the interpreter that the virtual
environment was made from.
"""

from __future__ import annotations

import compileall
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from s2itasks.environment import built
from s2itasks.graph import Graph
from s2itasks.layout import EMBEDDED_SCRIPTS, PACKAGE, Layout
from s2itasks.process.execution import bash

from . import compiler, graph_file, packages, predecessors, record, starting
from .command_program import Place

LAUNCHER = "launcher"  # in the pinned runtime; what is on PATH is a copy, which pip may replace
ON_PATH = "on-path"  # likewise; a link to that copy


def set_aside(layout: Layout) -> None:
    """Copy what pods need of s2itasks, byte-compiled for a user that cannot write, and let the copy count.

    A rebuild replaces an older copy in one step; that one stays until `remove_older`, because we may run from it.
    """
    place = layout.runtime
    place.parent.mkdir(parents=True, exist_ok=True)
    copy = Path(tempfile.mkdtemp(prefix="s2itasks.", dir=place.parent))
    copy.chmod(0o755)
    packages.copy_for_image(copy, builder=_builder_is_embedded(layout))
    (copy / "start.py").write_text(starting.START, encoding="utf-8")
    compileall.compile_dir(copy, quiet=2)
    link = copy / "link"
    link.symlink_to(copy.name)
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    link.replace(place)


def remove_older(layout: Layout) -> None:
    """Remove the copies that no longer count, and the programs that the launcher no longer names."""
    place = layout.runtime
    launcher_text = launcher_of(layout).read_text(encoding="utf-8", errors="surrogateescape")
    for copy in place.parent.glob("s2itasks.*"):
        if copy.name != os.readlink(place):  # noqa: PTH115 - Path.readlink gives no plain name in 3.9
            shutil.rmtree(copy, ignore_errors=True)
    for programs in place.glob("programs.*"):
        if programs.name not in launcher_text:
            shutil.rmtree(programs, ignore_errors=True)


def pin(layout: Layout, environ: Mapping[str, str], graph: Graph) -> dict[str, str]:
    """Have the ``s2itasks`` on PATH start the pinned runtime.

    That is the console script that we were started through. Where it was something else (``python -m s2itasks``), or
    belongs to a developer (an editable installation, a virtual environment elsewhere), it is ``bin/s2itasks`` in the
    application root; and so it is where this user cannot replace the other. The runtime has the same launcher for
    itself, which any other s2itasks hands over to. Its programs are in a directory that is new each time, so that it
    changes in one step.

    :return: why a command is left to Python, by its name, where it is.
    """
    script = launcher_of(layout)
    script.parent.mkdir(parents=True, exist_ok=True)
    interpreter = os.path.realpath(sys.executable)
    own = layout.runtime / LAUNCHER
    programs = Path(tempfile.mkdtemp(prefix="programs.", dir=layout.runtime))
    programs.chmod(0o755)
    compiled = compiler.compiled(
        graph,
        _as_pinned(layout),
        environ,
        Place(own, layout.runtime, layout.runtime / programs.name, bash()),
        interpreter=interpreter,
        activated=not _starts(interpreter, environ.get("PATH", os.defpath)),
    )
    texts = {
        layout.runtime / built.GRAPH_FILE: graph_file.compiled(graph, layout),
        layout.runtime / record.FILE: record.text(layout, environ, compiled.commands, compiled.reasons),
        **compiled.texts,
    }
    texts[script] = texts[own]
    stand_ins = predecessors.standing_in(script, environ)
    texts = {**stand_ins, **texts}
    # What is in the programs of .s2i/environment and deploy_env is for nobody who may not read those.
    sources = [file for file in (layout.environment_file, *layout.scripts_of("deploy_env")) if file.is_file()]
    hidden = 0o007 if any(not file.stat().st_mode & 0o004 for file in sources) else 0
    for path, text in texts.items():  # the launcher last, which needs the others
        fresh = path.with_name(f".{path.name}.new")
        fresh.touch(0o600)
        fresh.write_text(text, encoding="utf-8", errors="surrogateescape")
        fresh.chmod((0o775 if path in (script, own, *stand_ins) else 0o664) & ~hidden)
        fresh.replace(path)
    link = layout.runtime / f".{ON_PATH}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(script)
    link.replace(layout.runtime / ON_PATH)
    return compiled.reasons


def launcher_of(layout: Layout) -> Path:
    """Return the program on PATH that starts the pinned runtime."""
    script = _console_script(layout)
    if script is None or not os.access(script.parent, os.W_OK | os.X_OK):
        return layout.application / "bin" / "s2itasks"
    return script


def found_first(layout: Layout, environ: Mapping[str, str]) -> Path | None:
    """Return the s2itasks that PATH finds instead of the one that starts the pinned runtime, if there is one."""
    found = shutil.which("s2itasks", path=environ.get("PATH", os.defpath))
    if found is None or os.path.realpath(found) == os.path.realpath(launcher_of(layout)):
        return None
    return Path(found)


def _builder_is_embedded(layout: Layout) -> bool:
    """Whether the image's builder is ours, or that of the copy, as where an earlier build or a rehearsal says so."""
    in_copy = layout.runtime / EMBEDDED_SCRIPTS.relative_to(PACKAGE.parent)
    return layout.scripts == EMBEDDED_SCRIPTS or os.path.realpath(layout.scripts) == os.path.realpath(in_copy)


def _as_pinned(layout: Layout) -> Layout:
    """Let the embedded builder be the one of the copy: the package that it is in now may be gone by then."""
    if layout.scripts != EMBEDDED_SCRIPTS:
        return layout
    copy = Path(os.path.realpath(layout.runtime))
    return layout._replace(scripts=copy / EMBEDDED_SCRIPTS.relative_to(PACKAGE.parent))


def _console_script(layout: Layout) -> Path | None:
    script = Path(sys.argv[0])
    if script == layout.runtime / "start.py":  # started through the launcher, as the second build of a chain is
        with contextlib.suppress(OSError):
            return Path(os.readlink(PACKAGE.parent / ON_PATH))  # noqa: PTH115 - as above
        return None
    if script.name != "s2itasks" or not script.is_file() or _is_a_developers(layout):
        return None
    return script.absolute()


def _is_a_developers(layout: Layout) -> bool:
    """Whether our installation is somebody's whose other work it serves."""
    prefix, root = Path(os.path.realpath(sys.prefix)), Path(os.path.realpath(layout.application))
    if sys.prefix != sys.base_prefix and root not in (prefix, *prefix.parents):
        return True
    try:
        origin = metadata.distribution("s2itasks").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return False
    with contextlib.suppress(ValueError):
        return bool(json.loads(origin or "{}").get("dir_info", {}).get("editable"))
    return False


@cache  # a build pins twice
def _starts(interpreter: str, path: str) -> bool:
    """Whether an interpreter can be started without the image's activation, which takes one start to find out."""
    with contextlib.suppress(OSError):
        command = [interpreter, "-I", "-S", "-c", ""]
        return subprocess.run(command, env={"PATH": path}, check=False).returncode == 0  # noqa: S603
    return False
