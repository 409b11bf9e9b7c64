"""The directories ``tmp`` and ``data`` of the application root, which warpdrive made before anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .warpdrive_places import begin

USED = re.compile(r"(?:S2I_APPLICATION_PATH|WARPDRIVE_APP_ROOT|/opt/app-root)\}?[\"']?/(tmp|data)(?![\w.-])")
READS = re.compile(r"(?:environ|getenv)\b.*WARPDRIVE_APP_ROOT")
IN_CODE = re.compile(r"[\"'/](tmp|data)(?=[\"'/])")  # of what reads the root from the environment
MADE = re.compile(r"^mkdir -p \"?\$\{?S2I_APPLICATION_PATH(?::-/opt/app-root)?\}?\"?/(tmp|data)\"?$", re.MULTILINE)
WHY = "warpdrive made it, whatever there was to run; something here uses it"


def make(made: Conversion, drafts: dict[str, Draft], texts: Sequence[str]) -> None:
    """Have the build make those that are used: ``pre_build`` for itself, ``build`` for all that follows.

    :param texts: what else may use them: helpers, settings, code of the application.
    """
    early, late = drafts.get("pre_build"), drafts.get("build")
    if early is not None:
        _make_in(made, early, used_in(early.text))
    others = [draft.text for draft in drafts.values() if draft is not early]
    names = set[str]().union(*map(used_in, [*others, *texts]))
    if late is None and names:
        late = drafts.setdefault("build", Draft("", "#!/bin/bash\nset -e\n"))
    if late is not None:
        _make_in(made, late, names)


def used_in(text: str) -> set[str]:
    """Return the names of the directories that a script or a program uses."""
    in_code = IN_CODE.findall(text) if READS.search(text) else []
    return {*USED.findall(text), *in_code}


def _make_in(made: Conversion, draft: Draft, names: set[str]) -> None:
    missing = sorted(names.difference(MADE.findall(draft.text)))
    code = [f'mkdir -p "$S2I_APPLICATION_PATH/{name}"' for name in missing]
    if missing and begin(made, draft, [f"{MARK} what warpdrive made, and something here uses", *code]):
        made.say(draft.path or ".s2i/action_hooks/build", Fate.CHANGED, WHY, after="\n".join(code))
