"""Starts the builder from its directory: ``python -I DIRECTORY assemble|run``.

The Python that gets here is the application's. It need not have s2itasks, and it may have something else of any name.
So our package, without what its ``__init__`` does, is made importable from where this directory lies, and nothing is
added to ``sys.path``: with our ``site-packages`` at its front, a backport that the application installed would shadow
the standard library.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    package = ModuleType("s2itasks")
    package.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules[package.__name__] = package
    sys.exit(import_module("s2itasks.builder.script").main(sys.argv[1:]))
