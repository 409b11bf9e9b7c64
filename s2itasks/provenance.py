"""Where each variable of an environment comes from: the layer that set, changed or removed it."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .failures import Failure


class Layer(enum.Enum):
    """The layers of an environment; the order is that of interest, not that of evaluation."""

    DEPLOY_ENV = "deploy_env"
    BUILD_ENV = "build_env"
    ACTIVATION = "activation"
    FILE = ".s2i/environment"
    S2ITASKS = "s2itasks"
    PROCESS = "image or pod"


class Variable(NamedTuple):
    """One variable and its origin.

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


def chosen(variables: Sequence[Variable], names: Sequence[str], *, changed: bool) -> list[Variable]:
    """Choose by name, or what the layers added, changed or removed.

    :raises Failure: when there is no variable of a name.
    """
    known = {variable.name for variable in variables}
    for name in names:
        if name not in known:
            raise Failure(f"{name} is not set", 1)
    return [each for each in variables if (not names or each.name in names) and (each.change or not changed)]
