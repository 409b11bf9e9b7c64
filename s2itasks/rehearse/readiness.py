"""What is said of an application that did not become ready, or that is ready with a first page that is an error."""

from __future__ import annotations

import http.client
from pathlib import Path

from s2itasks.console import detail, warning
from s2itasks.errors import TIMED_OUT, ended

from .progress import show_end_of

OURS = ("---> ", "s2itasks: ")  # how the lines of s2itasks begin
OF_DJANGO = "the first page answers 400, as Django's does where ALLOWED_HOSTS lacks the host that is asked"


def why_not(status: int | None, log: Path) -> tuple[str, str]:
    """Return what a ready hook did not do, and what it said last, or else how it ended.

    :param status: its last one; None where it has not ended.
    :param log: its last output.
    """
    if status is None or status == TIMED_OUT:
        return "did not answer", ""
    lines = _said(log)
    return "did not succeed", f": {lines[-1].strip() if lines else ended(status)}"


def show_output(log: Path) -> None:
    """Show what a ready hook said, where the message does not say all of it."""
    if len(_said(log)) > 1:
        show_end_of(log)


def show_remark(status: int | None) -> None:
    """Say of a first page that is a client error what that usually means; 404 is what many an API answers there."""
    if status == http.client.BAD_REQUEST:
        warning(f"{OF_DJANGO}; add 127.0.0.1 and localhost to it")
    elif status and http.client.BAD_REQUEST <= status != http.client.NOT_FOUND:
        detail(f"{status} is not a server error, and so counts as ready")


def _said(log: Path) -> list[str]:
    """Return what the hook itself said, each line once."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return [*dict.fromkeys(line for line in lines if line.strip() and not line.startswith(OURS))]
