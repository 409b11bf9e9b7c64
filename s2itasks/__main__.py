"""``python -m s2itasks`` is the console script."""

from __future__ import annotations

from s2itasks.cli.main import main

if __name__ == "__main__":
    main()
