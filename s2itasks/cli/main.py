"""The console script: the pinned runtime's business is handed over to it, everything else is done here."""

from __future__ import annotations

import os
import sys

from .handover import hand_over


def main() -> None:
    """Run ``sys.argv``.

    :raises SystemExit: with the status of the command.
    """
    hand_over(sys.argv[1:], os.environ)
    from .command_line import run  # noqa: PLC0415 - what it imports may be broken

    run()
