"""What else is in ``.openshift``: helpers of hooks and jobs are copied, the rest is named."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from s2itasks import application
from s2itasks.check import elsewhere
from s2itasks.check.file import File

from .conversion import Conversion
from .entry import Fate
from .originals import as_it_is, no_text, runs
from .unit import is_code
from .v2_hooks import Hooks, converted

DIRECTORY = ".openshift"
ACTION_HOOKS = f"{DIRECTORY}/action_hooks"
OWN = ("action_hooks", "cron")  # what is in .s2i under another name, or in parts
TAKEN = ("markers", "bin", "jobs", "environment", "required", "tasks.py")  # has a meaning, there or in .s2i
NAMED = re.compile(r"(?<![\w-])\.openshift\b(?![\w-])")
MARKERS = {
    "hot_deploy": "it had mod_wsgi reload changed code; an image does not change, and a rollout replaces its pods",
    "force_clean_build": "each build begins with the builder image; 'incremental: false' is S2I's default",
    "disable_auto_scaling": "leave out a HorizontalPodAutoscaler",
}
STILL_NAMED = "not to be deleted yet: {} still name it; change that first"


def places(files: Mapping[str, File]) -> Collection[str]:
    """Return what of ``.openshift`` is in ``.s2i`` after the conversion: hooks, jobs, and what they name."""
    text = "\n".join(file.text for file in files.values() if not no_text(file))
    tops = {path.split("/")[1] for path in files}
    named = {top for top in tops if re.search(rf"(?<![\w.-]){re.escape(top)}(?![\w-])", text)}
    return (*OWN, *sorted(named.difference(OWN, TAKEN)))


def copied_or_told(made: Conversion, path: str, file: File, hooks: Hooks, *, is_hook: bool) -> str:
    """Copy a helper of the hooks, and return its text; say what becomes of other files that are no hook and no job.

    :param is_hook: whether its name is one of a hook.
    """
    directory, _, name = path.rpartition("/")
    top = path.split("/")[1]
    if directory == f"{DIRECTORY}/markers" and not name.startswith(".") and not name.startswith("README"):
        made.say(path, Fate.LEFT, MARKERS.get(name, "no marker has an effect any more; see what it was for"))
    elif (directory == ACTION_HOOKS and is_hook) or (top in ("cron", "markers") and directory != f"{DIRECTORY}/cron"):
        return ""
    elif top == "action_hooks" or (top not in OWN and top in hooks.places):
        if name == "secure_db.py":
            made.say(path, Fate.DROPPED, "not copied: it is for V2's starter, see the deploy hook")
        elif name.startswith((".", "README")):
            made.say(path, Fate.DROPPED, "not copied: nothing reads it")
        elif no_text(file):
            made.say(path, Fate.LEFT, f"{no_text(file)}; copy it by hand, if a hook needs it")
        else:
            return _copied(made, file, hooks)
    elif directory in (DIRECTORY, f"{DIRECTORY}/cron") and name.startswith("README"):
        made.say(path, Fate.DROPPED, "not copied: it describes V2")
    elif directory == f"{DIRECTORY}/cron" and name != ".gitkeep":
        made.say(path, Fate.LEFT, "V2 ran jobs of hourly, daily and the like, and none that lay beside those")
    elif top != "cron" and name != ".gitkeep":
        made.say(path, Fate.LEFT, "s2itasks has no place for it; see what it was for")
    return ""


def _copied(made: Conversion, file: File, hooks: Hooks) -> str:
    """Copy a helper, converted where it is a script for a shell; whoever calls it may be in any directory."""
    target = f".s2i/{file.path.removeprefix(f'{DIRECTORY}/')}"
    text = file.text if file.shebang else as_it_is(file)
    if file.is_shell and (file.shebang or runs(file) or file.name.endswith((".sh", ".bash"))):
        own = Hooks(places=hooks.places)
        draft = converted(file, own, phase="jobs", executed=bool(file.shebang), alone=False)
        made.entries += draft.entries
        text = draft.text
    made.write(target, text, executable=runs(file))
    made.say(file.path, Fate.WRITTEN, f"copied to {target}, for the hooks that call it")
    return text


def say_what_can_go(made: Conversion, root: Path) -> None:
    """Say that ``.openshift`` can be deleted, or what names it still."""
    texts = {path: file.content.decode("utf-8", "replace") for path, file in made.files.items()}
    ours = [path for path in elsewhere.mentioning(root, b".openshift") if not path.startswith(f"{DIRECTORY}/")]
    texts.update((path, application.text_of(root, root / path)) for path in (*ours, "wsgi/application"))
    users = [path for path, text in texts.items() if any(is_code(x) and NAMED.search(x) for x in text.split("\n"))]
    if users:
        made.say(DIRECTORY, Fate.LEFT, STILL_NAMED.format(", ".join(sorted(users))))
    else:
        made.deletable.append(DIRECTORY)
