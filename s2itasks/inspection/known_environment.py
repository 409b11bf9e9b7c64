"""What is known of an environment before anything is sourced: what is given to it, and what an activation would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from s2itasks.environment import layers
from s2itasks.environment.provenance import Layer
from s2itasks.layout import Layout
from s2itasks.masking import text


def changes(layout: Layout, environ: Mapping[str, str], filled: Mapping[str, str], *, building: bool) -> list[str]:
    """Return what would be done to the environment of the process before an env script, a line each.

    :param filled: the variables that ``.s2i/environment`` would add to it.
    :param building: for the build environment, else for that of the application.
    """
    has_it = layers.in_build if building else layers.is_evaluated
    if has_it(layout, environ):
        return []
    return [f"{layer.value}: {change}" for layer, change in _changes(layout, environ, filled, building=building)]


def is_sourced(layout: Layout, environ: Mapping[str, str], *, building: bool) -> bool:
    """Whether this process has what the env script sets, so that it would not be sourced again."""
    return layers.has_build_env(layout, environ) if building else layers.is_evaluated(layout, environ)


def _changes(
    layout: Layout, environ: Mapping[str, str], filled: Mapping[str, str], *, building: bool
) -> Iterator[tuple[Layer, str]]:
    given = {**filled, **environ, **layout.variables}
    for name, value in filled.items():
        yield Layer.FILE, _assignment(name, value)
    for name, value in layout.variables.items():
        if environ.get(name) != value:
            yield Layer.S2ITASKS, _assignment(name, value)
    if given.get("BASH_ENV"):
        yield Layer.ACTIVATION, f"would source {given['BASH_ENV']} (BASH_ENV)"
    activation = None if building else layers.container_user(layout)
    if activation:
        yield Layer.ACTIVATION, f"would source {activation}"
    for name in layers.REMOVED:
        if name in given:
            yield Layer.ACTIVATION, f"would remove {name}"


def _assignment(name: str, value: str) -> str:
    return f"{text.masked_name(name)}={text.masked(name, value)}"
