"""All mutants; those of a subject are in a module of its name."""

from __future__ import annotations

from . import cluster, conversion, foreign, hooks, launcher, layout, masking, processes

MUTANTS = (
    *processes.MUTANTS,
    *launcher.MUTANTS,
    *hooks.MUTANTS,
    *layout.MUTANTS,
    *foreign.MUTANTS,
    *masking.MUTANTS,
    *conversion.MUTANTS,
    *cluster.MUTANTS,
)
