"""Starts the builder from its directory: ``python -I DIRECTORY assemble|run``.

The Python that gets here is the application's. It need not have s2itasks, and it may have something else of any name.
So our packages are made importable from their directory, below a name of their own, and nothing is added to
``sys.path``: with our ``site-packages`` at its front, a backport that the application installed would shadow the
standard library.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = "s2itasks_embedded"

if __name__ == "__main__":
    root = ModuleType(ROOT)
    root.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules[ROOT] = root
    sys.exit(import_module(f"{ROOT}.builder.script").main(sys.argv[1:]))
