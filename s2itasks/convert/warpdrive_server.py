"""What warpdrive's settings say of the server: they become a ``run`` hook, or variables of ``.s2i/environment``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from s2itasks import application
from s2itasks.check.file import File
from s2itasks.environment.file_problems import problems

from . import warpdrive_mod_wsgi
from .conversion import Conversion
from .draft import MARK
from .entry import Fate
from .originals import unreadable
from .warpdrive_choice import ENTRY, Choice, choice

DIRECTORY = ".warpdrive"
READ = ("deploy_mode", "server_type", "server_args", "home", "user_vars")
PORT = "${PORT:-8080}"
EXPRESS = 'mod_wsgi-express start-server --server-root "$S2I_APPLICATION_PATH/mod_wsgi" --log-to-terminal --startup-log'
UWSGI = "uwsgi --master --enable-threads --threads=5 --thunder-lock --single-interpreter --die-on-term"
# How warpdrive started each server, and the package that it installed for that.
SERVERS = {
    "gunicorn": (f"gunicorn --log-file - --bind 0.0.0.0:{PORT}", "gunicorn"),
    "mod_wsgi": (f"{EXPRESS} --port {PORT}", "mod_wsgi"),
    "uwsgi": (f"{UWSGI} --http-socket :{PORT}", "uwsgi"),
    "waitress": (f"waitress-serve --port {PORT} --threads=5", "waitress"),
}
VARIABLES = {"WARPDRIVE_APP_ROOT": "S2I_APPLICATION_PATH", "WARPDRIVE_SRC_ROOT": "S2I_SOURCE_PATH"}
PLAIN = re.compile(r"[\w./:=,+@%${} \n-]*")  # no quotes: warpdrive handed them on to the server
FILES = {"shell": ("APP_SCRIPT", "app.sh"), "python": ("APP_FILE", "app.py")}
STARTS = {"shell": '"$S2I_SOURCE_PATH/app.sh"', "python": "python app.py"}
HOME = re.compile(r"[\w./-]*")
SINGLE = re.compile(r"[A-Za-z_]\w*")
OWN_CHOICE = (
    "it is not sure what warpdrive started here: app.sh, app.py, manage.py's or wsgi.py, the last two with {}; the "
    "builder's run serves with gunicorn what APP_MODULE names: add gunicorn to requirements.txt, set APP_MODULE in "
    ".s2i/environment, and serve static files with WhiteNoise"
)
STATIC = (
    "warpdrive had the server serve Django's STATIC_ROOT below STATIC_URL: add WhiteNoise to MIDDLEWARE, or options of "
    "the server to the run hook"
)
AS_BEFORE = "the builder's run looks for it, as warpdrive did, before anything else"


def settings(made: Conversion, root: Path, files: Mapping[str, File]) -> str:
    """Convert the files with settings; return the text of the ``run`` hook, if there is one now."""
    known = {name: _text(files, name) for name in ("deploy_mode", "server_type", "home")}
    mode, kind = _mode(files), known["server_type"] or "mod_wsgi"
    if known["home"]:
        made.add(".s2i/environment", f"APP_HOME={known['home']}", "it is the directory that .warpdrive/home names")
        made.say(f"{DIRECTORY}/home", Fate.WRITTEN, "it is APP_HOME in .s2i/environment")
    _user_variables(made, files)
    arguments = _arguments(files, mode if mode in SERVERS else kind)
    for name in ("deploy_mode", "server_type"):
        if known[name]:
            made.say(
                f"{DIRECTORY}/{name}",
                Fate.WRITTEN,
                f"{known[name]}: it decides what the run hook, or the builder, starts",
            )
    if mode in SERVERS:
        return _run(made, root, files, SERVERS[mode], arguments)
    found = Choice(mode) if mode in FILES else choice(root, known["home"], mode, files)
    if found is not None and found.mode in FILES:
        return _start(made, root, files, found.mode, arguments)
    if found is not None and kind in SERVERS:
        command, package = SERVERS[kind]
        entry = ENTRY[kind].format(module=found.module, name=found.name)
        text = _run(made, root, files, (command, package), f"{arguments}\n{entry}".strip())
        if text and found.mode == "django":
            made.say(".s2i/action_hooks/run", Fate.LEFT, STATIC)
        return text
    _tell_of_choice(made, kind, arguments)
    names = warpdrive_mod_wsgi.named(root, files) if kind == "mod_wsgi" else []
    if names:
        made.say("", Fate.LEFT, warpdrive_mod_wsgi.IN_BUILDER.format(warpdrive_mod_wsgi.listed(names)))
    return ""


def _start(made: Conversion, root: Path, files: Mapping[str, File], found: str, arguments: str) -> str:
    """Have ``app.sh`` or ``app.py`` started, with the arguments that it had."""
    variable, name = FILES[found]
    if arguments:
        return _run(made, root, files, (STARTS[found], ""), arguments)
    mode = _mode(files)
    if mode == "auto":
        made.say(name, Fate.WRITTEN, AS_BEFORE)
    else:
        made.add(".s2i/environment", f"{variable}={name}", f"that is what the deploy mode {mode!r} started")
    return ""


def _tell_of_choice(made: Conversion, kind: str, arguments: str) -> None:
    made.say("", Fate.LEFT, OWN_CHOICE.format(kind))
    if arguments:
        path, _, _ = f"{DIRECTORY}/server_args".partition(" ")
        command = SERVERS[kind][0] if kind in SERVERS else kind
        said = " ".join(arguments.split())
        made.say(path, Fate.LEFT, f"with a run hook, its arguments can stay: exec {command} … {said}")


def _run(made: Conversion, root: Path, files: Mapping[str, File], start: tuple[str, str], arguments: str) -> str:
    """Write the ``run`` hook.

    :param start: the command, and the package that it comes from; empty for a part of the application.
    """
    command, package = start
    listed = application.text_of(root, root / "requirements.txt")
    if package and not re.search(rf"^\s*{package.replace('_', '[-_]')}\b", listed, re.IGNORECASE | re.MULTILINE):
        made.add("requirements.txt", package, "warpdrive installed it by itself")
    names = warpdrive_mod_wsgi.named(root, files) if package == "mod_wsgi" else []
    options = warpdrive_mod_wsgi.options(names)
    home = _text(files, "home")
    if not PLAIN.fullmatch(arguments) or not HOME.fullmatch(home):
        said = " ".join(["exec", command, *options])
        made.say(f"{DIRECTORY}/server_args", Fate.LEFT, f"not sure how a shell reads it; write a run hook: {said} …")
        return ""
    lines = [*options, *(line.strip() for line in arguments.split("\n") if line.strip())]
    behind = "".join(f" \\\n    {line}" for line in lines)
    goes = f'cd "$S2I_SOURCE_PATH/{home}"\n' if home else ""
    text = f"#!/bin/bash\n{MARK} what warpdrive started for deploy_mode {_mode(files)}\n{goes}exec {command}{behind}\n"
    made.write(".s2i/action_hooks/run", text, executable=True)
    if arguments:
        made.say(f"{DIRECTORY}/server_args", Fate.WRITTEN, "they are in .s2i/action_hooks/run")
    if package == "mod_wsgi":
        said = warpdrive_mod_wsgi.IN_RUN.format(warpdrive_mod_wsgi.listed(names) or "none")
        path = f"{DIRECTORY}/deploy_mode"
        made.say(path if path in files else ".s2i/action_hooks/run", Fate.LEFT, said)
    return text


def _arguments(files: Mapping[str, File], server: str) -> str:
    """Return the arguments for a server, with the variables that s2itasks has for warpdrive's."""
    file = files.get(f"{DIRECTORY}/server_args") or files.get(f"{DIRECTORY}/server_args/{server}")
    text = file.text.strip() if file is not None else ""
    for old, new in VARIABLES.items():
        text = re.sub(rf"\$(\{{?){old}\b", rf"$\g<1>{new}", text)
    return re.sub(r"\$WARPDRIVE_HTTP_PORT\b|\$\{WARPDRIVE_HTTP_PORT\}", lambda _: PORT, text)


def _user_variables(made: Conversion, files: Mapping[str, File]) -> None:
    """Put files with one value each into ``.s2i/environment``."""
    for path, file in files.items():
        if not path.startswith(f"{DIRECTORY}/user_vars/"):
            continue
        value = file.text.rstrip("\n")
        plain = value and "\n" not in value and value == value.strip() and not problems(f"{file.name}={value}\n")
        if SINGLE.fullmatch(file.name) and plain and not unreadable(file):
            made.add(".s2i/environment", f"{file.name}={value}", f"it is the value in {path}")
            made.say(path, Fate.WRITTEN, "it is a line of .s2i/environment")
        else:
            made.say(path, Fate.LEFT, "set the variable in deploy_env: .s2i/environment has no place for such a value")


def _mode(files: Mapping[str, File]) -> str:
    return _text(files, "deploy_mode") or "auto"


def _text(files: Mapping[str, File], name: str) -> str:
    file = files.get(f"{DIRECTORY}/{name}")
    return file.text.strip() if file is not None else ""
