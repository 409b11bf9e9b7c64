"""Shell scripts as trees of commands, with a list of what could not be read."""

from __future__ import annotations

from .parser import parse
from .tree import Block, Command, Compound, Node, Script, Unread
from .word import Arithmetic, Array, Assignment, Expansion, Literal, Redirect, Substitution, Word

__all__ = [
    "Arithmetic",
    "Array",
    "Assignment",
    "Block",
    "Command",
    "Compound",
    "Expansion",
    "Literal",
    "Node",
    "Redirect",
    "Script",
    "Substitution",
    "Unread",
    "Word",
    "parse",
]
