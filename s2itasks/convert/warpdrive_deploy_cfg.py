"""warpdrive's hook ``deploy-cfg``, which ran once in each container, before whatever came first there."""

from __future__ import annotations

from .conversion import Conversion
from .draft import MARK, Draft
from .entry import Fate
from .warpdrive_places import begin

CALL = '"$S2I_SOURCE_PATH/.s2i/action_hooks/deploy_cfg"'
DONE = '"$S2I_APPLICATION_PATH/.deploy_cfg"'  # in the container's own file system, as warpdrive's marker was
# Where the root cannot be written, setup and migrate call it each time.
MARK_DONE = f'[ ! -w "$S2I_APPLICATION_PATH" ] || touch {DONE}'
ALONE = ("setup", "migrate")  # which may be all that a container does, as in a lifecycle hook of a deployment
WHY = "it ran once in each container, before deploy, setup and migrate: they call it first"


def add_calls(made: Conversion, drafts: dict[str, Draft]) -> None:
    """Have the hooks call it that it ran before; what runs in a container where it has run before does not."""
    if "deploy_cfg" not in drafts:
        return
    path = drafts["deploy_cfg"].path
    comment = f"{MARK} {path}: once in each container"
    deploy = drafts.setdefault("deploy", Draft("", "#!/bin/bash\nset -e\n"))
    begin(made, deploy, [comment, CALL, f"[ -e {DONE} ] || {MARK_DONE}"])  # another user's, perhaps
    for name in ALONE:
        if name in drafts:
            code = [f"if [ ! -e {DONE} ]; then", f"    {CALL} || exit", f"    {MARK_DONE}", "fi"]
            begin(made, drafts[name], [comment, *code])
    made.say(path, Fate.WRITTEN, WHY)
