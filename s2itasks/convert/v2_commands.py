"""What the commands of an OpenShift V2 hook become, each kind that has another name or place, or none any more."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import takewhile

from s2itasks.check.calls import behind_django
from s2itasks.shell import Command, Node

from .draft import Draft
from .meaning import Reader
from .unit import CONTINUED, Unit
from .v2_variables import OF_CARTRIDGES
from .whereabouts import goes_back, moves, untouched

GEAR = "/var/lib/openshift/gear/"  # what stands for V2's home when texts are compared
ACTIVATE = re.compile(r"virtenv(?:/venv)?/bin/activate$")
ACTIVATION = re.compile(
    r"(?<![\w.-])(?:source|\.)[ \t]+(\"?)[\w~${}./-]*virtenv(?:/venv)?/bin/activate\1(?=[\s;&|)]|$)"
)
SOURCE = re.compile(r"(?:\$\{?OPENSHIFT_REPO_DIR\}?|\$\{?S2I_SOURCE_PATH\}?|app-root/(?:runtime/)?repo)/*")
# What may go with what is taken out, where a list or a pipeline has both.
BESIDE = (
    *(":", "true", "false", "echo", "printf", "exit", "return", "sleep", "rm", "touch", "cat", "cd", "[", "[[", "test"),
    *("ps", "pgrep", "grep", "pidof", "command", "which", "wait"),
)
NOT_CALLING = ("[", "[[", "test", "echo", "chmod", "cp", "rm")
KILLS = ("kill", "pkill", "killall")
DAEMONS = ("nohup", "setsid", "daemonize", "start-stop-daemon", "supervisord", "screen", "tmux", "disown")
CONTROLS = re.compile(
    r"(?:gear|rhc|ctl_app|ctl_all|app_ctl(?:\.sh)?|(?:.*/)?(?:python[^/]*|cron|haproxy[^/]*)/bin/control)$"
)
HOME = (
    r"(?:\$(?:OPENSHIFT_HOMEDIR|HOME)(?!\w)|\$\{(?:OPENSHIFT_HOMEDIR|HOME)\}|(?:(?<=PATH:)|(?<=PATH\}:)|(?<![\w/\"'}~.:-]))~(?=/)"
    r"|(?<![\w/\"'}~$.:-])(?=app-root/))/*"
)
ON_PATH = re.compile(r"PATH=[\w~${}./-]*virtenv(?:/venv)?/bin/?:\$(?:PATH|\{PATH\})")
REPOSITORY = re.compile(rf"{HOME}app-root/(?:runtime/)?repo(?![\w.-])")
DATA = re.compile(rf"{HOME}app-root/data(?:/|(?![\w./-]))")
VIRTUAL = re.compile(
    r"(\"?)(?:\$\{?(?:OPENSHIFT_(?:PYTHON_DIR|HOMEDIR)|HOME)\}?|(?<![\w/\"'}~.:$-])~(?=/))/*(?:python(?:-[\d.]+)?/)?virtenv/(?:venv/)?bin/"
    r"(?!activate)([\w.-]+)\1(?=[\s;&|)]|$)"
)
# Before .openshift in pre_build, where .s2i is in the source already, and the rest of the repository is not.
UPLOAD = r"\$(?:OPENSHIFT_REPO_DIR|\{OPENSHIFT_REPO_DIR\}|S2I_UPLOAD_PATH)(\"?)/*"

PLACES = {
    "OPENSHIFT_HOMEDIR": GEAR,
    "HOME": GEAR,
    "OPENSHIFT_PYTHON_DIR": f"{GEAR}python/",
    "OPENSHIFT_DATA_DIR": f"{GEAR}app-root/data/",
    "S2I_SOURCE_PATH": f"{GEAR}app-root/repo",
    "S2I_UPLOAD_PATH": f"{GEAR}app-root/repo",
}

NO_HOME = "app-root/repo and app-root/data are not in the home directory any more, and this sets a variable of V2's"
SECURE_DB = (
    "it was V2's way to a password of one's own; a database of the repository has the one that all know: "
    "make the user in a 'setup' hook (manage.py createsuperuser --noinput), or set "
    "one by hand: s2itasks exec -- python manage.py changepassword admin"
)
KILL = "nothing is to be killed: a container is never restarted, a new one begins with the application alone"
DAEMON = "nobody watches what is left in the background; give it a deployment of its own, with s2itasks exec -- …"
CONTROL = "there are no cartridges and no router of V2's; see oc rollout restart, and oc scale"
ACTIVE = "the virtual environment is active already"
IN_SOURCE = "hooks run in the source directory"
IN_UPLOAD = "before the build, the repository is still where it was uploaded to"


def of_hooks(places: Collection[str]) -> re.Pattern[str]:
    """Return a pattern for the paths of some files or directories in ``.openshift``."""
    names = "|".join(sorted(map(re.escape, places), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])\.openshift/({names})(?![\w-])")


def substitute(draft: Draft, phase: str, places: Collection[str]) -> None:
    """Put the places of V2 that have a name of their own now.

    :param places: what of ``.openshift`` is in ``.s2i`` now.
    """
    early = phase == "pre_build"

    def same(text: str) -> str:
        text = re.sub(r"(?:(?<=^)|(?<=[:=]))(?:~/(?=app-root/|python)|(?=app-root/))", GEAR, text)
        text = re.sub(r"/{2,}", "/", text).replace("app-root/runtime/repo", "app-root/repo")
        return re.sub(rf"{GEAR}(?:python(?:-[\d.]+)?/)?virtenv/(?:venv/)?bin/(?!activate)", "", text).rstrip("/")

    reader = Reader(untouched(PLACES, draft.text), same)
    repository = "$S2I_UPLOAD_PATH" if early else "$S2I_SOURCE_PATH"
    why = IN_UPLOAD if early else "V2's repository directory is the source directory"
    unsure = "" if len(reader.values) == len(PLACES) else NO_HOME
    draft.substitute(REPOSITORY, repository, reader, why, unsure)
    draft.substitute(DATA, "${OPENSHIFT_DATA_DIR}", reader, "V2's data directory has a variable", unsure)
    draft.substitute(ACTIVATION, ":", Reader(called=_without_activation), ACTIVE)
    draft.substitute(VIRTUAL, r"\2", reader, "the virtual environment is on PATH")
    moved = {"S2I_SOURCE_PATH": "=/", "S2I_UPLOAD_PATH": "=/", "OPENSHIFT_REPO_DIR": "=/"} if early else {}
    hooks = of_hooks(places)
    renamed = Reader(untouched(moved, draft.text), lambda text: re.sub("=/+", "=/", hooks.sub(_place, text)))
    if early:
        of_upload = re.compile(f"{UPLOAD}{hooks.pattern}")
        draft.substitute(of_upload, _in_source, renamed, "the hooks are in .s2i of the source directory")
    else:
        draft.substitute(hooks, _place, renamed, "the hooks are in .s2i")
    for command in [*draft.script.commands()]:
        if behind_django(command.invoked())[:1] == ["syncdb"]:
            _spell_migrate(draft, draft.index_of(command.line))


def _spell_migrate(draft: Draft, first: int) -> None:
    """Spell ``syncdb`` as today, in the line where its command begins or in one that continues it."""
    syncdb = Reader(same=lambda text: "migrate" if text == "syncdb" else text)
    for index in range(first, len(draft.lines)):
        line = draft.lines[index]
        now = (*line.now[:-1], re.sub(r"(?<=\s)syncdb(?=\s|$|[;&|)])", "migrate", line.now[-1])) if line.now else ()
        if now != line.now and draft.propose({index: now}, syncdb):
            draft.tell(index, "Django calls it migrate since 1.7")
        if now != line.now or not CONTINUED.search(line.original):
            return


def _place(found: re.Match[str]) -> str:
    return f".s2i/{'jobs' if found[1] == 'cron' else found[1]}"


def _in_source(found: re.Match[str]) -> str:
    return f"$S2I_SOURCE_PATH{found[1]}/.s2i/{'jobs' if found[2] == 'cron' else found[2]}"


def rule(draft: Draft, unit: Unit, *, alone: bool) -> bool:
    """Take out of a script what a container has no use for; tell whether that was done.

    :param alone: whether it runs by itself, and so begins in the source directory.
    """
    command = unit.command
    if command is not None and _activates(command):
        return draft.remove(unit, ACTIVE)
    if alone and command is not None and _goes_to_the_source(draft, unit, command):
        return draft.remove(unit, IN_SOURCE)
    if all(isinstance(node, Command) and _about_activation(node) for node in unit.nodes) and unit.is_one:
        return draft.remove(unit, ACTIVE)
    waits = waited_for(draft)
    concerns = [concern(node, waits=waits) for node in unit.nodes] if unit.is_one else []
    why = next(filter(None, concerns), "")
    background = unit.nodes[0].background and not waits
    alike = all(each or _goes_with(node, unit) for each, node in zip(concerns, unit.nodes))
    return bool(why) and (background or alike) and draft.comment_out(unit, why)


def waited_for(draft: Draft) -> bool:
    """Whether a script waits for what it has left in the background."""
    return any(command.name == "wait" for command in draft.script.commands())


def _goes_with(node: Node, unit: Unit) -> bool:
    """Whether nothing is lost with a command that stands in a list with what is taken out."""
    if isinstance(node, Command) and (not node.words or node.name in BESIDE):
        return not any(True for _ in node.within())
    return all(each.before == "|" for each in unit.nodes[1:])


def concern(node: Node, *, waits: bool = False) -> str:
    """Return what is to be done instead of a command; nothing where it can stay.

    :param waits: whether the script waits for what is in the background.
    """
    if node.background and not waits:
        return DAEMON
    if not isinstance(node, Command) or not node.words:
        return ""
    names = {node.name, *(word.rpartition("/")[2] for word in node.invoked()[:1])}
    secures = any(word.endswith("secure_db.py") for word in node.argv)
    of_cartridges = any(OF_CARTRIDGES.fullmatch(each.name) for each in node.expansions())
    kinds = {
        SECURE_DB: secures and node.name not in NOT_CALLING,
        KILL: not names.isdisjoint(KILLS),
        DAEMON: not names.isdisjoint(DAEMONS),
        CONTROL: bool(CONTROLS.match(node.argv[0])) or of_cartridges,
    }
    return next((why for why, applies in kinds.items() if applies), "")


def _activates(command: Command) -> bool:
    return command.name in (".", "source") and len(command.words) > 1 and bool(ACTIVATE.search(command.argv[1]))


def _about_activation(command: Command) -> bool:
    tests = command.name in ("[", "[[", "test") and any(ACTIVATE.search(word) for word in command.argv)
    return not command.redirects and (tests or _activates(command) or _puts_on_path(command))


def _puts_on_path(command: Command) -> bool:
    """Whether a command does nothing but put V2's virtual environment on ``PATH``, which the image has done."""
    words = [*(f"{each.name}={each.value.text}" for each in command.assignments), *command.argv[1:]]
    sets = command.name in ("", "export") and len(words) == 1 and not any(True for _ in command.within())
    return sets and bool(ON_PATH.fullmatch(words[0]))


def _goes_to_the_source(draft: Draft, unit: Unit, command: Command) -> bool:
    """Whether it is a ``cd`` to where a hook is anyway: nothing has gone elsewhere before."""
    if command.name != "cd" or unit.depth or len(command.words) != len(("cd", "DIRECTORY")):
        return False
    before = takewhile(lambda each: each is not command, draft.script.commands())
    went = any(moves(each) and not each.in_subshell for each in before)
    return not (went or goes_back(draft.text)) and bool(SOURCE.fullmatch(command.argv[1]))


def _without_activation(texts: tuple[str, ...]) -> tuple[str, ...]:
    activates = texts[:1] in (("source",), (".",)) and len(texts) > 1 and ACTIVATE.search(texts[1])
    return (":", *texts[2:]) if activates else texts
