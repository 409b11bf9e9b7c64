"""What stays in a hook of OpenShift V2 and does not work any more: each is named, with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from s2itasks.shell import Command, Compound, Node, Word

from .draft import Draft
from .unit import is_code
from .v2_commands import ACTIVE, concern, waited_for

OF_VIRTUAL = re.compile(r"virtenv(?:/venv)?/bin(?![\w-])")
OF_V2 = re.compile(r"(?<![\w-])\.openshift/")
USER_VARS = re.compile(r"\.env/user_vars\b")
ENTRY_POINT = "user_vars/OPENSHIFT_PYTHON_WSGI_APPLICATION"
STILL_ACTIVE = f"{ACTIVE}, and is not there: take out what asks for it as a whole, and see what depended on it"
NOT_IN_UPLOAD = "the hooks are in $S2I_SOURCE_PATH/.s2i already, and not where the rest of the repository is"
VARIABLES = "V2 kept variables in such files, which nothing writes or reads any more: set them for the deployment (oc "
VARIABLES += "set env, or from a secret), and take this out"
SERVED = "V2 served it: set APP_MODULE={} in .s2i/environment, put gunicorn into requirements.txt, and take this out"


def tell_the_rest(draft: Draft, phase: str) -> None:
    """Say of what could not be taken out that it should be."""
    waits = waited_for(draft)
    told: dict[int, str] = {}
    for node in draft.script.nodes_within():  # before the first note, which has all lines below it move
        why = concern(node, waits=waits) or _missing(node)
        if why:
            told.setdefault(draft.index_of(node.line), why)
    for index, line in enumerate(draft.lines if phase == "pre_build" else ()):
        if any(is_code(each) and OF_V2.search(each) for each in line.now):
            told.setdefault(index, NOT_IN_UPLOAD)
    for index, why in told.items():
        draft.note(index, why)


def _missing(node: Node) -> str:
    """Return what to do about a command that names what is not there any more; nothing where it names none of it."""
    texts = [word.text for word in _words(node)]
    if any(USER_VARS.search(text) for text in texts):
        module = next((text for text in texts if text.endswith(".py")), "")
        if module and any(ENTRY_POINT in text for text in texts):
            return SERVED.format(module.removesuffix(".py").removeprefix("./").replace("/", "."))
        return VARIABLES
    return STILL_ACTIVE if any(OF_VIRTUAL.search(text) for text in texts) else ""


def _words(node: Node) -> Iterator[Word]:
    if isinstance(node, Command):
        yield from node.all_words()
    elif isinstance(node, Compound):
        yield from node.words
        yield from (redirect.target for redirect in node.redirects)
