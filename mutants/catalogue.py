"""All mutants; those of a subject are in a module of its name."""

from __future__ import annotations

from . import hooks, layout, processes

MUTANTS = (*processes.MUTANTS, *hooks.MUTANTS, *layout.MUTANTS)
