"""The environments of a build and of a deployment, layer upon layer.

Process environment, then ``.s2i/environment`` for the names that are missing, then the image's activation, then the
env script. The variables of the layout are in all of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from s2itasks.layout import Layout
from s2itasks.process.inherited import Environment
from s2itasks.process.limits import Limit
from s2itasks.process.verdict import State, state

from . import built, env_script, environment_file
from .errors import SourcedAgain
from .provenance import Layer

# Tells a nested s2itasks which environment it already finds itself in, and of which application: a hook that calls
# `s2itasks migrate` must not put a directory on PATH twice, and nothing in a build may evaluate deploy_env.
MARKER = "S2ITASKS_ENVIRONMENT"
BUILD = "build"
SOURCING = "sourcing"  # what runs meanwhile is in neither environment, and cannot ask for the one that is being made
REMOVED = ("BASH_ENV", "ENV", "PROMPT_COMMAND")  # by the activation, so that no shell below activates a second time


def in_build(layout: Layout, environ: Mapping[str, str]) -> bool:
    """Whether this process was started by a build of the same application."""
    return environ.get(MARKER) in (_mark(BUILD, layout), _mark("build_env", layout), sourcing("build_env", layout))


def has_build_env(layout: Layout, environ: Mapping[str, str]) -> bool:
    """Whether this process already has the build environment with ``build_env`` in it."""
    return environ.get(MARKER) == _mark("build_env", layout)


def build_base(layout: Layout, environ: Mapping[str, str]) -> Environment:
    """Return the environment of ``pre_build``: activated, and without ``build_env``."""
    if in_build(layout, environ):
        return Environment(environ)
    base = given(layout, environ)
    return _activated(layout, {**base, MARKER: _mark(BUILD, layout)})


def build(layout: Layout, base: Environment, *, quiet: bool = False, limit: Limit | None = None) -> Environment:
    """Return what ``build_env`` makes of ``base``, which `build_base` returns; where there is none, it is ``base``.

    :param quiet: keep the script's output from stderr; what it said last is part of its failure.
    :raises Failure: when the script fails, see `env_script.source`.
    """
    scripts = env_scripts(layout, "build_env")
    if has_build_env(layout, base) or not scripts:
        return base
    _require_not_sourcing(scripts[-1], layout, base)
    environ = env_script.source(
        scripts,
        base.with_variables(**{MARKER: sourcing("build_env", layout)}),
        shown=layout.shown,
        cwd=layout.source,
        quiet=quiet,
        limit=limit,
    )
    return environ.with_variables(**{MARKER: _mark("build_env", layout)})


def application(
    layout: Layout,
    environ: Mapping[str, str],
    *,
    file: Mapping[str, str] | None = None,
    limit: Limit | None = None,
    loud: bool = False,
) -> Environment:
    """Return the application environment, evaluating ``deploy_env`` once per process tree and never in a build.

    :param file: see `given`.
    :param loud: warn where the image's activation fails.
    :raises Failure: when the script fails, see `env_script.source`.
    """
    if is_evaluated(layout, environ):
        return Environment(environ)
    scripts = env_scripts(layout, "deploy_env")
    _require_not_sourcing(layout.hooks / "deploy_env", layout, environ)
    base = {**given(layout, environ, file), MARKER: sourcing("deploy_env", layout)}
    built.require_not_gone(layout, "deploy_env", scripts)
    activated = _activated(
        layout,
        base,
        scripts,
        activation=container_user(layout),
        limit=limit,
        loud=loud,
    )
    return _as_bash_leaves_it(activated.with_variables(**{MARKER: _mark("deploy_env", layout)}))


def env_scripts(layout: Layout, name: str) -> list[Path]:
    """Return the env scripts of a name that there are, in the order they are sourced in: the image's first."""
    return [script for script in layout.scripts_of(name) if state(script, sourced=True) is not State.MISSING]


def _as_bash_leaves_it(environment: Environment) -> Environment:
    """Have PWD and SHLVL in it where there were none, as every command has them that a shell becomes."""
    with suppress(OSError):  # the directory may be gone
        environment.setdefault("PWD", os.getcwd())  # noqa: PTH109 - a plain string
    environment.setdefault("SHLVL", "0")
    return environment


def build_layers(layout: Layout, environ: Mapping[str, str]) -> list[tuple[Layer, Environment]]:
    """Return the build environment after each of its layers; none where this process is in a build already."""
    if in_build(layout, environ):
        return []
    base = build_base(layout, environ)
    last = build(layout, base).with_variables(**{MARKER: base[MARKER]})
    return [*_first_layers(layout, environ, base), (Layer.BUILD_ENV, last)]


def application_layers(layout: Layout, environ: Mapping[str, str]) -> list[tuple[Layer, Environment]]:
    """Return the application environment after each of its layers; none where this process has it already."""
    if is_evaluated(layout, environ):
        return []
    last = application(layout, environ)
    base = {**given(layout, environ), MARKER: sourcing("deploy_env", layout)}
    activated = _as_bash_leaves_it(_activated(layout, base, activation=container_user(layout)))
    activated[MARKER] = last[MARKER]
    return [*_first_layers(layout, environ, activated), (Layer.DEPLOY_ENV, last)]


def _first_layers(
    layout: Layout, environ: Mapping[str, str], activated: Environment
) -> list[tuple[Layer, Environment]]:
    filled = Environment({**_file(layout), **environ})
    ours = filled.with_variables(**layout.variables, **{MARKER: activated[MARKER]})
    return [(Layer.FILE, filled), (Layer.S2ITASKS, ours), (Layer.ACTIVATION, activated)]


def is_evaluated(layout: Layout, environ: Mapping[str, str]) -> bool:
    """Whether this process already has the application environment, or belongs to a build, which never has it."""
    return in_build(layout, environ) or environ.get(MARKER) == _mark("deploy_env", layout)


def container_user(layout: Layout) -> Path | None:
    """Return the image's script that names a random user, if it has one."""
    return layout.container_user if layout.container_user.is_file() else None


def _file(layout: Layout) -> dict[str, str]:
    return environment_file.read(layout.environment_file, layout.shown(layout.environment_file))


def given(layout: Layout, environ: Mapping[str, str], file: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the process environment with ``.s2i/environment`` and the layout: what there is before bash comes in.

    :param file: the variables of that file where they are known; it is read where they are not.
    """
    return {**(_file(layout) if file is None else file), **environ, **layout.variables}


def _activated(
    layout: Layout,
    base: Mapping[str, str],
    scripts: Sequence[Path] = (),
    *,
    activation: Path | None = None,
    limit: Limit | None = None,
    loud: bool = False,
) -> Environment:
    """Let bash apply the activation and the env scripts; where there is nothing to apply, leave bash out."""
    if not scripts and activation is None and not base.get("BASH_ENV"):
        return Environment({name: value for name, value in base.items() if name not in REMOVED})
    return env_script.source(
        scripts, base, shown=layout.shown, cwd=_directory(layout), activation=activation, loud=loud, limit=limit
    )


def _directory(layout: Layout) -> Path:
    """Return the directory to source in: the source, or where it does not exist yet, the root."""
    return layout.source if layout.source.is_dir() else Path("/")


def _require_not_sourcing(script: Path, layout: Layout, environ: Mapping[str, str]) -> None:
    if environ.get(MARKER) == sourcing(script.name, layout):
        raise SourcedAgain(layout.shown(script))


def sourcing(name: str, layout: Layout) -> str:
    """Return what the marker is while an env script is sourced."""
    return _mark(f"{SOURCING} {name}", layout)


def _mark(kind: str, layout: Layout) -> str:
    return f"{kind}:{os.fspath(layout.source)}"
