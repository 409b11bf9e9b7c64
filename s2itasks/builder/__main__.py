"""Starts the builder from its directory: ``python -I DIRECTORY assemble|run``.

The Python that gets here is the application's. It need not have s2itasks, and it may have something else of any name.
So the package is made importable from this directory, under a name of its own, and nothing is added to ``sys.path``:
with our ``site-packages`` at its front, a backport that the application installed would shadow the standard library.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

PACKAGE = "s2itasks_embedded_builder"

if __name__ == "__main__":
    package = ModuleType(PACKAGE)
    package.__path__ = [str(Path(__file__).resolve().parent)]
    sys.modules[PACKAGE] = package
    sys.exit(import_module(f"{PACKAGE}.script").main(sys.argv[1:]))
