"""Converting an application that used warpdrive: ``.warpdrive`` becomes ``.s2i``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from s2itasks import application
from s2itasks.check import calls, elsewhere
from s2itasks.check.file import File

from . import (
    builder_images,
    warpdrive_deploy_cfg,
    warpdrive_directories,
    warpdrive_marker,
    warpdrive_places,
    warpdrive_server,
)
from .conversion import Conversion, Origin
from .draft import MARK, Draft
from .entry import Fate
from .meaning import Reader
from .originals import as_it_is, begin_with_shebang, below, no_text, runs, say_what_is_passed_over, unreadable
from .originals import draft as begun
from .powershift import shell_paths
from .predecessor_calls import WARPDRIVE, convert_elsewhere, convert_python
from .warpdrive_places import DIRECTORY

ACTION_HOOKS = f"{DIRECTORY}/action_hooks/"
ENV_SCRIPTS = ("build_env", "deploy_env")
HOOKS = (*ENV_SCRIPTS, "pre_build", "build", "deploy_cfg", "deploy", "setup", "migrate", "ready", "alive", "verify")
# What an env script sets where something is left that reads it.
IN_ENV = {
    "WARPDRIVE_APP_ROOT": "$S2I_APPLICATION_PATH",
    "WARPDRIVE_SRC_ROOT": "$S2I_SOURCE_PATH",
    "WARPDRIVE_HTTP_PORT": "${PORT:-8080}",
    "WARPDRIVE_APP_HOME": "$S2I_SOURCE_PATH",
}
PORT = re.compile(r"\$WARPDRIVE_HTTP_PORT(?!\w)|\$\{WARPDRIVE_HTTP_PORT\}")
VARIABLE = re.compile(r"\bWARPDRIVE_[A-Z_]+[A-Z]")
NOT_RUN = "it has no run bit, and warpdrive passed over it; give it one, and run this again, if it was meant to run"
BY_BUILDER = {"collectstatic": "collects static files", "migrate": "migrates the database"}
OTHERS = {
    "wheelhouse": "commit the wheels elsewhere, as in .s2i/wheelhouse, and name that in build_env: PIP_FIND_LINKS=…",
    "packages": "install what it lists with pip, or in the builder image",
}


def convert(root: Path, environ: Mapping[str, str], *, write_manifests: bool) -> Conversion:
    """Convert a repository; nothing is written yet."""
    made = Conversion(Origin.WARPDRIVE)
    files = below(root, environ, DIRECTORY)
    drafts, helpers = _scripts(made, files)
    texts = [*helpers, *(draft.text for draft in drafts.values())]
    _say_what_django_does(made, drafts)
    settings = warpdrive_server.settings(made, root, files)
    code = [
        application.text_of(root, root / path)
        for path in elsewhere.mentioning(root, b"WARPDRIVE_")
        if not path.startswith(f"{DIRECTORY}/")
    ]
    warpdrive_directories.make(made, drafts, [*helpers, *code, settings])
    if "pre_build" in drafts:
        _begin_pre_build(made, drafts["pre_build"])
    warpdrive_deploy_cfg.add_calls(made, drafts)
    _write_env_scripts(made, drafts, files, [*texts, *code, settings])
    for name, draft in drafts.items():
        made.write(f".s2i/action_hooks/{name}", f"{draft.text.rstrip()}\n", executable=name not in ENV_SCRIPTS)
        if draft.path.startswith(DIRECTORY):
            made.say(draft.path, Fate.WRITTEN, f"it is now .s2i/action_hooks/{name}")
    for path in files:
        _say_what_else(made, path)
    convert_elsewhere(made, root, WARPDRIVE, write_manifests=write_manifests)
    say_what_is_passed_over(made, root, DIRECTORY)
    builder_images.name(made, root)
    made.deletable.append(DIRECTORY)
    return made


def _scripts(made: Conversion, files: Mapping[str, File]) -> tuple[dict[str, Draft], list[str]]:
    """Convert hooks and helpers; return the drafts of the hooks by their phases, and the texts of the helpers."""
    drafts: dict[str, Draft] = {}
    texts: list[str] = []
    for path, file in files.items():
        name = file.name.replace("-", "_")
        if path.startswith(ACTION_HOOKS) and name in HOOKS:
            if _is_to_convert(made, file, name):
                drafts[name] = _converted(file, executed=name not in ENV_SCRIPTS, before_builder=name == "pre_build")
        elif path.startswith((ACTION_HOOKS, f"{DIRECTORY}/util_scripts/")):
            texts.append(_copy(made, file))
    warpdrive_marker.call_once(drafts)
    for draft in drafts.values():
        made.entries += draft.entries
    return drafts, texts


def _is_to_convert(made: Conversion, file: File, name: str) -> bool:
    problem = no_text(file)
    if problem:
        made.say(file.path, Fate.LEFT, f"{problem}; copy it by hand")
    elif not file.has_code:
        made.say(file.path, Fate.DROPPED, "it has comments only")
    elif name not in ENV_SCRIPTS and not runs(file):
        made.say(file.path, Fate.LEFT, NOT_RUN)
    else:
        return True
    return False


def _converted(file: File, *, executed: bool, before_builder: bool = False) -> Draft:
    draft = begun(file)
    substitute(draft, before_builder=before_builder)
    if file.is_shell:
        begin_with_shebang(draft, executed=executed)
    return draft


def substitute(draft: Draft, *, before_builder: bool = False) -> None:
    """Put what s2itasks calls it in the place of warpdrive's commands, variables and directories.

    :param before_builder: whether it runs before the builder's ``assemble``, which moves the source to its place.
    """
    WARPDRIVE.convert(draft)
    port = Reader(same=lambda text: PORT.sub("${PORT:-8080}", text))
    draft.substitute(PORT, "${PORT:-8080}", port, "$PORT, or 8080, is where an application listens")
    if before_builder:
        warpdrive_places.in_upload(draft)
        return
    warpdrive_places.in_source(draft)
    shell_paths(draft)


def _copy(made: Conversion, file: File) -> str:
    """Copy a helper, converted where it is a script, and return its text."""
    target = f".s2i/{file.path.removeprefix(f'{DIRECTORY}/')}"
    text = file.text if file.shebang else as_it_is(file)
    if unreadable(file):
        made.say(file.path, Fate.LEFT, f"{unreadable(file)}; copy it by hand")
        return ""
    if file.name.endswith(".py") or file.interpreter.startswith("python"):
        text = convert_python(made, file, WARPDRIVE, target)
    elif file.shebang and file.is_shell:
        draft = _converted(file, executed=True)
        made.entries += draft.entries
        text = draft.text
    made.write(target, text, executable=runs(file))
    made.say(file.path, Fate.WRITTEN, f"it is now {target}")
    return text


def _say_what_django_does(made: Conversion, drafts: Mapping[str, Draft]) -> None:
    """Keep the builder from doing for a Django application what its hooks do."""
    called = {
        word
        for draft in drafts.values()
        for command in draft.script.commands()
        for word in calls.behind_django(command.invoked())[:1]
    }
    for word, doing in BY_BUILDER.items():
        if word in called:
            made.add(".s2i/environment", f"DISABLE_{word.upper()}=1", f"a hook {doing}, and the builder would, too")


def _begin_pre_build(made: Conversion, draft: Draft) -> None:
    names = set(VARIABLE.findall(draft.text))
    values = {name: value.replace("SOURCE", "UPLOAD") for name, value in IN_ENV.items() if name in names}
    warpdrive_places.begin_in_upload(made, draft, values)


def _write_env_scripts(made: Conversion, drafts: dict[str, Draft], files: Mapping[str, File], texts: list[str]) -> None:
    """Put into both env scripts what warpdrive set or read for both, where something reads it."""
    names = {name for text in texts for name in VARIABLE.findall(text)}
    lines = [f"{name}={value}" for name, value in IN_ENV.items() if name in names]
    if "WARPDRIVE_APP_HOME" in names and f"{DIRECTORY}/home" in files:
        home = files[f"{DIRECTORY}/home"].text.strip()
        lines = [f"{line}/{home}" if line.startswith("WARPDRIVE_APP_HOME=") else line for line in lines]
    for name in sorted(names.difference(IN_ENV)):
        made.say("", Fate.LEFT, f"{name}, which something reads: nothing sets it any more; see what it was for")
    block = [f"{MARK} what warpdrive set, and something of this application reads", *lines] if lines else []
    shared = files.get(f"{DIRECTORY}/environment")
    if shared is not None and shared.has_code and not unreadable(shared):
        draft = _converted(shared, executed=False)
        made.entries += draft.entries
        block += [f"{MARK} from {shared.path}, which is for both env scripts", *draft.text.rstrip().split("\n")]
        made.say(
            shared.path,
            Fate.WRITTEN,
            "it is in build_env and deploy_env: it was a script, and .s2i/environment is none",
        )
    for name in ENV_SCRIPTS if block else ():
        draft = drafts.setdefault(name, Draft("", ""))
        draft.insert(0, block)


def _say_what_else(made: Conversion, path: str) -> None:
    top = path.split("/")[1]
    if top in OTHERS:
        made.say(path, Fate.LEFT, OTHERS[top])
    elif top not in ("action_hooks", "util_scripts", "environment", *warpdrive_server.READ):
        made.say(path, Fate.LEFT, "s2itasks has no place for it; see what it was for")
