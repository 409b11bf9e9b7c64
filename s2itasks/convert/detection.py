"""What a repository was made for, as its files tell."""

from __future__ import annotations

import re
from pathlib import Path

from s2itasks import application
from s2itasks.hooks.near_misses import entries

from .bin_scripts import INLINE
from .conversion import Origin

CALLED = re.compile(r"^[^#\n]*\bpowershift image\b", re.MULTILINE)
ACTION_HOOKS = ".s2i/action_hooks"


def detected(root: Path) -> Origin | None:
    """Return what a repository was made for; None where nothing tells, or it is converted already.

    A repository that has ``.s2i`` is one that used powershift-image where its scripts say so; what lies in
    ``.openshift`` or ``.warpdrive`` beside it may just not have been deleted.
    """
    for directory in (".s2i/bin", ACTION_HOOKS):
        for name in entries(root / directory):
            text = application.text_of(root, root / directory / name)
            inline = directory == ".s2i/bin" and INLINE.search(text) and "s2itasks" not in text
            if CALLED.search(text) or inline:
                return Origin.POWERSHIFT
    if entries(root / ACTION_HOOKS):
        return None
    if "action_hooks/" in entries(root / ".openshift") or "cron/" in entries(root / ".openshift"):
        return Origin.V2
    return Origin.WARPDRIVE if entries(root / ".warpdrive") else None
