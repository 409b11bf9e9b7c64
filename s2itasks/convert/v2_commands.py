"""What the commands of an OpenShift V2 hook become, each kind that has another name or place, or none any more."""

from __future__ import annotations

import re

from s2itasks.check.calls import behind_django
from s2itasks.shell import Command, Node

from .draft import Draft
from .meaning import Reader
from .unit import Unit
from .v2_variables import OF_CARTRIDGES

GEAR = "/var/lib/openshift/gear/"  # what stands for V2's home when texts are compared
ACTIVATE = re.compile(r"virtenv(?:/venv)?/bin/activate$")
SOURCE = re.compile(r"(?:\$\{?OPENSHIFT_REPO_DIR\}?|\$\{?S2I_SOURCE_PATH\}?|app-root/(?:runtime/)?repo)/*")
NOT_CALLING = ("[", "[[", "test", "echo", "chmod", "cp", "rm")
KILLS = ("kill", "pkill", "killall")
DAEMONS = ("nohup", "setsid", "daemonize", "start-stop-daemon", "supervisord", "screen", "tmux", "disown")
CONTROLS = re.compile(
    r"(?:gear|rhc|ctl_app|ctl_all|app_ctl(?:\.sh)?|(?:.*/)?(?:python[^/]*|cron|haproxy[^/]*)/bin/control)$"
)
HOME = (
    r"(?:\$OPENSHIFT_HOMEDIR(?!\w)|\$\{OPENSHIFT_HOMEDIR\}|(?<![\w/\"'}~.-])~(?=/)|(?<![\w/\"'}~$.-])(?=app-root/))/*"
)
REPOSITORY = re.compile(rf"{HOME}app-root/(?:runtime/)?repo(?![\w.-])")
DATA = re.compile(rf"{HOME}app-root/data(?:/|(?![\w./-]))")
VIRTUAL = re.compile(
    r"(\"?)\$\{?OPENSHIFT_(?:PYTHON_DIR|HOMEDIR)\}?/*(?:python(?:-[\d.]+)?/)?virtenv/(?:venv/)?bin/"
    r"(?!activate)([\w.-]+)\1(?=[\s;&|)]|$)"
)
HOOKS = re.compile(r"(?<![\w-])\.openshift/(action_hooks|cron)(?=/)")

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


def substitute(draft: Draft) -> None:
    """Put the places of V2 that have a name of their own now."""
    values = {
        "OPENSHIFT_HOMEDIR": GEAR,
        "OPENSHIFT_PYTHON_DIR": f"{GEAR}python/",
        "OPENSHIFT_DATA_DIR": f"{GEAR}app-root/data/",
        "S2I_SOURCE_PATH": f"{GEAR}app-root/repo",
    }

    def same(text: str) -> str:
        text = re.sub(r"(?:(?<=^)|(?<=[:=]))(?:~/)?(?=app-root/)", GEAR, text)
        text = re.sub(r"/{2,}", "/", text).replace("app-root/runtime/repo", "app-root/repo")
        return re.sub(rf"{GEAR}(?:python(?:-[\d.]+)?/)?virtenv/(?:venv/)?bin/(?!activate)", "", text).rstrip("/")

    reader = Reader(values, same)
    draft.substitute(REPOSITORY, "$S2I_SOURCE_PATH", reader, "V2's repository directory is the source directory")
    draft.substitute(DATA, "${OPENSHIFT_DATA_DIR}", reader, "V2's data directory has a variable")
    draft.substitute(VIRTUAL, r"\2", reader, "the virtual environment is on PATH")
    renamed = Reader(same=lambda text: HOOKS.sub(_place, text))
    draft.substitute(HOOKS, _place, renamed, "the hooks are in .s2i")
    syncdb = Reader(same=lambda text: "migrate" if text == "syncdb" else text)
    for command in [*draft.script.commands()]:
        if behind_django(command.invoked())[:1] == ["syncdb"]:
            index = draft.index_of(command.line)
            line = draft.lines[index]
            now = (*line.now[:-1], re.sub(r"(?<=\s)syncdb(?=\s|$|[;&|)])", "migrate", line.now[-1]))
            if now != line.now and draft.propose({index: now}, syncdb):
                draft.tell(index, "Django calls it migrate since 1.7")


def _place(found: re.Match[str]) -> str:
    return f".s2i/{'jobs' if found[1] == 'cron' else found[1]}"


def rule(draft: Draft, unit: Unit) -> bool:
    """Take out of a script what a container has no use for; tell whether that was done."""
    command = unit.command
    if command is not None and _activates(command):
        return draft.remove(unit, ACTIVE)
    if command is not None and _goes_to_the_source(draft, unit, command):
        return draft.remove(unit, IN_SOURCE)
    if all(isinstance(node, Command) and _about_activation(node) for node in unit.nodes) and unit.is_one:
        return draft.remove(unit, ACTIVE)
    why = next(filter(None, map(concern, unit.nodes if unit.is_one else ())), "")
    return bool(why) and draft.comment_out(unit, why)


def tell_the_rest(draft: Draft) -> None:
    """Say of what could not be taken out that it should be."""
    told: set[int] = set()
    for node in [*draft.script.nodes_within()]:
        why = concern(node)
        index = draft.index_of(node.line)
        if why and index not in told:
            told.add(index)
            draft.note(index, why)


def concern(node: Node) -> str:
    """Return what is to be done instead of a command; nothing where it can stay."""
    if node.background:
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
    return not command.redirects and (tests or _activates(command))


def _goes_to_the_source(draft: Draft, unit: Unit, command: Command) -> bool:
    """Whether it is a ``cd`` to where a hook is anyway: nothing has gone elsewhere before."""
    if command.name != "cd" or unit.depth or len(command.words) != len(("cd", "DIRECTORY")):
        return False
    first = next((each for each in draft.script.commands() if each.name in ("cd", "pushd", "popd")), None)
    return first is command and bool(SOURCE.fullmatch(command.argv[1]))
