"""Where an environment comes from: the layer that set, changed or removed each variable, umask and limits included."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from s2itasks.process.inherited import Environment

from .errors import VariableNotSet


class Layer(enum.Enum):
    """The layers of an environment; the order is that of interest, not that of evaluation."""

    DEPLOY_ENV = "deploy_env"
    BUILD_ENV = "build_env"
    ACTIVATION = "activation"
    FILE = ".s2i/environment"
    S2ITASKS = "s2itasks"
    PROCESS = "image or pod"


class Variable(NamedTuple):
    """One variable and its origin; or the umask or a limit, by the command that sets it.

    :param value: None when the layer removed it.
    :param change: ``set``, ``changed`` or ``removed`` by the layer; empty for what the process began with.
    """

    name: str
    value: str | None
    layer: Layer
    change: str


def trace(process: Mapping[str, str], layers: Sequence[tuple[Layer, Mapping[str, str]]]) -> list[Variable]:
    """Follow every variable through the layers; the last one that touched it counts.

    :param process: the environment before the first layer.
    :param layers: each with the whole environment after it.
    :return: the most interesting layer first, names in order within each.
    """
    traced = {name: Variable(name, value, Layer.PROCESS, "") for name, value in process.items()}
    before = process
    for layer, after in layers:
        for name in before.keys() | after.keys():
            if name not in after:
                traced[name] = Variable(name, None, layer, "removed")
            elif name not in before:
                traced[name] = Variable(name, after[name], layer, "set")
            elif before[name] != after[name]:
                traced[name] = Variable(name, after[name], layer, "changed")
        before = after
    order = list(Layer)
    return sorted(traced.values(), key=lambda variable: (order.index(variable.layer), variable.name))


def trace_settings(layers: Sequence[tuple[Layer, Environment]]) -> list[Variable]:
    """Follow the umask and the limits of this process through the layers.

    :return: in the order of `Environment.settings` after the last layer, in which the commands work.
    """
    process = Environment({}).settings()
    settings = [(layer, after.settings()) for layer, after in layers]
    traced = {each.name: each for each in trace(process, settings)}
    for name, value in process.items():
        if traced[name].value == value:  # a layer has undone what one before it did
            traced[name] = Variable(name, value, Layer.PROCESS, "")
    return [traced[name] for name in (settings[-1][1] if settings else process)]


class Chosen(NamedTuple):
    """What of an environment is to be shown."""

    variables: list[Variable]
    settings: list[Variable]


def chosen(
    variables: Sequence[Variable], settings: Sequence[Variable], names: Sequence[str], *, changed: bool
) -> Chosen:
    """Choose by name, or what the layers added, changed or removed; without names, of the settings only that.

    :param settings: umask and limits; ``ulimit`` names all limits.
    :raises VariableNotSet: when there is nothing of a name.
    """
    known = {each.name for each in variables}.union(*map(_names, settings))
    for name in names:
        if name not in known:
            raise VariableNotSet(name)
    return Chosen(
        [each for each in variables if (not names or each.name in names) and (each.change or not changed)],
        [
            each
            for each in settings
            if (not names or _names(each) & set(names)) and (each.change or (names and not changed))
        ],
    )


def _names(setting: Variable) -> set[str]:
    return {setting.name, setting.name.partition(" ")[0]}
