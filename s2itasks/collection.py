"""Every phase and command in one invoke collection, in the order of an application's life."""

from __future__ import annotations

from invoke.collection import Collection

from . import commands, laptop, phases
from .phase import Phase

namespace = Collection(auto_dash_names=False)
for _module in (phases, commands, laptop):
    for _each in vars(_module).values():
        if isinstance(_each, Phase) and _each.name not in namespace.tasks:  # or another's prerequisite, imported
            namespace.add_task(_each)
