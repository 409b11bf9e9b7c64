"""Reading TOML with what this Python has for it: none of our dependencies does, because they live in every image."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

Parser = Callable[[str], Mapping[str, Any]]


def parser() -> Parser | None:
    """Return the TOML parser of Python 3.11 and later, or the package that it was before; None where there is none.

    It raises ValueError for what is not TOML, and RecursionError for what is nested too deeply.
    """
    for name in ("tomllib", "tomli"):
        try:
            parse: Parser = importlib.import_module(name).loads
        except ModuleNotFoundError:
            continue
        return parse
    return None
