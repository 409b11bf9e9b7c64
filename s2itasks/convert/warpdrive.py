"""Converting an application that used warpdrive: ``.warpdrive`` becomes ``.s2i``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from s2itasks import application
from s2itasks.check import elsewhere
from s2itasks.check.file import File

from . import warpdrive_marker, warpdrive_server
from .conversion import Conversion, Origin
from .draft import MARK, Draft
from .entry import Fate
from .meaning import Reader
from .originals import as_it_is, begin_with_shebang, below, no_text, runs, say_what_is_passed_over, unreadable
from .originals import draft as begun
from .powershift import shell_paths
from .predecessor_calls import WARPDRIVE, convert_elsewhere, convert_python
from .whereabouts import untouched

DIRECTORY = ".warpdrive"
ACTION_HOOKS = f"{DIRECTORY}/action_hooks/"
ENV_SCRIPTS = ("build_env", "deploy_env")
HOOKS = (*ENV_SCRIPTS, "pre_build", "build", "deploy_cfg", "deploy", "setup", "migrate", "ready", "alive", "verify")
VALUES = {"WARPDRIVE_APP_ROOT": "/opt/app-root", "WARPDRIVE_SRC_ROOT": "/opt/app-root/src"}
NAMES = {"WARPDRIVE_APP_ROOT": "S2I_APPLICATION_PATH", "WARPDRIVE_SRC_ROOT": "S2I_SOURCE_PATH"}
# What an env script sets where something is left that reads it.
IN_ENV = {
    "WARPDRIVE_APP_ROOT": "$S2I_APPLICATION_PATH",
    "WARPDRIVE_SRC_ROOT": "$S2I_SOURCE_PATH",
    "WARPDRIVE_HTTP_PORT": "${PORT:-8080}",
    "WARPDRIVE_APP_HOME": "$S2I_SOURCE_PATH",
}
PORT = re.compile(r"\$WARPDRIVE_HTTP_PORT(?!\w)|\$\{WARPDRIVE_HTTP_PORT\}")
READ = {name: re.compile(rf"\$({{?){name}\b") for name in VALUES}
VARIABLE = re.compile(r"\bWARPDRIVE_[A-Z_]+[A-Z]")
HELPERS = re.compile(rf"(?<![\w-])\{DIRECTORY}/(util_scripts|action_hooks)(?=/)")
HYPHENS = re.compile(r"(?<=/action_hooks/)(pre|build|deploy)-(build|env|cfg)\b")
CALL = '"$S2I_SOURCE_PATH/.s2i/action_hooks/deploy_cfg"'
CFG = "it ran once in each container, before deploy: deploy calls it first"
NOT_RUN = "it has no run bit, and warpdrive passed over it; give it one, and run this again, if it was meant to run"
OTHERS = {
    "wheelhouse": "commit the wheels elsewhere, as in .s2i/wheelhouse, and name that in build_env: PIP_FIND_LINKS=…",
    "packages": "install what it lists with pip, or in the builder image",
}


def convert(root: Path, environ: Mapping[str, str], *, write_manifests: bool) -> Conversion:
    """Convert a repository; nothing is written yet."""
    made = Conversion(Origin.WARPDRIVE)
    files = below(root, environ, DIRECTORY)
    drafts: dict[str, Draft] = {}
    texts: list[str] = []
    for path, file in files.items():
        name = file.name.replace("-", "_")
        if path.startswith(ACTION_HOOKS) and name in HOOKS:
            if _is_to_convert(made, file, name):
                drafts[name] = _converted(file, executed=name not in ENV_SCRIPTS)
        elif path.startswith((ACTION_HOOKS, f"{DIRECTORY}/util_scripts/")):
            texts.append(_copy(made, file))
    warpdrive_marker.call_once(drafts)
    for draft in drafts.values():
        made.entries += draft.entries
    texts += [draft.text for draft in drafts.values()]
    _add_deploy_cfg(made, drafts)
    settings = warpdrive_server.settings(made, root, files)
    code = "\n".join(
        application.text_of(root, root / path)
        for path in elsewhere.mentioning(root, b"WARPDRIVE_")
        if not path.startswith(f"{DIRECTORY}/")
    )
    _write_env_scripts(made, drafts, files, [*texts, code, settings])
    for name, draft in drafts.items():
        made.write(f".s2i/action_hooks/{name}", f"{draft.text.rstrip()}\n", executable=name not in ENV_SCRIPTS)
        if draft.path.startswith(DIRECTORY):
            made.say(draft.path, Fate.WRITTEN, f"it is now .s2i/action_hooks/{name}")
    for path in files:
        _say_what_else(made, path)
    convert_elsewhere(made, root, WARPDRIVE, write_manifests=write_manifests)
    say_what_is_passed_over(made, root, DIRECTORY)
    made.deletable.append(DIRECTORY)
    return made


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


def _converted(file: File, *, executed: bool) -> Draft:
    draft = begun(file)
    substitute(draft)
    if file.is_shell:
        begin_with_shebang(draft, executed=executed)
    return draft


def substitute(draft: Draft) -> None:
    """Put what s2itasks calls it in the place of warpdrive's commands, variables and directories."""
    WARPDRIVE.convert(draft)
    known = Reader(untouched({**VALUES, **{new: VALUES[old] for old, new in NAMES.items()}}, draft.text))
    for name, pattern in READ.items():
        draft.substitute(pattern, rf"$\g<1>{NAMES[name]}", known, f"${NAMES[name]} is what it was")
    port = Reader(same=lambda text: PORT.sub("${PORT:-8080}", text))
    draft.substitute(PORT, "${PORT:-8080}", port, "$PORT, or 8080, is where an application listens")
    renamed = Reader(same=_renamed)
    draft.substitute(HELPERS, r".s2i/\1", renamed, "it lies in .s2i now")
    draft.substitute(HYPHENS, r"\1_\2", renamed, "hooks have underscores in their names")
    shell_paths(draft)


def _renamed(text: str) -> str:
    return HYPHENS.sub(r"\1_\2", HELPERS.sub(r".s2i/\1", text))


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


def _add_deploy_cfg(made: Conversion, drafts: dict[str, Draft]) -> None:
    if "deploy_cfg" not in drafts:
        return
    path = drafts["deploy_cfg"].path
    deploy = drafts.setdefault("deploy", Draft("", "#!/bin/bash\nset -e\n"))
    if not deploy.is_shell:
        made.say(deploy.path, Fate.LEFT, f"it is no shell script; have it run first: {CALL}")
        return
    first = next((index for index, line in enumerate(deploy.lines) if _begins(line.original)), len(deploy.lines) - 1)
    deploy.insert(first, [f"{MARK} {path}: once in each container", CALL])
    made.say(path, Fate.WRITTEN, CFG)


def _begins(line: str) -> bool:
    """Whether a line is the first that does something, behind those that set options of the shell."""
    text = line.strip()
    return bool(text) and not text.startswith(("#", "set "))


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
